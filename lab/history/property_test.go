package history_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"blink/lab/history"
)

// What the real state machine does breaks no rule. The model of the checker shares no code with it: this compares them.
func TestTrueHistoriesBreakNoRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { breaksNoRule(t, randomHistory(t)) })
}

func breaksNoRule(t *rapid.T, h history.History) {
	for _, v := range h.Check() {
		t.Errorf("%+v", v)
	}
}

// Nor does what is left of a true history when nodes do not tell some codes, have pruned their first blocks, or were not
// asked about accounts.
func TestIncompleteHistoriesBreakNoRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := randomHistory(t)
		if rapid.Bool().Draw(t, "codes are missing") {
			r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "which"), 2))
			d := doctor{History: &h}
			d.from(0, func(b *history.Block) {
				for i := range b.Txs {
					if r.IntN(3) == 0 {
						b.Txs[i].Code = ""
					}
				}
			})
		}
		pruned := rapid.Int64Range(0, 8).Draw(t, "pruned")
		stateless := rapid.Bool().Draw(t, "not asked about accounts")
		for i := range h.Chains {
			c := &h.Chains[i]
			n := min(pruned, int64(len(c.Blocks)-1))
			c.Blocks, c.First = c.Blocks[n:], c.First+n
			if stateless || c.StateAt < c.First {
				c.StateAt, c.Accounts, c.Supply, c.AppHash = 0, nil, nil, ""
			}
		}
		breaksNoRule(t, h)
	})
}

func randomHistory(t *rapid.T) history.History {
	w := newWorld(rapid.Uint64().Draw(t, "seed"), rapid.Bool().Draw(t, "stake"))
	most := 25
	if testing.Short() {
		most = 10
	}
	if rapid.Bool().Draw(t, "goes on from another chain") {
		for range most / 2 {
			w.block()
		}
		w.succeed()
	}
	for range rapid.IntRange(5, most).Draw(t, "blocks") {
		w.block()
	}
	w.lost()
	return w.history()
}

// Whatever true history is doctored in whatever way, the rule for it finds it.
func TestRandomDoctoringsAreCaught(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := randomHistory(t)
		x := rapid.SampledFrom(doctorings()).Draw(t, "doctoring")
		d := &doctor{History: &h, r: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "choice"), 1))}
		if x.do(d); d.gone {
			t.Skip("there is nothing to do it to")
		}
		if found := h.Check(); !caught(found, x.rule) {
			t.Errorf("%s: not caught by %s, but %+v", x.name, x.rule, found)
		}
	})
}

// Balances that the chain before has left uncertain are not what is doctored.
func TestBalancesAfterAnotherChain(t *testing.T) {
	w := newWorld(2, true)
	for range 12 {
		w.block()
	}
	w.succeed()
	for range 5 {
		w.block()
	}
	w.lost()
	all := doctorings()
	x := all[slices.IndexFunc(all, func(x doctoring) bool { return x.name == "every node reports another balance" })]
	for choice := range uint64(40) {
		h := w.history()
		d := &doctor{History: &h, r: rand.New(rand.NewPCG(choice, 1))}
		if x.do(d); d.gone {
			t.Fatal("there is nobody whose balance is certain")
		}
		if found := h.Check(); !caught(found, x.rule) {
			t.Errorf("choice %d: not caught by %s, but %+v", choice, x.rule, found)
		}
	}
}

func caught(found []history.Violation, rule string) bool {
	return slices.ContainsFunc(found, func(v history.Violation) bool { return v.Rule == rule })
}
