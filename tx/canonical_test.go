package tx_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/tx"
)

// The small assembler below writes protobuf fields without any care for canonical form.

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func number(n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), v)
}

func chunk(n protowire.Number, v ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), cat(v...))
}

// parts of a valid body, one field each
type fields struct {
	chain, sender, nonce, fee, until, memo, msg []byte
	to, amount                                  []byte
}

func validFields(t *testing.T) fields {
	alice, bob := testKey(t, "alice").Address(), testKey(t, "bob").Address()
	to, amount := chunk(1, bob[:]), number(2, 5)
	return fields{
		chain: chunk(1, []byte(testChain)), sender: chunk(2, alice[:]), nonce: number(3, 7), fee: number(4, 1000),
		until: number(5, 1_790_000_000), memo: chunk(6, []byte("hi")), msg: chunk(7, chunk(1, to, amount)),
		to: to, amount: amount,
	}
}

// with is the body with this in place of its last field, the message.
func (f fields) with(msgs ...[]byte) []byte {
	return cat(f.chain, f.sender, f.nonce, f.fee, f.until, f.memo, cat(msgs...))
}

func TestBodyIsRefusedUnlessCanonical(t *testing.T) {
	f := validFields(t)
	if _, err := tx.DecodeBody(f.with(f.msg)); err != nil {
		t.Fatalf("the valid body: %v", err)
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, "body.chain_id: must be 1 to 50 characters, was 0 (invalid_field)"},
		{"fields swapped", cat(f.sender, f.chain, f.until, f.msg),
			"body.chain_id: fields must ascend, but field 1 came after field 2 (non_canonical)"},
		{"field repeated", cat(f.chain, f.sender, f.nonce, f.nonce, f.until, f.msg),
			"body.nonce: must occur once, was repeated (non_canonical)"},
		{"field after messages", f.with(f.msg, f.memo),
			"body.memo: fields must ascend, but field 6 came after field 7 (non_canonical)"},
		{"default number", cat(f.chain, f.sender, number(3, 0), f.until, f.msg),
			"body.nonce: must be left out when it is 0 (non_canonical)"},
		{"default string", cat(f.chain, f.sender, f.until, chunk(6), f.msg),
			"body.memo: must be left out when it is empty (non_canonical)"},
		{"unknown field", f.with(f.msg, number(8, 1)), "body: field 8 is unknown (malformed)"},
		{"field number 0", f.with(f.msg, []byte{0, 0}), "body: tag 0 holds no valid field number (malformed)"},
		{"group", cat(f.chain, []byte{2<<3 | 3, 2<<3 | 4}), "body.sender: wire type must be 2, was 3 (malformed)"},
		{"wrong wire type", cat(f.chain, f.sender, chunk(3, []byte{7})), "body.nonce: wire type must be 0, was 2 (malformed)"},
		{"long varint", cat(f.chain, f.sender, []byte{3 << 3, 0x87, 0x00}, f.until, f.msg),
			"body.nonce: varint must take 1 bytes, took 2 (non_canonical)"},
		{"long tag", cat(f.chain, f.sender, []byte{3<<3 | 0x80, 0, 7}), "body: varint must take 1 bytes, took 2 (non_canonical)"},
		{"long length", cat([]byte{1<<3 | 2, 0x81, 0x00, 'x'}), "body.chain_id: varint must take 1 bytes, took 2 (non_canonical)"},
		{"varint of 11 bytes", cat(f.chain, f.sender, []byte{3 << 3}, bytes.Repeat([]byte{0xff}, 10), []byte{1}),
			"body.nonce: varint must end within the message and fit 64 bits (malformed)"},
		{"varint cut short", cat(f.chain, f.sender, []byte{3 << 3, 0x80}),
			"body.nonce: varint must end within the message and fit 64 bits (malformed)"},
		{"value cut short", f.chain[:len(f.chain)-1], "body.chain_id: length says 12 bytes, but 11 are left (malformed)"},
		{"length beyond memory", cat([]byte{1<<3 | 2}, protowire.AppendVarint(nil, 1<<63)),
			"body.chain_id: length says 9223372036854775808 bytes, but 0 are left (malformed)"},
		{"text not UTF-8", cat(f.chain, f.sender, f.until, chunk(6, []byte{0xff}), f.msg), "body.memo: must be valid UTF-8 (malformed)"},
		{"address too short", cat(f.chain, chunk(2, make([]byte, 32))), "body.sender: address must be 33 bytes, was 32 (invalid_field)"},
		{"address of unknown kind", cat(f.chain, chunk(2, []byte{2}, make([]byte, 32))),
			"body.sender: address kind must be 0 (key) or 1 (threshold), was 2 (invalid_field)"},
		{"message without type", f.with(f.msg, chunk(7)), "body.msgs[1]: must hold a message, was empty (malformed)"},
		{"message of unknown type", f.with(f.msg, f.msg, chunk(7, chunk(13))),
			"body.msgs[2]: message type 13 is unknown to this version (unsupported)"},
		{"message with two types", f.with(chunk(7, chunk(1, f.to, f.amount), chunk(7))),
			"body.msgs[0]: must hold one message, had more (non_canonical)"},
		{"same type twice", f.with(chunk(7, chunk(1, f.to, f.amount), chunk(1, f.to, f.amount))),
			"body.msgs[0]: must hold one message, had more (non_canonical)"},
		{"inner fields swapped", f.with(f.msg, chunk(7, chunk(1, f.amount, f.to))),
			"body.msgs[1].transfer.to: fields must ascend, but field 1 came after field 2 (non_canonical)"},
		{"inner default", f.with(f.msg, f.msg, chunk(7, chunk(1, f.to, number(2, 0)))),
			"body.msgs[2].transfer.amount: must be left out when it is 0 (non_canonical)"},
		{"inner unknown field", f.with(chunk(7, chunk(1, f.to, f.amount, number(3, 1)))),
			"body.msgs[0].transfer: field 3 is unknown (malformed)"},
		{"unjail with content", f.with(chunk(7, chunk(7, number(1, 1)))), "body.msgs[0].unjail: field 1 is unknown (malformed)"},
		{"bool other than 1", f.with(chunk(7, chunk(5, f.to, number(3, 2)))),
			"body.msgs[0].undelegate.all: must be written as 1, was 2 (non_canonical)"},
		{"uint32 of 33 bits", f.with(chunk(7, chunk(2, chunk(1, chunk(1, []byte("ed25519"))), chunk(3, number(1, 1<<32))))),
			"body.msgs[0].create_validator.commission.rate: must fit 32 bits, was 4294967296 (non_canonical)"},
		{"nested message missing", f.with(chunk(7, chunk(2, chunk(1), number(2, 5)))),
			"body.msgs[0].create_validator.commission: must be present (malformed)"},
		{"nested message twice", f.with(chunk(7, chunk(2, chunk(1), chunk(1)))),
			"body.msgs[0].create_validator.consensus_key: must occur once, was repeated (non_canonical)"},
		{"text of the wrong type", f.with(chunk(7, chunk(3, number(2, 1)))),
			"body.msgs[0].edit_validator.details: wire type must be 2, was 0 (malformed)"},
		{"text written when empty", f.with(chunk(7, chunk(3, chunk(2, chunk(1))))),
			"body.msgs[0].edit_validator.details.value: must be left out when it is empty (non_canonical)"},
		{"text with another field", f.with(chunk(7, chunk(3, chunk(2, number(2, 1))))),
			"body.msgs[0].edit_validator.details: field 2 is unknown (malformed)"},
		{"rate written when 0", f.with(chunk(7, chunk(3, chunk(3, number(1, 0))))),
			"body.msgs[0].edit_validator.commission_rate.basis_points: must be left out when it is 0 (non_canonical)"},
		{"rate with another field", f.with(chunk(7, chunk(3, chunk(3, chunk(2, []byte("x")))))),
			"body.msgs[0].edit_validator.commission_rate: field 2 is unknown (malformed)"},
		{"address zero beside all", f.with(chunk(7, chunk(6, chunk(1, make([]byte, 33)), number(2, 1)))),
			"body.msgs[0].withdraw_rewards.validator: must be left out when it is empty (non_canonical)"},
		{"height of 64 bits", f.with(chunk(7, chunk(9, f.to, number(2, 1<<63), number(4, 1)))),
			"body.msgs[0].cancel_unbonding.created_height: must be a height from 1 to 4611686018427387904, was -9223372036854775808 (invalid_field)"},
		{"two contents", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(4), chunk(6)))),
			"body.msgs[0].submit_proposal: must hold one of text, params and upgrade, had more (non_canonical)"},
		{"one content twice", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(4), chunk(4)))),
			"body.msgs[0].submit_proposal: must hold one of text, params and upgrade, had more (non_canonical)"},
		{"no content", f.with(chunk(7, chunk(11, chunk(1, []byte("t"))))),
			"body.msgs[0].submit_proposal: must hold text, params or upgrade, had none (invalid_field)"},
		{"unknown content", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(7)))),
			"body.msgs[0].submit_proposal: field 7 is unknown (malformed)"},
		{"text proposal with content", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(4, number(1, 1))))),
			"body.msgs[0].submit_proposal.text: field 1 is unknown (malformed)"},
		{"17 changes", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(5, bytes.Repeat(chunk(1), 17))))),
			"body.msgs[0].submit_proposal.params.changes: must be 1 to 16 changes, was more (invalid_field)"},
		{"change after height", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(5, number(2, 9), chunk(1, chunk(1, []byte("x"))))))),
			"body.msgs[0].submit_proposal.params.changes: fields must ascend, but field 1 came after field 2 (non_canonical)"},
		{"value written when 0", f.with(chunk(7, chunk(11, chunk(1, []byte("t")), chunk(5, chunk(1, chunk(1, []byte("x")), number(2, 0)))))),
			"body.msgs[0].submit_proposal.params.changes[0].value: must be left out when it is 0 (non_canonical)"},
		{"option of nine bits", f.with(chunk(7, chunk(12, number(1, 1), number(2, 257)))),
			"body.msgs[0].vote.option: must be 1 (yes), 2 (no), 3 (abstain) or 4 (veto), was 257 (invalid_field)"},
		{"option missing", f.with(chunk(7, chunk(12, number(1, 1)))),
			"body.msgs[0].vote.option: must be 1 (yes), 2 (no), 3 (abstain) or 4 (veto), was 0 (invalid_field)"},
		{"negative time", cat(f.chain, f.sender, number(5, 1<<63), f.msg),
			"body.valid_until: must be unix seconds from 1 to 253402300799, was -9223372036854775808 (invalid_field)"},
		{"17 messages", f.with(bytes.Repeat(f.msg, 17)), "body.msgs: must be 1 to 16 messages, was more (invalid_field)"},
		{"too large", make([]byte, tx.MaxTxBytes+1), "body: must be at most 65536 bytes, was 65537 (too_large)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tx.DecodeBody(c.raw)
			wantRefusal(t, err, c.want)
		})
	}
}

