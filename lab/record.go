package lab

import (
	"time"

	"blink/api/client"
	"blink/tx"
)

// Record is one transaction of a load and what became of it.
type Record struct {
	Number int    // from 0, in the order of the intended send times, warm-up included
	Phase  int    // index in the plan; -1 = warm-up
	ID     tx.ID  // zero if it was never signed: no account was free for it
	Raw    []byte // the signed bytes; only with LoadConfig.KeepRaw
	Node   int    // index in LoadConfig.Nodes of the node that gave the final answer, or was asked last

	// Intended is when it was to be sent, Sent when it left, Answered when the client knew its fate. All are offsets
	// from Load.Start by the client's monotonic clock; of the warm-up they are negative.
	Intended, Sent, Answered time.Duration

	Status string // client.StatusFinal (in a block, with effect), StatusRejected, StatusExpired or StatusUnknown
	Code   string // why it was rejected: a code of the chain or of the API, or CodeNoSender; empty otherwise
	Height int64  // of its block, as told by the node; 0 = none. Of a rejected one too, if it is in a block without effect
	Index  uint32 // its position in the block

	Stages *client.Stages // ms since the node received it, by that node's clock; nil if the node measured none
}

// TTF is the time to finality as the client saw it: from the intended send time to the answer.
func (r Record) TTF() time.Duration { return r.Answered - r.Intended }

// Measured reports whether r counts: it is not of the warm-up.
func (r Record) Measured() bool { return r.Phase >= 0 }

// CodeNoSender is booked for a transaction that the client could not send in time because every account had as much in
// flight as its nonce window allows, or waited to learn its nonce after a refusal: the network had stopped taking them.
const CodeNoSender = "client_no_sender"

// BlockSeen is the moment when the client learnt that a node serves a block.
type BlockSeen struct {
	Node   int   // index in the nodes that are watched
	Height int64 // of the block
	At     time.Duration
	Late   bool // learnt after a reconnect, not live: the node had it earlier than At
}
