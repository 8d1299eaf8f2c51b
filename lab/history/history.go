// Package history checks a run of a blink network after the fact: what clients submitted and were told, against what
// the chain of every node says. It is pure: whoever has a History, by whatever means, can ask what is wrong with it.
//
// The checker shares no code with the state machine. Its model of accounts is as plain as can be, so that both would
// have to be wrong in the same way for a fault to stay unseen. docs/history.md holds the rules and their meaning.
package history

import (
	"strconv"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// History is what is known of one run.
type History struct {
	Genesis     genesis.Document
	Outside     []Outside    // who else submits, beside the clients whose submissions are below
	Submissions []Submission // in any order, one for each transaction
	Chains      []Chain      // one for each node
}

// Outside is an account whose transactions may stand in the chain although no Submission tells of them.
type Outside struct {
	Address crypto.Address `json:"address"`
	Why     string         `json:"why"` // such as "faucet of node0", for people
}

// What a client was told in the end of a transaction.
const (
	Final    = "final"    // in a block that can never be undone, at Height and Index, with Code
	Rejected = "rejected" // one node did not take it; by itself no promise that it is in no chain
	Expired  = "expired"  // it can never be in a block any more
	Unknown  = "unknown"  // no answer, or none that settles it
)

// Submission is one transaction of a client and what the client was told. Times are those of one monotonic clock, since
// any moment that is the same for all submissions: clients on several machines cannot be in one History.
type Submission struct {
	ID        tx.ID         `json:"id"`
	Raw       []byte        `json:"raw,omitempty"` // may be left out: what is in a chain is in the chain
	Submitted time.Duration `json:"submitted_ns"`  // just before the first byte of the first attempt was sent
	Answered  time.Duration `json:"answered_ns"`   // just after the answer was read, or the client gave up
	Node      string        `json:"node"`          // that answered, or was asked last
	Status    string        `json:"status"`        // Final, Rejected, Expired or Unknown
	Code      string        `json:"code,omitempty"`
	// Height and Index are where the node said that it is. A height above 0 counts as told final, whatever the status: a
	// client may call a transaction that failed in its block rejected.
	Height int64  `json:"height,omitempty"`
	Index  uint32 `json:"index,omitempty"`
}

// toldFinal: a node has said that the transaction is in a block.
func (s Submission) toldFinal() bool { return s.Status == Final || s.Height > 0 }

// Chain is what one node says of the chain.
type Chain struct {
	Node string `json:"node"` // its name, or its URL
	// First and Last are the first and the last height that the node says it holds, and Blocks must hold each of them. First
	// is that of the genesis document, unless the node has pruned its first blocks or began from a snapshot.
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// AppHash is that of the state after block Last, in hexadecimal; empty: not asked for.
	AppHash string `json:"app_hash,omitempty"`
	// StateAt is the height of the state that Accounts and Supply were read from; 0: not asked for.
	StateAt  int64     `json:"state_at,omitempty"`
	Blocks   []Block   `json:"-"` // by height
	Accounts []Account `json:"-"` // every address that occurs, in any order
	Supply   *Supply   `json:"-"` // nil: not asked for
}

// Block is one block as a node serves it.
type Block struct {
	Height   int64     `json:"height"`
	Hash     string    `json:"hash"`     // hexadecimal
	AppHash  string    `json:"app_hash"` // of the state before this block, hexadecimal
	Time     time.Time `json:"time"`     // block time, UTC
	Proposer string    `json:"proposer"` // consensus address
	Round    int32     `json:"round"`    // of the commit
	Txs      []BlockTx `json:"txs"`
}

// BlockTx is a transaction in its place.
type BlockTx struct {
	Raw  []byte `json:"raw"`
	Code string `json:"code,omitempty"` // name of the tx.Code; empty: the node did not tell
}

// Account is an account as a node reports it.
type Account struct {
	Address crypto.Address `json:"address"`
	Balance coin.Amount    `json:"balance"` // ublink
	Nonce   uint64         `json:"nonce"`   // of the next transaction
}

// Supply is where all money is, as a node reports it, in ublink: GET /v1/supply.
type Supply struct {
	Issued    coin.Amount `json:"issued"` // since genesis, genesis included
	Burned    coin.Amount `json:"burned"` // since genesis
	Balances  coin.Amount `json:"balances"`
	Bonded    coin.Amount `json:"bonded"`
	Unbonding coin.Amount `json:"unbonding"`
	Fees      coin.Amount `json:"fees"`
	Rewards   coin.Amount `json:"rewards"`
	Deposits  coin.Amount `json:"deposits"`
}

// Violation is a broken rule.
type Violation struct {
	Rule   string `json:"rule"`             // its stable name
	Node   string `json:"node,omitempty"`   // whose chain, or who told
	Height int64  `json:"height,omitempty"` // of the block
	Tx     string `json:"tx,omitempty"`     // id of the transaction
	Text   string `json:"text"`             // what was found and what should be
}

// Where names the rule and where it was broken: "once: node1 block 7".
func (v Violation) Where() string {
	text := v.Rule + ":"
	if v.Node != "" {
		text += " " + v.Node
	}
	if v.Height > 0 {
		text += " block " + strconv.FormatInt(v.Height, 10)
	}
	return text
}
