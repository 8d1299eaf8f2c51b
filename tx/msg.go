package tx

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"blink/coin"
)

// Msg is one action of a transaction. The set is closed: the types in msgKinds, all value types, so
// that a type switch can be complete.
//
// To add a message type, touch these places and no other in this package:
//
//  1. proto/blink/v1/tx.proto: the message and its number in the oneof of Msg;
//  2. tx/msg_<name>.go: the type, its methods and its two readers;
//  3. msgKinds below: one line;
//  4. the tests, which fail until they know it: an example in examples_test.go (go test ./tx -run Golden -update writes
//     its golden file), a case each in generate_test.go and schema_test.go.
//
// Then say what it does, in package app.
type Msg interface {
	// Type is the name in JSON and in the schema's oneof, such as "transfer".
	Type() string
	// Outgoing is what leaves the sender's balance when the message executes, in ublink, fee aside.
	Outgoing() coin.Amount

	number() protowire.Number       // field number in the oneof
	appendFields(buf []byte) []byte // canonical fields, without tag and length
	check() *Refusal                // stateless bounds; paths start inside the message
}

// msgKind is how one message type is read. Both readers leave bounds to check.
type msgKind struct {
	number   protowire.Number
	name     string
	fromWire func(*wireReader) Msg
	fromJSON func(*jsonReader) Msg
}

// msgKinds is the table of message types, ascending by number.
var msgKinds = [...]msgKind{
	{Transfer{}.number(), Transfer{}.Type(), readTransfer, parseTransfer},
	{CreateValidator{}.number(), CreateValidator{}.Type(), readCreateValidator, parseCreateValidator},
	{EditValidator{}.number(), EditValidator{}.Type(), readEditValidator, parseEditValidator},
	{Delegate{}.number(), Delegate{}.Type(), readDelegate, parseDelegate},
	{Undelegate{}.number(), Undelegate{}.Type(), readUndelegate, parseUndelegate},
	{WithdrawRewards{}.number(), WithdrawRewards{}.Type(), readWithdrawRewards, parseWithdrawRewards},
	{Unjail{}.number(), Unjail{}.Type(), readUnjail, parseUnjail},
	{Redelegate{}.number(), Redelegate{}.Type(), readRedelegate, parseRedelegate},
	{CancelUnbonding{}.number(), CancelUnbonding{}.Type(), readCancelUnbonding, parseCancelUnbonding},
	{SetWithdrawAddress{}.number(), SetWithdrawAddress{}.Type(), readSetWithdrawAddress, parseSetWithdrawAddress},
	{SubmitProposal{}.number(), SubmitProposal{}.Type(), readSubmitProposal, parseSubmitProposal},
	{Vote{}.number(), Vote{}.Type(), readVote, parseVote},
}

func kindByNumber(n protowire.Number) (msgKind, bool) {
	for i := range msgKinds {
		if msgKinds[i].number == n {
			return msgKinds[i], true
		}
	}
	return msgKind{}, false
}

func kindByName(name string) (msgKind, bool) {
	for i := range msgKinds {
		if msgKinds[i].name == name {
			return msgKinds[i], true
		}
	}
	return msgKind{}, false
}

// MsgTypes lists the names of all message types, in the order of the schema.
func MsgTypes() []string {
	names := make([]string, len(msgKinds))
	for i := range msgKinds {
		names[i] = msgKinds[i].name
	}
	return names
}

func unknownType(name string) *Refusal {
	r := refuse(Unsupported, "type", "message type %q is unknown to this version", name)
	r.Hint = "known types: " + strings.Join(MsgTypes(), ", ")
	return r
}
