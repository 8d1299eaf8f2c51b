package app

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"blink/crypto"
	"blink/tx"
)

// The property: random blocks of random users, operators and attackers go through the state machine and through its dumb
// twin (model). After every block both agree on every receipt and every record; Audit finds nothing; CometBFT's own
// ValidatorSet takes the updates; an empty block writes nothing unless something was due; and the books that the tests
// keep on their own (ledger) agree with what was paid and burned.
//
// An operation is a message that was tried, a transaction refused at the door, an absence or a piece of evidence.

// TestAgainstModel shrinks what it finds to a few blocks.
func TestAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newTwins(t, drawn{t})
		for range 1 + w.random.IntN(12) {
			w.block()
		}
	})
}

// drawn makes rapid the source of randomness.
type drawn struct{ t *rapid.T }

func (d drawn) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "n") }

// propertyOperations is enough to reach every outcome some ten times; make prove runs a hundred times as many.
const propertyOperations = 100_000

// TestAgainstModelAtLength reaches what takes long to come about: every outcome in every corner.
func TestAgainstModelAtLength(t *testing.T) {
	t.Parallel()
	operations := propertyOperations
	if testing.Short() || raceDetector {
		operations /= 20
	}
	run := runSequences(t, sequences{operations: operations, auditEvery: 1})
	t.Log(run)
	if operations < propertyOperations {
		return
	}
	for _, code := range reachable() {
		if run.codes[code] == 0 {
			t.Errorf("no transaction was answered %s", code)
		}
	}
}

// reachable are the codes that a block can answer with.
func reachable() []tx.Code {
	return slices.DeleteFunc(tx.Codes(), func(c tx.Code) bool {
		switch c {
		case tx.Malformed, tx.NonCanonical, tx.TooLarge, tx.WrongChain, tx.Unsupported, tx.SelfRedelegation: // by the bytes alone
			return true
		case tx.PowerLimit, tx.TooManyDelegations, tx.AmountOverflow: // more than the supply, or than there are people; a rare accident
			return true
		}
		return false
	})
}

// sequenceBlocks is how long one random chain is.
const sequenceBlocks = 80

// runSequence is one random chain, which a seed determines. It audits each block whose number auditEvery divides.
func runSequence(t failer, seed uint64, auditEvery int64) *twins {
	named := named{t, seed}
	w := newTwins(named, rand.New(rand.NewPCG(seed, 0x626c696e6b)))
	w.chain.auditEvery = auditEvery
	for range sequenceBlocks {
		w.block()
	}
	return w
}

// sequences says how much to run.
type sequences struct {
	first      uint64    // seed
	operations int       // to reach
	deadline   time.Time // to stop at even so; zero: none
	auditEvery int64
}

// runSequences runs one sequence after the other, on all cores.
func runSequences(t *testing.T, x sequences) *tallyOfRun {
	var (
		run  = tallyOfRun{codes: map[tx.Code]int{}, rare: map[string]int{}}
		next atomic.Uint64
		lock sync.Mutex
	)
	next.Store(x.first)
	t.Run("cores", func(t *testing.T) {
		for core := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(core), func(t *testing.T) {
				t.Parallel()
				for done := false; !done && !t.Failed(); {
					w := runSequence(t, next.Add(1)-1, x.auditEvery)
					lock.Lock()
					run.add(w)
					done = run.operations >= x.operations || !x.deadline.IsZero() && time.Now().After(x.deadline)
					lock.Unlock()
				}
			})
		}
	})
	t.Logf("seeds %d to %d, each block compared, each %d. audited", x.first, next.Load()-1, x.auditEvery)
	return &run
}

// named says with a failure how to see it again.
type named struct {
	failer
	seed uint64
}

func (n named) Fatal(args ...any) {
	n.failer.Helper()
	n.failer.Fatalf("%s\nagain: PROVE_SEED=%d go test ./app -run 'TestProve$' -v", fmt.Sprint(args...), n.seed)
}

func (n named) Fatalf(format string, args ...any) {
	n.failer.Helper()
	n.Fatal(fmt.Sprintf(format, args...))
}

// tallyOfRun adds up sequences.
type tallyOfRun struct {
	sequences, blocks, txs, operations int
	codes                              map[tx.Code]int
	rare                               map[string]int
}

func (x *tallyOfRun) add(w *twins) {
	x.sequences++
	x.blocks += w.blocks
	x.operations += w.operations + w.model.tried
	for c, n := range w.codes {
		x.codes[c] += n
		x.txs += n
	}
	for what, n := range w.rare {
		x.rare[what] += n
	}
}

func (x *tallyOfRun) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d operations in %d transactions, %d blocks, %d sequences\n", x.operations, x.txs, x.blocks, x.sequences)
	for _, c := range slices.Sorted(maps.Keys(x.codes)) {
		fmt.Fprintf(&out, "%10d %s\n", x.codes[c], c)
	}
	for _, what := range slices.Sorted(maps.Keys(x.rare)) {
		fmt.Fprintf(&out, "%10d %s\n", x.rare[what], what)
	}
	return out.String()
}

func (w *twins) nameOf(a crypto.Address) string {
	for _, p := range w.people {
		if p.address == a {
			return p.name
		}
	}
	return a.String()
}
