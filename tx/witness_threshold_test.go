package tx_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"blink/crypto"
	"blink/tx"
)

// thresholdAccount is an account with the keys of all its members, in the order of the public keys.
type thresholdAccount struct {
	threshold int
	members   []crypto.PrivateKey
}

// accountOf is an account of n members that follow from their number.
func accountOf(t testing.TB, threshold, n int) thresholdAccount {
	t.Helper()
	a := thresholdAccount{threshold: threshold}
	for i := range n {
		a.members = append(a.members, testKey(t, fmt.Sprintf("member%d", i)))
	}
	slices.SortFunc(a.members, func(x, y crypto.PrivateKey) int { return x.Public().Compare(y.Public()) })
	return a
}

func (a thresholdAccount) keys() []crypto.PublicKey {
	keys := make([]crypto.PublicKey, len(a.members))
	for i, member := range a.members {
		keys[i] = member.Public()
	}
	return keys
}

func (a thresholdAccount) address(t testing.TB) crypto.Address {
	t.Helper()
	address, err := crypto.ThresholdAddress(a.threshold, a.keys())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// witness holds the signatures of these members, by their index, over the body. Without any: of as many as it takes.
func (a thresholdAccount) witness(t testing.TB, body tx.Body, signers ...int) tx.ThresholdWitness {
	t.Helper()
	raw, err := body.Encode()
	if err != nil {
		t.Fatal(err)
	}
	w := tx.ThresholdWitness{Threshold: a.threshold, Keys: a.keys(), Signatures: make(map[crypto.PublicKey]crypto.Signature)}
	for i, member := range a.members {
		if len(signers) == 0 && i < a.threshold || slices.Contains(signers, i) {
			if w.Signatures[member.Public()], err = member.Sign(tx.SigningHash(raw)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w
}

// sign makes the account the sender of the body.
func (a thresholdAccount) sign(t testing.TB, body tx.Body, signers ...int) tx.Signed {
	t.Helper()
	body.Sender = a.address(t)
	raw, err := body.Encode()
	if err != nil {
		t.Fatal(err)
	}
	witness, err := a.witness(t, body, signers...).Encode()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tx.Assemble(raw, witness)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// The golden file holds what another implementation needs to check itself: two of three keys sign.
func TestGoldenThreshold(t *testing.T) {
	const path = "testdata/golden/threshold.json"
	account := accountOf(t, 2, 3)
	signed := account.sign(t, bodyOf(t, transferTo(t, "bob", 2_500_000)), 0, 2)
	file := struct {
		PrivateKeys []string       `json:"private_keys"` // the first and the last sign
		Threshold   int            `json:"threshold"`
		Address     crypto.Address `json:"address"`
		golden
	}{Threshold: account.threshold, Address: account.address(t), golden: goldenFields(t, signed)}
	for _, member := range account.members {
		file.PrivateKeys = append(file.PrivateKeys, hex.EncodeToString(member.Bytes()))
	}
	got, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from\n%s", path, got)
	}
	checkGolden(t, want)
}

// What is not the one form of a witness is refused before anybody looks at a signature.
func TestThresholdWitnessIsRefusedUnlessCanonical(t *testing.T) {
	account := accountOf(t, 2, 3)
	body := bodyOf(t, tx.Unjail{})
	body.Sender = account.address(t)
	raw, err := body.Encode()
	if err != nil {
		t.Fatal(err)
	}
	keys := account.keys()
	key := func(i int) []byte { return chunk(2, keys[i][:]) }
	sig := chunk(4, make([]byte, 64))
	two, all := number(1, 2), cat(key(0), key(1), key(2))
	signers, sigs := number(3, 0b101), cat(sig, sig)
	if _, err := tx.Assemble(raw, cat(two, all, signers, sigs)); err != nil {
		t.Fatalf("the valid form: %v", err)
	}
	for _, c := range []struct {
		name    string
		witness []byte
		want    string
	}{
		{"a single signature", make([]byte, 64), "witness: tag 0 holds no valid field number (malformed)"},
		{"no threshold", cat(all, signers, sigs), "witness.threshold: must be 1 to the number of keys (3), was 0 (invalid_field)"},
		{"threshold 0", cat(number(1, 0), all, signers, sigs), "witness.threshold: must be left out when it is 0 (non_canonical)"},
		{"threshold above the keys", cat(number(1, 4), all, number(3, 0b111), sigs, sigs),
			"witness.threshold: must be 1 to the number of keys (3), was 4 (invalid_field)"},
		{"threshold of 33 bits", cat(number(1, 1<<32), all, signers, sigs),
			"witness.threshold: must fit 32 bits, was 4294967296 (non_canonical)"},
		{"threshold twice", cat(two, two, all, signers, sigs), "witness.threshold: must occur once, was repeated (non_canonical)"},
		{"long varint", cat([]byte{1 << 3, 0x82, 0}, all, signers, sigs),
			"witness.threshold: varint must take 1 bytes, took 2 (non_canonical)"},
		{"no keys", cat(two, signers, sigs), "witness.keys: must be 1 to 16, were 0 (invalid_field)"},
		{"17 keys", cat(two, bytes.Repeat(key(0), 17), signers, sigs), "witness.keys: must be at most 16, were more (invalid_field)"},
		{"short key", cat(two, key(0), chunk(2, keys[1][:31]), signers, sigs), "witness.keys[1]: must be 32 bytes, was 31 (malformed)"},
		{"empty key", cat(two, key(0), chunk(2), signers, sigs), "witness.keys[1]: must be 32 bytes, was 0 (malformed)"},
		{"keys unsorted", cat(two, key(1), key(0), key(2), signers, sigs),
			"witness.keys[1]: keys must ascend, each once (non_canonical)"},
		{"key twice", cat(two, key(0), key(1), key(1), signers, sigs), "witness.keys[2]: keys must ascend, each once (non_canonical)"},
		{"keys after signers", cat(two, key(0), key(1), signers, key(2), sigs),
			"witness.keys: fields must ascend, but field 2 came after field 3 (non_canonical)"},
		{"no signers", cat(two, all, sigs), "witness.signers: must have 2 bits set, had 0 (invalid_field)"},
		{"too few signers", cat(two, all, number(3, 0b100), sig), "witness.signers: must have 2 bits set, had 1 (invalid_field)"},
		{"too many signers", cat(two, all, number(3, 0b111), sigs, sig), "witness.signers: must have 2 bits set, had 3 (invalid_field)"},
		{"bit beyond the keys", cat(two, all, number(3, 0b1001), sigs),
			"witness.signers: must have bits for 3 keys only, was 1001 (invalid_field)"},
		{"33 bits", cat(two, all, number(3, 1<<32|0b101), sigs), "witness.signers: must fit 32 bits, was 4294967301 (non_canonical)"},
		{"no signatures", cat(two, all, signers), "witness.signatures: must be 2, were 0 (invalid_field)"},
		{"missing signature", cat(two, all, signers, sig), "witness.signatures: must be 2, were 1 (invalid_field)"},
		{"extra signature", cat(two, all, signers, sigs, sig), "witness.signatures: must be 2, were 3 (invalid_field)"},
		{"17 signatures", cat(two, all, signers, bytes.Repeat(sig, 17)),
			"witness.signatures: must be at most 16, were more (invalid_field)"},
		{"short signature", cat(two, all, signers, sig, chunk(4, make([]byte, 63))),
			"witness.signatures[1]: must be 64 bytes, was 63 (malformed)"},
		{"unknown field", cat(two, all, signers, sigs, number(5, 1)), "witness: field 5 is unknown (malformed)"},
		{"trailing byte", cat(two, all, signers, sigs, []byte{0}), "witness: tag 0 holds no valid field number (malformed)"},
		{"key as number", cat(two, number(2, 1)), "witness.keys: wire type must be 2, was 0 (malformed)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tx.Assemble(raw, c.witness)
			wantRefusal(t, err, c.want)
			_, err = tx.DecodeThresholdWitness(c.witness)
			wantRefusal(t, err, c.want)
		})
	}
}

func TestVerifyThreshold(t *testing.T) {
	account := accountOf(t, 2, 3)
	body := bodyOf(t, transferTo(t, "bob", 5))
	body.Sender = account.address(t)
	const otherAccount = "witness: keys and threshold must be those of the sender's account (bad_signature)"
	for _, c := range []struct {
		name   string
		change func(*tx.ThresholdWitness)
		want   string // empty: accepted
	}{
		{"as signed", func(*tx.ThresholdWitness) {}, ""},
		{"another threshold", func(w *tx.ThresholdWitness) { w.Threshold = 1 }, otherAccount},
		{"a key less", func(w *tx.ThresholdWitness) { w.Keys = w.Keys[:2] }, otherAccount},
		{"keys of others", func(w *tx.ThresholdWitness) {
			*w = thresholdAccount{2, accountOf(t, 2, 4).members[1:]}.witness(t, body)
		}, otherAccount},
		{"a signature by no member", func(w *tx.ThresholdWitness) {
			w.Signatures[w.Keys[1]] = signatureOf(t, body, testKey(t, "eve"))
		}, "witness: the signature of keys[1] is not its signature of this body (bad_signature)"},
		{"signatures swapped", func(w *tx.ThresholdWitness) {
			w.Signatures[w.Keys[0]], w.Signatures[w.Keys[1]] = w.Signatures[w.Keys[1]], w.Signatures[w.Keys[0]]
		}, "witness: the signature of keys[0] is not its signature of this body (bad_signature)"},
		{"of another body", func(w *tx.ThresholdWitness) {
			other := body
			other.Nonce++
			*w = account.witness(t, other)
		}, "witness: the signature of keys[0] is not its signature of this body (bad_signature)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := account.witness(t, body, 0, 1)
			c.change(&w)
			witness, err := w.Encode()
			if err != nil {
				t.Fatal(err)
			}
			_, err = assemble(t, body, witness).Verify(testChain)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantRefusal(t, err, c.want)
		})
	}

	offCurve := slices.Concat(number(1, 1), chunk(2, bytes.Repeat([]byte{0xff}, 32)), number(3, 1), chunk(4, make([]byte, 64)))
	_, err := assemble(t, body, offCurve).Verify(testChain)
	wantRefusal(t, err, "witness: key 1: public key is not the x coordinate of a point on secp256k1 (bad_signature)")
}

func signatureOf(t *testing.T, body tx.Body, key crypto.PrivateKey) crypto.Signature {
	t.Helper()
	raw, err := body.Encode()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := key.Sign(tx.SigningHash(raw))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// The witness of a single key is none of a threshold account, and the other way round.
func TestWitnessOfAnotherKind(t *testing.T) {
	account := accountOf(t, 1, 1)
	body := bodyOf(t, tx.Unjail{})
	witness, err := account.witness(t, body).Encode()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := body.Encode()
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Assemble(raw, witness)
	wantRefusal(t, err, "witness: must be a signature of 64 bytes, was 104 (malformed)")
	if _, err := (tx.Signed{}).Verify(""); err == nil {
		t.Error("the zero transaction is verified")
	}
}

func TestEncodeThresholdWitness(t *testing.T) {
	account := accountOf(t, 2, 3)
	body := bodyOf(t, tx.Unjail{})
	body.Sender = account.address(t)
	encode := func(change func(*tx.ThresholdWitness)) ([]byte, error) {
		w := account.witness(t, body, 0, 1, 2)
		change(&w)
		return w.Encode()
	}
	more, err := encode(func(*tx.ThresholdWitness) {})
	if err != nil {
		t.Fatal(err)
	}
	enough, err := account.witness(t, body, 0, 1).Encode()
	if err != nil || !bytes.Equal(more, enough) {
		t.Errorf("of three signatures the first two count:\n%x\n%x, %v", more, enough, err)
	}
	for _, c := range []struct {
		name   string
		change func(*tx.ThresholdWitness)
		want   string
	}{
		{"too few", func(w *tx.ThresholdWitness) { delete(w.Signatures, w.Keys[0]); delete(w.Signatures, w.Keys[2]) },
			"signatures must be 2, were 1"},
		{"none", func(w *tx.ThresholdWitness) { w.Signatures = nil }, "signatures must be 2, were 0"},
		{"a stranger", func(w *tx.ThresholdWitness) { w.Signatures[testKey(t, "eve").Public()] = crypto.Signature{} },
			"signatures must be by keys of the account, 1 of 4 are not"},
		{"keys unsorted", func(w *tx.ThresholdWitness) { slices.Reverse(w.Keys) }, "keys must ascend, each once"},
		{"threshold 0", func(w *tx.ThresholdWitness) { w.Threshold = 0 }, "threshold must be 1 to the number of keys (3), was 0"},
	} {
		if _, err := encode(c.change); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// The largest witness leaves room for every body but the largest, and costs no more than the limit says.
func TestSixteenOfSixteen(t *testing.T) {
	account := accountOf(t, crypto.MaxThresholdKeys, crypto.MaxThresholdKeys)
	body := bodyOf(t, repeat(tx.SubmitProposal{
		Title: "t", Summary: strings.Repeat("s", 3800), Content: tx.TextProposal{},
	}, tx.MaxMsgs)...)
	signed := account.sign(t, body)
	if len(signed.Witness()) != 1606 || len(signed.Raw()) > tx.MaxTxBytes {
		t.Errorf("the witness takes %d bytes, the transaction %d", len(signed.Witness()), len(signed.Raw()))
	}
	if _, err := signed.Verify(testChain); err != nil {
		t.Error(err)
	}
	for i := range body.Msgs {
		body.Msgs[i] = tx.SubmitProposal{Title: "t", Summary: strings.Repeat("s", tx.MaxSummaryBytes), Content: tx.TextProposal{}}
	}
	var refusal *tx.Refusal
	if _, err := tx.Sign(body, testKey(t, "alice")); !errors.As(err, &refusal) || refusal.Code != tx.TooLarge {
		t.Errorf("16 long summaries: %v", err)
	}
}
