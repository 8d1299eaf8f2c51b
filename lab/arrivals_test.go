package lab

import (
	"math"
	"testing"
	"time"
)

// The distances of Poisson arrivals are exponential: mean and standard deviation are both 1/rate, and the part that is
// longer than the mean is 1/e.
func TestPoissonArrivals(t *testing.T) {
	const rate, n = 250.0, 200_000
	next := Poisson.Schedule([]Phase{{rate, time.Hour}}, 42)
	var sum, squares float64
	longer, before := 0, time.Duration(0)
	for range n {
		at, _, _ := next()
		gap := (at - before).Seconds()
		before = at
		sum += gap
		squares += gap * gap
		if gap > 1/rate {
			longer++
		}
	}
	mean := sum / n
	deviation := math.Sqrt(squares/n - mean*mean)
	// 1/sqrt(n) is the relative standard error: allow four.
	tolerance := 4 / math.Sqrt(n)
	if math.Abs(mean*rate-1) > tolerance {
		t.Errorf("mean distance %.6f s, want %.6f", mean, 1/rate)
	}
	if math.Abs(deviation*rate-1) > 3*tolerance {
		t.Errorf("standard deviation %.6f s, want %.6f", deviation, 1/rate)
	}
	if part := float64(longer) / n; math.Abs(part-1/math.E) > tolerance {
		t.Errorf("%.4f of the distances are longer than the mean, want 1/e", part)
	}
}

func TestScheduleFollowsFromSeed(t *testing.T) {
	plan := []Phase{{10, time.Minute}}
	a, b, other := Poisson.Schedule(plan, 7), Poisson.Schedule(plan, 7), Poisson.Schedule(plan, 8)
	same := true
	for range 100 {
		x, _, _ := a()
		y, _, _ := b()
		z, _, _ := other()
		if x != y {
			t.Fatal("one seed, two schedules")
		}
		same = same && x == z
	}
	if same {
		t.Error("two seeds, one schedule")
	}
}

func TestConstantArrivals(t *testing.T) {
	next := Constant.Schedule([]Phase{{4, time.Minute}}, 1)
	for k := range 100 {
		if got, _, _ := next(); got != time.Duration(k)*250*time.Millisecond {
			want := time.Duration(k) * 250 * time.Millisecond
			t.Fatalf("arrival %d at %v, want %v", k, got, want)
		}
	}
}
