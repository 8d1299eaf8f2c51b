package lab

import (
	"math"
	"strings"
	"testing"
	"time"

	"blink/lab/scenario"
)

func TestWhatCannotBeRunHere(t *testing.T) {
	s := scenario.Scenario{Network: scenario.Network{Backend: scenario.Process, ClockSkews: []scenario.ClockSkew{{Node: 3, By: time.Second}}}}
	if err := Unavailable(t.Context(), s, RunConfig{}); err == nil || !strings.Contains(err.Error(), "make byzantine") {
		t.Errorf("got %v", err)
	}
	if err := Unavailable(t.Context(), s, RunConfig{SkewsClocks: true}); err != nil {
		t.Error(err)
	}
	if err := checkRoom(t.TempDir(), 1); err != nil {
		t.Error(err)
	}
	if _, known := freeBytes(t.TempDir()); known {
		if err := checkRoom(t.TempDir(), math.MaxInt32); err == nil || !strings.Contains(err.Error(), "MiB free") {
			t.Errorf("got %v", err)
		}
	}
}

func TestSkewArgs(t *testing.T) {
	skews := []scenario.ClockSkew{{Node: 3, By: -5 * time.Second}}
	if got := skewArgs(skews, 3); len(got) != 1 || got[0] != "--byzantine.clock_skew=-5s" || skewArgs(skews, 2) != nil {
		t.Errorf("got %v", got)
	}
}
