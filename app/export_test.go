package app

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"blink/genesis"
	"blink/store"
)

// TestAnExportedChainGoesOnTheSame exports the state of random chains, starts another chain from each, and gives both the
// same blocks: every key of the state is the same at the start and after each of them, and so is every result. What is
// exported has some of everything that a state can hold.
func TestAnExportedChainGoesOnTheSame(t *testing.T) {
	t.Parallel()
	kinds := make(map[byte]int)
	for seed := range uint64(30) {
		w := keptTwins(t, seed)
		for range 10 + w.random.IntN(70) {
			w.block()
		}
		other := restored(t, w.chain)
		other.Range(nil, nil, func(k, _ []byte) bool { kinds[k[0]]++; return true })
		for range 10 {
			w.blockOnBoth(other)
			sameState(t, w.chain.state(), other)
		}
	}
	for prefix := byte('a'); prefix <= 'z'; prefix++ {
		if kinds[prefix] == 0 {
			t.Errorf("no state had a key that begins with %c", prefix)
		}
	}
}

// TestAnExportedChainGoesOnForLong is the same with one chain and a thousand blocks.
func TestAnExportedChainGoesOnForLong(t *testing.T) {
	t.Parallel()
	w := keptTwins(t, 7)
	for range 100 {
		w.block()
	}
	other := restored(t, w.chain)
	for i := range 1000 {
		w.blockOnBoth(other)
		if i%50 == 49 {
			sameState(t, w.chain.state(), other)
			if err := Audit(other); err != nil { // the old one audits itself
				t.Fatalf("height %d of the new chain: %v", w.chain.height, err)
			}
		}
	}
}

// keptTwins is a random chain that keeps its blocks.
func keptTwins(t *testing.T, seed uint64) *twins {
	w := newTwins(t, rand.New(rand.NewPCG(seed, 0)))
	w.keep, w.chain.auditEvery = true, 50
	return w
}

// blockOnBoth gives the next block to the chain and to one that was started from it.
func (w *twins) blockOnBoth(other *store.Overlay) {
	w.block()
	b, was := w.record[len(w.record)-1], w.results[len(w.results)-1]
	o := other.Fork()
	if is := ApplyBlock(o, b); !reflect.DeepEqual(is, was) {
		w.t.Fatalf("height %d gives\n%+v\nafter the export, and on the old chain\n%+v", b.Height, is, was)
	}
	o.Join()
}

// restored exports a chain, sends the document through its text and starts another chain from it.
func restored(t *testing.T, c *chain) *store.Overlay {
	t.Helper()
	r := c.state()
	text := Export(r, "blink-other-1", c.height+1, c.time).Encode()
	doc, err := genesis.Parse(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := CheckGenesis(doc); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	o := store.NewOverlay(void{})
	set, want := InitChain(o, doc), lastSent(r)
	if len(set) != len(want) {
		t.Fatalf("consensus is told %d validators, the old one knew %d", len(set), len(want))
	}
	for i, m := range want {
		if set[i] != (ValidatorUpdate{m.key, m.power}) {
			t.Fatalf("consensus is told %v, the old one knew %v", set[i], m)
		}
	}
	sameState(t, r, o)
	return o
}

// sameState compares two states key by key, but for the chain id.
func sameState(t failer, old, twin store.Reader) {
	t.Helper()
	was, is := allKeys(old), allKeys(twin)
	if was != is {
		t.Fatal(firstDifference(was, is))
	}
}

func allKeys(r store.Reader) string {
	var out strings.Builder
	r.Range(nil, nil, func(k, v []byte) bool {
		if !bytes.Equal(k, []byte{prefixChainID}) {
			fmt.Fprintf(&out, "%c %s %s\n", k[0], hex.EncodeToString(k[1:]), hex.EncodeToString(v))
		}
		return true
	})
	return out.String()
}

// An exported state that somebody edited so that it does not add up is refused in words, not with a panic.
func TestCheckGenesisRefusesWhatDoesNotAddUp(t *testing.T) {
	var w *twins
	for seed := uint64(0); w == nil || len(w.model.told) < 2 || len(w.model.unbondings) == 0; seed++ {
		w = keptTwins(t, seed)
		for range 60 {
			w.block()
		}
	}
	for _, c := range []struct {
		change func(*genesis.State)
		want   string
	}{
		{func(s *genesis.State) { s.Accounts[0].Balance++ }, "supply invariant broken"},
		{func(s *genesis.State) { s.Accounts[0].Balance = 1<<64 - 1 }, "is more than any supply"},
		{func(s *genesis.State) { s.Issued++ }, "supply invariant broken"},
		{func(s *genesis.State) { s.Fees += s.Rewards.Unpaid; s.Rewards.Unpaid = 0 }, "could be withdrawn"},
		{func(s *genesis.State) { s.Delegations[0].Shares++ }, "shares, its delegations"},
		{func(s *genesis.State) { s.Delegations = s.Delegations[1:] }, "shares, its delegations"},
		{func(s *genesis.State) { s.Validators[active(s)].Power++ }, "consensus was told"},
		{func(s *genesis.State) { v := &s.Validators[active(s)]; v.Status, v.Power = "inactive", 0 }, "the set has"},
		{func(s *genesis.State) { s.Validators[active(s)].PerShare.Hi++ }, "could be withdrawn"},
		{func(s *genesis.State) { s.Unbondings[0].Amount++ }, "supply invariant broken"},
		{func(s *genesis.State) { s.Validators[0].Moniker = "" }, "state.validators[0].moniker must be 1 to 64 bytes"},
	} {
		doc := Export(w.chain.state(), "blink-other-1", w.chain.height+1, w.chain.time)
		if err := CheckGenesis(doc); err != nil {
			t.Fatal(err)
		}
		c.change(doc.State)
		if err := CheckGenesis(doc); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// active is the index of a validator in the set that others could stand in for.
func active(s *genesis.State) int {
	return slices.IndexFunc(s.Validators, func(v genesis.ValidatorState) bool { return v.Status == "active" })
}
