package history_test

import (
	"math/rand/v2"
	"testing"

	"blink/lab/history"
)

// bases are true histories: one of a real network, and one of each kind that the state machine alone has made.
func bases(t *testing.T) map[string]history.History {
	t.Helper()
	real, err := history.Read("testdata/real")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]history.History{"real": real}
	if testing.Short() {
		return all
	}
	for name, stake := range map[string]bool{"transfers": false, "stake": true} {
		w := newWorld(1, stake)
		for range 40 {
			w.block()
		}
		w.lost()
		all[name] = w.history()
	}
	return all
}

// Each doctoring of each base, several times at random places, is caught by its rule.
func TestEveryDoctoringIsCaught(t *testing.T) {
	if n := len(doctorings()); n < 24 {
		t.Fatalf("there are %d doctorings", n)
	}
	for name, base := range bases(t) {
		t.Run(name, func(t *testing.T) {
			if found := base.Check(); len(found) > 0 {
				t.Fatalf("the true history breaks %+v", found)
			}
			for i, x := range doctorings() {
				t.Run(x.name, func(t *testing.T) {
					h := clone(base)
					d := &doctor{History: &h, r: rand.New(rand.NewPCG(uint64(i), 3))}
					if x.do(d); d.gone {
						t.Fatal("there is nothing to do it to")
					}
					if found := h.Check(); !caught(found, x.rule) {
						t.Errorf("not caught by %s, but %+v", x.rule, found)
					}
				})
			}
		})
	}
}
