package wan

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

const ms = time.Millisecond

// uniform is n nodes at one distance from each other.
func uniform(n int, d time.Duration) [][]time.Duration {
	delays := make([][]time.Duration, n)
	for i := range delays {
		delays[i] = make([]time.Duration, n)
		for j := range delays[i] {
			if i != j {
				delays[i][j] = d
			}
		}
	}
	return delays
}

// Cases worked out by hand.
func TestFinalByHand(t *testing.T) {
	// Three validators close together (1 ms) with nine tenths of the power, one 50 ms from each of them.
	far := uniform(4, 1*ms)
	for i := range 3 {
		far[i][3], far[3][i] = 50*ms, 50*ms
	}
	heavy := []int64{3, 3, 3, 1}
	for _, c := range []struct {
		name            string
		delays          [][]time.Duration
		power           []int64
		entry, proposer int
		want            time.Duration
	}{
		{"one validator needs nobody", uniform(1, 0), []int64{7}, 0, 0, 0},
		{"one validator, seen by another node: there and back", uniform(2, 10*ms), []int64{7, 0}, 1, 0, 20 * ms},
		// The proposal comes with the proposer's prevote: the other has both and precommits at 10.
		{"two validators: one round trip", uniform(2, 10*ms), []int64{1, 1}, 0, 0, 20 * ms},
		{"four equal, the entry node proposes: 3d", uniform(4, 10*ms), []int64{1, 1, 1, 1}, 2, 2, 30 * ms},
		{"four equal, another proposes: 4d", uniform(4, 10*ms), []int64{1, 1, 1, 1}, 2, 0, 40 * ms},
		{"four equal, the entry node is no validator: 4d", uniform(5, 10*ms), []int64{1, 1, 1, 1, 0}, 4, 0, 40 * ms},
		{"seven equal", uniform(7, 10*ms), []int64{1, 1, 1, 1, 1, 1, 1}, 2, 2, 30 * ms},
		{"a validator with all but all power needs nobody", uniform(3, 10*ms), []int64{98, 1, 1}, 0, 0, 0},
		{"two thirds exactly are not enough", uniform(3, 10*ms), []int64{2, 1, 0}, 0, 0, 20 * ms},
		{"the far one is not waited for", far, heavy, 0, 0, 3 * ms},
		{"nor is it when the others propose", far, heavy, 0, 1, 4 * ms},
		// The transaction reaches it after 50 ms, its proposal the others after 100. Their prevotes meet after 101, and their
		// precommits after 102.
		{"its turn costs two long ways", far, heavy, 0, 3, 102 * ms},
		// Its own transaction: proposal at 50, prevotes of two others at 51, precommits sent then are back at 51 + 50.
		{"at the far one, its own turn", far, heavy, 3, 3, 101 * ms},
		// T = 50, P = 51 and 50, polka at 52, precommits at 102.
		{"at the far one, the turn of another", far, heavy, 3, 0, 102 * ms},
	} {
		if got := Final(c.delays, c.power, c.entry, c.proposer); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFloor(t *testing.T) {
	// The entry node has its turn in one of four: 3d, else 4d.
	equal := FloorOf(uniform(4, 10*ms), []int64{1, 1, 1, 1}, 0)
	if want := (Floor{Mean: 37500 * time.Microsecond, P50: 40 * ms, Min: 30 * ms, Max: 40 * ms}); equal != want {
		t.Errorf("got %+v, want %+v", equal, want)
	}
	// With 4 of 7 it needs one other: a round trip in its own turn, four ways in another's. It has 4 of 7 turns.
	heavy := FloorOf(uniform(4, 10*ms), []int64{4, 1, 1, 1}, 0)
	if want := (Floor{Mean: (4*20*ms + 3*40*ms) / 7, P50: 20 * ms, Min: 20 * ms, Max: 40 * ms}); heavy != want {
		t.Errorf("got %+v, want %+v", heavy, want)
	}
	if all := FloorOver(uniform(4, 10*ms), []int64{1, 1, 1, 1}, []int{0, 1, 2, 3}); all != equal {
		t.Errorf("over all entries: got %+v, want %+v", all, equal)
	}
	// A light profile: the entry node is no validator.
	light := FloorOf(uniform(5, 10*ms), []int64{1, 1, 1, 1, 0}, 4)
	if want := (Floor{Mean: 40 * ms, P50: 40 * ms, Min: 40 * ms, Max: 40 * ms}); light != want {
		t.Errorf("got %+v, want %+v", light, want)
	}
}

// The formula against a simulation that knows nothing of it: random distances, not symmetric, random powers.
func TestFinalAgainstSimulation(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		n := 1 + rng.IntN(9)
		delays, power := uniform(n, 0), make([]int64, n)
		for i := range n {
			for j := range n {
				if i != j {
					delays[i][j] = time.Duration(rng.IntN(1+rng.IntN(200))) * ms
				}
			}
			power[i] = rng.Int64N(1 + rng.Int64N(20))
		}
		proposer, entry := rng.IntN(n), rng.IntN(n)
		power[proposer]++
		got, want := Final(delays, power, entry, proposer), simulate(delays, power, entry, proposer)
		if got != want {
			t.Fatalf("%s: got %v, the simulation %v", describe(delays, power, entry, proposer), got, want)
		}
	}
}

func describe(delays [][]time.Duration, power []int64, entry, proposer int) string {
	return fmt.Sprintf("delays %v power %v entry %d proposer %d", delays, power, entry, proposer)
}

// In the table some ways are shorter with a stop than without; a floor that allows for it is never above the direct one.
func TestShortest(t *testing.T) {
	direct, err := Matrix(Regions())
	if err != nil {
		t.Fatal(err)
	}
	short := Shortest(direct)
	power, detours := make([]int64, len(direct)), 0
	for i := range direct {
		power[i] = 1
		for j := range direct {
			if short[i][j] < direct[i][j] {
				detours++
			}
			for k := range direct {
				if short[i][j] > short[i][k]+short[k][j] {
					t.Fatalf("from %d to %d is shorter over %d", i, j, k)
				}
			}
		}
	}
	for entry := range direct {
		a, b := FloorOf(short, power, entry), FloorOf(direct, power, entry)
		if a.Min > b.Min || a.P50 > b.P50 || a.Mean > b.Mean || a.Max > b.Max {
			t.Errorf("entry %d: with detours %+v, without %+v", entry, a, b)
		}
	}
	all := make([]int, len(direct))
	for i := range all {
		all[i] = i
	}
	t.Logf("%d of %d ways are shorter with a stop; the floor is %+v directly, %+v with stops",
		detours, len(direct)*(len(direct)-1), FloorOver(direct, power, all), FloorOver(short, power, all))
}