func TestEnvelopeIsRefusedUnlessCanonical(t *testing.T) {
	f := validFields(t)
	body, witness := chunk(1, f.with(f.msg)), chunk(2, make([]byte, tx.SignatureBytes))
	if _, err := tx.Decode(cat(body, witness)); err != nil {
		t.Fatalf("the valid transaction: %v", err)
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, "body: must be present (malformed)"},
		{"no witness", body, "witness: must be present (malformed)"},
		{"empty body", cat(chunk(1), witness), "body: must be left out when it is empty (non_canonical)"},
		{"witness first", cat(witness, body), "body: fields must ascend, but field 1 came after field 2 (non_canonical)"},
		{"two witnesses", cat(body, witness, witness), "witness: must occur once, was repeated (non_canonical)"},
		{"trailing byte", cat(body, witness, []byte{0}), "tag 0 holds no valid field number (malformed)"},
		{"trailing field", cat(body, witness, number(3, 1)), "field 3 is unknown (malformed)"},
		{"short signature", cat(body, chunk(2, make([]byte, 63))), "witness: must be a signature of 64 bytes, was 63 (malformed)"},
		{"bad body", cat(chunk(1, f.chain, f.chain), witness), "body.chain_id: must occur once, was repeated (non_canonical)"},
		{"too large", make([]byte, tx.MaxTxBytes+1), "a transaction must be at most 65536 bytes, was 65537 (too_large)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tx.Decode(c.raw)
			wantRefusal(t, err, c.want)
		})
	}
}

// wantRefusal compares the whole line, hint aside.
func wantRefusal(t *testing.T, err error, want string) {
	t.Helper()
	var refusal *tx.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal: %s", err, want)
	}
	got, _, _ := strings.Cut(refusal.Error(), "; ")
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
