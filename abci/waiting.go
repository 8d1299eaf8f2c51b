package abci

import (
	"slices"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// checkState is what a new transaction is admitted on: the state of the last
// block plus what each sender already has waiting in the mempool.
//
// CometBFT locks its mempool from before Commit until it has rechecked every
// waiting transaction, in mempool order. A block changes the accounts of few of
// those who wait: only what these have waiting is admitted anew. For the others
// nothing has changed but the time.
type checkState struct {
	admission app.Admission
	round     uint64 // counts blocks
	rechecked bool   // all that waits has been, since the last block
	senders   map[crypto.Address]*sender
	waiting   map[tx.ID]*slot
}

// slot is the place that a waiting transaction takes.
type slot struct {
	id         tx.ID
	sender     crypto.Address
	nonce      uint64
	cost       coin.Amount
	validUntil int64  // Unix seconds
	round      uint64 // in which it was last admitted or rechecked
	due        bool   // its sender's account has changed, and it has not been rechecked since
}

// sender is what one of them has waiting: at least one transaction.
type sender struct {
	pending app.Pending // of the slots that are not due
	slots   []*slot
}

func newCheckState(state store.Reader, now time.Time) checkState {
	return checkState{
		admission: app.AdmissionOn(state, now),
		senders:   make(map[crypto.Address]*sender),
		waiting:   make(map[tx.ID]*slot),
	}
}

// advance goes on to the state after a block that holds what is committed. now is the best guess of the time of the block
// that a new transaction gets into: the votes for the last block, just cast, give the next block's time. After a standstill
// the next block's time is older; that block is made without the transaction, and the one after it has the right time.
func (c *checkState) advance(state store.Reader, now time.Time, committed []CommittedTx) {
	c.endRechecks()
	before := c.admission.Params
	c.admission = app.AdmissionOn(state, now)
	c.round++
	c.rechecked = false
	for _, t := range committed {
		if s := c.waiting[t.ID]; s != nil {
			c.release(s)
		}
	}
	// Only a sender's own transactions use up its nonces and lower its balance.
	for _, t := range committed {
		c.touch(t.sender)
	}
	if c.admission.Params != before {
		for address := range c.senders { // in any order: what is due does not depend on it
			c.touch(address)
		}
	}
}

// endRechecks releases what has not been rechecked since the last block: CometBFT's mempool does not have it, since it had no
// room for it after all.
func (c *checkState) endRechecks() {
	if c.rechecked {
		return
	}
	c.rechecked = true
	for _, s := range c.waiting { // in any order: each goes or stays by itself
		if s.round < c.round {
			c.release(s)
		}
	}
}

// touch has all that waits of a sender admitted anew when it is rechecked.
func (c *checkState) touch(address crypto.Address) {
	if from := c.senders[address]; from != nil {
		from.pending = app.Pending{}
		for _, s := range from.slots {
			s.due = true
		}
	}
}

// recheck reports whether what waits under id may go on waiting, as far as that can be told without its bytes. If not, it
// gives up its place: it is to be admitted anew, or refused.
func (c *checkState) recheck(id tx.ID) bool {
	s := c.waiting[id]
	if s == nil {
		return false
	}
	if s.due || !c.admission.InTime(s.validUntil) {
		c.release(s)
		return false
	}
	s.round = c.round
	return true
}

// admit adds t to what is waiting, or says why not.
func (c *checkState) admit(t tx.Verified) error {
	body := t.Body()
	from := c.senders[body.Sender]
	if from == nil {
		from = new(sender)
	}
	if err := c.admission.Admit(t, from.pending); err != nil {
		return err
	}
	cost, _ := app.Cost(t) // Admit has refused what overflows, by itself or with what waits
	s := &slot{id: t.ID(), sender: body.Sender, nonce: body.Nonce, cost: cost, validUntil: body.ValidUntil, round: c.round}
	from.pending.Spent, _ = from.pending.Spent.Add(cost)
	from.pending.Nonces = append(from.pending.Nonces, s.nonce)
	from.slots = append(from.slots, s)
	c.senders[s.sender], c.waiting[s.id] = from, s
	return nil
}

// release forgets a waiting transaction.
func (c *checkState) release(s *slot) {
	delete(c.waiting, s.id)
	from := c.senders[s.sender]
	if from.slots = remove(from.slots, s); len(from.slots) == 0 {
		delete(c.senders, s.sender)
		return
	}
	if !s.due {
		from.pending.Nonces = remove(from.pending.Nonces, s.nonce)
		from.pending.Spent, _ = from.pending.Spent.Sub(s.cost)
	}
}

// remove takes the first v out of a list that has it.
func remove[T comparable](list []T, v T) []T {
	n := slices.Index(list, v)
	return slices.Delete(list, n, n+1)
}

// pendingNonce is the first nonce of addr that nothing waits for.
func (c *checkState) pendingNonce(addr crypto.Address) uint64 {
	var taken []uint64
	if from := c.senders[addr]; from != nil {
		for _, s := range from.slots {
			taken = append(taken, s.nonce)
		}
	}
	return app.NextNonce(app.AccountOf(c.admission.State, addr).Nonce, taken)
}

// proposable reports whether a block could take something that waits: the transaction with a sender's next nonce. The others
// wait for one that is missing.
func (c *checkState) proposable() bool {
	for address, from := range c.senders { // in any order: whether there is one does not depend on it
		if slices.Contains(from.pending.Nonces, app.AccountOf(c.admission.State, address).Nonce) {
			return true
		}
	}
	return false
}
