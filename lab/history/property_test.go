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
	rapid.Check(t, func(t *rapid.T) {
		h := randomHistory(t)
		for _, v := range h.Check() {
			t.Errorf("%+v", v)
		}
	})
}

func randomHistory(t *rapid.T) history.History {
	w := newWorld(rapid.Uint64().Draw(t, "seed"), rapid.Bool().Draw(t, "stake"))
	for range rapid.IntRange(5, 25).Draw(t, "blocks") {
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

func caught(found []history.Violation, rule string) bool {
	return slices.ContainsFunc(found, func(v history.Violation) bool { return v.Rule == rule })
}
