package history_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"blink/crypto"
	"blink/lab/history"
	"blink/tx"
)

// doctor changes a history in one respect. Helpers that find nothing to change leave it as it is and note that.
type doctor struct {
	*history.History
	r    *rand.Rand
	gone bool // there was nothing to do it to
}

// spot is a transaction of a chain.
type spot struct {
	history.BlockTx
	height int64
	index  int
	id     tx.ID
	body   tx.Body
	at     time.Time
}

// spots lists the transactions that every node holds and that keep applies to.
func (d *doctor) spots(keep func(spot) bool) []spot {
	return d.every(func(s spot) bool { return d.common(s.height) && keep(s) })
}

// every lists all transactions that keep applies to.
func (d *doctor) every(keep func(spot) bool) []spot {
	var list []spot
	for _, b := range d.Chains[0].Blocks {
		for i, t := range b.Txs {
			signed, err := tx.Decode(t.Raw)
			if err != nil {
				continue
			}
			s := spot{BlockTx: t, height: b.Height, index: i, id: signed.ID(), body: signed.Body(), at: b.Time}
			if keep(s) {
				list = append(list, s)
			}
		}
	}
	return list
}

// common: every node holds the block.
func (d *doctor) common(height int64) bool {
	return !slices.ContainsFunc(d.Chains, func(c history.Chain) bool { return height < c.First || height > c.Last })
}

func (d *doctor) any(keep func(spot) bool) spot { return one(d, d.spots(keep)) }

// one picks an element.
func one[T any](d *doctor, list []T) (x T) {
	if len(list) == 0 {
		d.gone = true
		return x
	}
	return list[d.r.IntN(len(list))]
}

func all(spot) bool    { return true }
func isOK(s spot) bool { return s.Code == "ok" }

// submission finds what a client said of a transaction.
func (d *doctor) submission(id tx.ID) *history.Submission {
	for i := range d.Submissions {
		if d.Submissions[i].ID == id {
			return &d.Submissions[i]
		}
	}
	return nil
}

func (d *doctor) told(s spot) bool {
	sub := d.submission(s.id)
	return sub != nil && sub.Height == s.height && int(sub.Index) == s.index
}

// anyTold is a transaction that a client was told is final, with that.
func (d *doctor) anyTold() (spot, *history.Submission) {
	s := d.any(d.told)
	if d.gone {
		return s, &history.Submission{}
	}
	return s, d.submission(s.id)
}

// everywhere changes a block at every node that holds it.
func (d *doctor) everywhere(height int64, change func(*history.Block)) {
	for i := range d.Chains {
		for j := range d.Chains[i].Blocks {
			if b := &d.Chains[i].Blocks[j]; b.Height == height {
				change(b)
			}
		}
	}
}

// from changes all blocks from a height on, at every node.
func (d *doctor) from(height int64, change func(*history.Block)) {
	for i := range d.Chains {
		for j := range d.Chains[i].Blocks {
			if b := &d.Chains[i].Blocks[j]; b.Height >= height {
				change(b)
			}
		}
	}
}

// at one node: any block that every node holds, and with so many transactions or more.
func (d *doctor) atOne(txs int, change func(*history.Block)) {
	c := &d.Chains[d.r.IntN(len(d.Chains))]
	var fit []*history.Block
	for j := range c.Blocks {
		if b := &c.Blocks[j]; d.common(b.Height) && len(b.Txs) >= txs {
			fit = append(fit, b)
		}
	}
	if b := one(d, fit); b != nil {
		change(b)
	}
}

// remove takes a transaction out of every chain.
func (d *doctor) remove(s spot) {
	d.everywhere(s.height, func(b *history.Block) { b.Txs = slices.Delete(slices.Clone(b.Txs), s.index, s.index+1) })
}

// add appends a transaction to a block that every node holds.
func (d *doctor) add(raw []byte, code string) (height int64, index uint32) {
	height = d.anyHeight()
	d.everywhere(height, func(b *history.Block) {
		index = uint32(len(b.Txs))
		b.Txs = append(slices.Clone(b.Txs), history.BlockTx{Raw: raw, Code: code})
	})
	return height, index
}

func (d *doctor) anyHeight() int64 {
	var heights []int64
	for _, b := range d.Chains[0].Blocks {
		if d.common(b.Height) {
			heights = append(heights, b.Height)
		}
	}
	return one(d, heights)
}

// stranger signs a transaction that is in time at every block; the account was never used.
func (d *doctor) stranger(change func(*tx.Body)) tx.Signed {
	key := keyOf("nobody knows")
	last := d.Chains[0].Blocks[len(d.Chains[0].Blocks)-1].Time
	body := tx.Body{ChainID: d.Genesis.ChainID, Fee: d.Genesis.Params.MinFee, ValidUntil: last.Unix() + 60,
		Msgs: []tx.Msg{tx.Transfer{To: keyOf("nobody else").Address(), Amount: 1}}}
	change(&body)
	return sign(body, key)
}

// submit lists a transaction as told final where it is.
func (d *doctor) submit(s tx.Signed, code string, height int64, index uint32) {
	d.Submissions = append(d.Submissions, history.Submission{ID: s.ID(), Raw: s.Raw(), Submitted: -1 << 50, Answered: 1 << 50,
		Node: "node0", Status: history.Final, Code: code, Height: height, Index: index})
}

// report changes what a node reports.
func (d *doctor) report(change func(*history.Chain)) {
	c := &d.Chains[d.r.IntN(len(d.Chains))]
	change(c)
}

// reports changes what every node reports.
func (d *doctor) reports(change func(*history.Chain)) {
	for i := range d.Chains {
		change(&d.Chains[i])
	}
}

// accounts lists those reported that keep applies to.
func (d *doctor) accounts(keep func(history.Account) bool) []crypto.Address {
	var list []crypto.Address
	for _, a := range d.Chains[0].Accounts {
		if keep(a) {
			list = append(list, a.Address)
		}
	}
	return list
}

func hexOf(text string) string { return fmt.Sprintf("%x", text) }
