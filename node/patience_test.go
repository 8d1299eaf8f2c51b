package node

import (
	"testing"
	"time"
)

func TestPatience(t *testing.T) {
	const ms = time.Millisecond
	wait := 60 * ms
	p := newPatience(&wait)
	now := time.Now()
	block := func(took time.Duration) {
		p.begins(now)
		now = now.Add(took)
		p.ends(now)
	}
	for i, step := range []struct{ took, want time.Duration }{
		{2 * ms, 60 * ms},
		{10 * ms, 60 * ms},
		{60 * ms, 260 * ms},    // 4 x (60 - 10) longer
		{2 * ms, 200 * ms},     // 45 ms are remembered
		{50 * ms, 220 * ms},    // more than that
		{10e3 * ms, 1060 * ms}, // bounded
	} {
		if block(step.took); wait != step.want {
			t.Errorf("block %d took %v: the wait is %v, want %v", i, step.took, wait, step.want)
		}
	}
	for range 30 {
		block(2 * ms)
	}
	if wait != 60*ms {
		t.Errorf("after 30 quick blocks the wait is %v", wait)
	}
	for i, step := range []struct{ took, want time.Duration }{
		{5 * ms, 60 * ms},
		{30 * ms, 60 * ms},
		{100 * ms, 200 * ms},   // twice as long
		{5 * ms, 150 * ms},     // 75 ms are remembered
		{10e3 * ms, 1060 * ms}, // bounded
	} {
		if p.arrives(step.took); wait != step.want {
			t.Errorf("proposal %d came after %v: the wait is %v, want %v", i, step.took, wait, step.want)
		}
	}
	// One of four who is as late as it can be does not make it longer for ever.
	p.arrival = 60 * ms
	for range 50 {
		p.adjust()
		p.arrives(wait)
		for range 3 {
			p.arrives(ms)
		}
	}
	if wait != 60*ms {
		t.Errorf("a proposer who is late on purpose made the wait %v", wait)
	}
}
