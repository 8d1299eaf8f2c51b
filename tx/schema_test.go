package tx_test

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// schema compiles proto/blink/v1/tx.proto.
func schema(t testing.TB) protoreflect.FileDescriptor {
	t.Helper()
	compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{ImportPaths: []string{"../proto"}}}
	files, err := compiler.Compile(context.Background(), "blink/v1/tx.proto")
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

// The codec is written by hand; the schema is what others generate theirs from. Here they meet.
func TestCodecAgreesWithSchema(t *testing.T) {
	file := schema(t)
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) { agree(t, file, mustSign(t, e.body)) })
	}
	t.Run("threshold", func(t *testing.T) {
		agree(t, file, accountOf(t, 2, 3).sign(t, bodyOf(t, tx.Unjail{}), 0, 2))
	})
	t.Run("random", rapid.MakeCheck(func(rt *rapid.T) {
		agree(rt, file, mustSign(t, genBody(t).Draw(rt, "body")))
	}))
}

type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

func agree(t reporter, file protoreflect.FileDescriptor, signed tx.Signed) {
	t.Helper()
	envelope := roundTrip(t, file, "Tx", signed.Raw())
	if !bytes.Equal(bytesOf(envelope, "body"), signed.BodyBytes()) || !bytes.Equal(bytesOf(envelope, "witness"), signed.Witness()) {
		t.Fatalf("Tx differs: %v", envelope)
	}
	if signed.Body().Sender.Kind() == crypto.KindThreshold {
		agreeOnWitness(t, roundTrip(t, file, "ThresholdWitness", signed.Witness()), signed)
	}
	body := fromSchema(t, roundTrip(t, file, "Body", signed.BodyBytes()))
	if !reflect.DeepEqual(body, signed.Body()) {
		t.Fatalf("the schema reads\n%+v, the codec\n%+v", body, signed.Body())
	}
}

// agreeOnWitness compares what the schema reads with what the codec reads, signature by signature.
func agreeOnWitness(t reporter, m protoreflect.Message, signed tx.Signed) {
	t.Helper()
	w, err := tx.DecodeThresholdWitness(signed.Witness())
	if err != nil {
		t.Fatalf("%v", err)
	}
	keys, signatures, signers := get(m, "keys").List(), get(m, "signatures").List(), get(m, "signers").Uint()
	read := tx.ThresholdWitness{Threshold: int(get(m, "threshold").Uint()), Signatures: make(map[crypto.PublicKey]crypto.Signature)}
	for i := range keys.Len() {
		key := crypto.PublicKey(keys.Get(i).Bytes())
		read.Keys = append(read.Keys, key)
		if signers&(1<<i) != 0 {
			read.Signatures[key] = crypto.Signature(signatures.Get(len(read.Signatures)).Bytes())
		}
	}
	if !reflect.DeepEqual(read, w) {
		t.Fatalf("the schema reads\n%+v, the codec\n%+v", read, w)
	}
}

// roundTrip reads raw by the schema, and proves that a deterministic marshaller writes the same bytes.
func roundTrip(t reporter, file protoreflect.FileDescriptor, message protoreflect.Name, raw []byte) protoreflect.Message {
	t.Helper()
	m := dynamicpb.NewMessage(file.Messages().ByName(message))
	if err := proto.Unmarshal(raw, m); err != nil {
		t.Fatalf("%s: %v", message, err)
	}
	again, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil || !bytes.Equal(again, raw) {
		t.Fatalf("%s marshals to\n%x, want\n%x (%v)", message, again, raw, err)
	}
	return m
}

func fromSchema(t reporter, m protoreflect.Message) tx.Body {
	b := tx.Body{
		ChainID:    get(m, "chain_id").String(),
		Sender:     crypto.Address(bytesOf(m, "sender")),
		Nonce:      get(m, "nonce").Uint(),
		Fee:        amountOf(m, "fee"),
		ValidUntil: get(m, "valid_until").Int(),
		Memo:       get(m, "memo").String(),
	}
	msgs := get(m, "msgs").List()
	for i := range msgs.Len() {
		b.Msgs = append(b.Msgs, msgFromSchema(t, msgs.Get(i).Message()))
	}
	return b
}

