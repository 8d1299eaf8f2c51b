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

// In each phase the arrivals are as many as its rate says, spread evenly over it, and none come in silence.
func TestArrivalsFollowThePlan(t *testing.T) {
	plan := []Phase{{100, 200 * time.Second}, {0, 50 * time.Second}, {400, 100 * time.Second}, {10, 500 * time.Second}}
	for _, arrivals := range []Arrivals{Poisson, Constant} {
		next := arrivals.Schedule(plan, 11)
		n, sum, before := make([]float64, len(plan)), make([]float64, len(plan)), time.Duration(0)
		begin := []time.Duration{0, 200 * time.Second, 250 * time.Second, 350 * time.Second, 850 * time.Second}
		for {
			at, phase, ok := next()
			if !ok {
				break
			}
			if at < before || at < begin[phase] || at >= begin[phase+1] {
				t.Fatalf("%s: %v in phase %d, after %v", arrivals, at, phase, before)
			}
			before = at
			n[phase]++
			sum[phase] += (at - begin[phase]).Seconds()
		}
		for i, p := range plan {
			want := p.Rate * p.For.Seconds()
			deviation := 4 * math.Sqrt(want) // four standard deviations of a Poisson count
			if arrivals == Constant {
				deviation = 1
			}
			if math.Abs(n[i]-want) > deviation {
				t.Errorf("%s, phase %d: %v arrivals, want %v", arrivals, i, n[i], want)
			}
			// The mean of n uniform times is at the middle, with a standard error of length/sqrt(12 n).
			length := p.For.Seconds()
			if middle := sum[i] / n[i]; n[i] > 0 && math.Abs(middle-length/2) > 4*length/math.Sqrt(12*n[i]) {
				t.Errorf("%s, phase %d: the arrivals are at %.2f s on average, want %.2f s", arrivals, i, middle, length/2)
			}
		}
	}
}

func TestWarmupComesBeforeThePlan(t *testing.T) {
	cfg := LoadConfig{Plan: []Phase{{10, time.Second}, {20, time.Second}}, Warmup: 2 * time.Second, Arrivals: Constant}
	next := cfg.schedule()
	counts := map[int]int{}
	for {
		at, phase, ok := next()
		if !ok {
			break
		}
		if (at < 0) != (phase == -1) {
			t.Fatalf("%v in phase %d", at, phase)
		}
		counts[phase]++
	}
	if counts[-1] != 20 || counts[0] != 10 || counts[1] != 20 {
		t.Errorf("got %v", counts)
	}
}
