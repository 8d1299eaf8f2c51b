package app

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"blink/genesis"
	"blink/store"
)

// record is a random chain that was run once, in memory and beside the model, so that it can be run again elsewhere. It
// has transactions of every type, valid and not, evidence, absences, proposals and what they bring about.
type record struct {
	doc     genesis.Document
	blocks  []Block // from height 2 on; the first is empty
	results []Result
	state   store.Reader // after the last block
}

func newRecord(t testing.TB, seed uint64, blocks int) *record {
	t.Helper()
	w := emptyTwins(t, rand.New(rand.NewPCG(seed, 0x7265636f7264)))
	doc := w.genesis()
	w.begin(doc)
	w.keep, w.long = true, true
	w.mania = mania{} // it would slow the chain down for ever
	w.chain.auditEvery = 50
	for range blocks {
		w.block()
	}
	return &record{doc, w.record, w.results, w.chain.memory}
}

// digest adds up what a block answers: codes, updates, parameters and version.
func digest(h hash.Hash, result Result) {
	for _, r := range result.Receipts {
		fmt.Fprintln(h, r.Code)
	}
	for _, u := range result.Updates {
		fmt.Fprintf(h, "%x %d\n", u.Key, u.Power)
	}
	if result.Params != nil {
		h.Write(encodeParams(*result.Params))
	}
	fmt.Fprintln(h, result.AppVersion)
}

// inputs adds up what a block is made of, signatures aside: they are not the same twice.
func inputs(h hash.Hash, b Block) {
	fmt.Fprintln(h, b.Height, b.Time.UnixNano(), len(b.Txs))
	for _, in := range b.Txs {
		fmt.Fprintln(h, in.Refused)
		h.Write(in.Tx.Signed().BodyBytes())
	}
	for _, e := range b.Evidence {
		fmt.Fprintf(h, "%x %d %d %d\n", e.Address, e.Height, e.Power, uint8(e.Type))
	}
	for _, v := range b.LastCommit {
		fmt.Fprintf(h, "%x %d %t\n", v.Address, v.Power, v.Absent)
	}
}

// stateDigest is the hash of all keys and values.
func stateDigest(r store.Reader) [32]byte {
	h := sha256.New()
	r.Range(nil, nil, func(k, v []byte) bool {
		for _, b := range [][]byte{k, v} {
			h.Write(binary.AppendUvarint(nil, uint64(len(b))))
			h.Write(b)
		}
		return true
	})
	return [32]byte(h.Sum(nil))
}

// replayed is a record on a real store.
type replayed struct {
	t       testing.TB
	options store.Options
	store   *store.Store
}

func (p *replayed) open() {
	p.t.Helper()
	s, err := store.Open(p.options)
	if err != nil {
		p.t.Fatal(err)
	}
	p.store = s
}

func (p *replayed) close() {
	p.t.Helper()
	if err := p.store.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// begin commits genesis and the first block, which share a version.
func (p *replayed) begin(r *record) {
	p.t.Helper()
	p.open()
	o := store.NewOverlay(p.store.Latest())
	InitChain(o, r.doc)
	b := Block{Height: 1, Time: r.doc.GenesisTime.Add(time.Second)}
	ApplyBlock(o, b)
	p.commit(o, 1)
}

func (p *replayed) apply(b Block) Result {
	p.t.Helper()
	o := store.NewOverlay(p.store.Latest())
	result := ApplyBlock(o, b)
	p.commit(o, b.Height)
	return result
}

func (p *replayed) commit(o *store.Overlay, height int64) {
	p.t.Helper()
	if _, err := p.store.Stage(height, o, nil); err != nil {
		p.t.Fatal(err)
	}
	if err := p.store.Commit(); err != nil {
		p.t.Fatal(err)
	}
}

// root is the AppHash.
func (p *replayed) root() []byte { return slices.Clone(p.store.Root()) }