func msgFromSchema(t reporter, m protoreflect.Message) tx.Msg {
	chosen := m.WhichOneof(m.Descriptor().Oneofs().ByName("msg"))
	inner := m.Get(chosen).Message()
	switch chosen.Name() {
	case "transfer":
		return tx.Transfer{To: crypto.Address(bytesOf(inner, "to")), Amount: amountOf(inner, "amount")}
	case "create_validator":
		key, commission := get(inner, "consensus_key").Message(), get(inner, "commission").Message()
		return tx.CreateValidator{
			ConsensusKey: tx.ConsensusKey{Type: get(key, "type").String(), Key: bytesOf(key, "key")},
			SelfBond:     amountOf(inner, "self_bond"),
			Commission: tx.Commission{
				Rate:           uint32(get(commission, "rate").Uint()),
				MaxRate:        uint32(get(commission, "max_rate").Uint()),
				MaxDailyChange: uint32(get(commission, "max_daily_change").Uint()),
			},
			MinSelfBond: amountOf(inner, "min_self_bond"),
			Moniker:     get(inner, "moniker").String(),
			Details:     get(inner, "details").String(),
		}
	case "delegate":
		return tx.Delegate{Validator: crypto.Address(bytesOf(inner, "validator")), Amount: amountOf(inner, "amount")}
	case "undelegate":
		return tx.Undelegate{Validator: crypto.Address(bytesOf(inner, "validator")),
			Amount: amountOf(inner, "amount"), All: get(inner, "all").Bool()}
	case "unjail":
		return tx.Unjail{}
	case "edit_validator":
		return editFromSchema(inner)
	case "withdraw_rewards":
		m := tx.WithdrawRewards{All: get(inner, "all").Bool()}
		copy(m.Validator[:], bytesOf(inner, "validator"))
		return m
	case "redelegate":
		return tx.Redelegate{From: crypto.Address(bytesOf(inner, "from")), To: crypto.Address(bytesOf(inner, "to")),
			Amount: amountOf(inner, "amount"), All: get(inner, "all").Bool()}
	case "cancel_unbonding":
		return tx.CancelUnbonding{
			Validator: crypto.Address(bytesOf(inner, "validator")), CreatedHeight: heightOf(inner, "created_height"),
			Amount: amountOf(inner, "amount"), All: get(inner, "all").Bool(),
		}
	case "set_withdraw_address":
		return tx.SetWithdrawAddress{Address: crypto.Address(bytesOf(inner, "address"))}
	case "submit_proposal":
		return tx.SubmitProposal{Title: get(inner, "title").String(), Summary: get(inner, "summary").String(),
			Deposit: amountOf(inner, "deposit"), Content: contentFromSchema(t, inner)}
	case "vote":
		return tx.Vote{Proposal: get(inner, "proposal").Uint(), Option: tx.VoteOption(get(inner, "option").Enum())}
	}
	t.Fatalf("message %s is in the schema only", chosen.Name())
	return nil
}

func editFromSchema(m protoreflect.Message) tx.EditValidator {
	edit := tx.EditValidator{Moniker: get(m, "moniker").String(), MinSelfBond: amountOf(m, "min_self_bond")}
	if has(m, "details") {
		edit.Details = new(get(get(m, "details").Message(), "value").String())
	}
	if has(m, "commission_rate") {
		edit.CommissionRate = new(uint32(get(get(m, "commission_rate").Message(), "basis_points").Uint()))
	}
	return edit
}

func contentFromSchema(t reporter, m protoreflect.Message) tx.ProposalContent {
	chosen := m.WhichOneof(m.Descriptor().Oneofs().ByName("content"))
	inner := m.Get(chosen).Message()
	switch chosen.Name() {
	case "text":
		return tx.TextProposal{}
	case "params":
		c := tx.ParamsProposal{Height: heightOf(inner, "height")}
		changes := get(inner, "changes").List()
		for i := range changes.Len() {
			change := changes.Get(i).Message()
			c.Changes = append(c.Changes, tx.ParamChange{Name: get(change, "name").String(), Value: get(change, "value").Uint()})
		}
		return c
	case "upgrade":
		return tx.UpgradeProposal{AppVersion: get(inner, "app_version").Uint(), Name: get(inner, "name").String(),
			Height: heightOf(inner, "height")}
	}
	t.Fatalf("content %s is in the schema only", chosen.Name())
	return nil
}

func get(m protoreflect.Message, name protoreflect.Name) protoreflect.Value {
	return m.Get(m.Descriptor().Fields().ByName(name))
}

func has(m protoreflect.Message, name protoreflect.Name) bool {
	return m.Has(m.Descriptor().Fields().ByName(name))
}

func heightOf(m protoreflect.Message, name protoreflect.Name) int64 {
	return int64(get(m, name).Uint())
}

func bytesOf(m protoreflect.Message, name protoreflect.Name) []byte { return get(m, name).Bytes() }

func amountOf(m protoreflect.Message, name protoreflect.Name) coin.Amount {
	return coin.Amount(get(m, name).Uint())
}

// Every message of the schema's oneof is one that the codec knows, by the same name.
func TestSchemaHasTheSameMessages(t *testing.T) {
	fields := schema(t).Messages().ByName("Msg").Oneofs().ByName("msg").Fields()
	var names []string
	for i := range fields.Len() {
		names = append(names, string(fields.Get(i).Name()))
	}
	if !reflect.DeepEqual(names, tx.MsgTypes()) {
		t.Errorf("schema has %v, codec %v", names, tx.MsgTypes())
	}
}
