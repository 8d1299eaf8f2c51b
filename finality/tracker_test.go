package finality

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"blink/tx"
)

var origin = time.Now()

// at gives the moment so many milliseconds after the origin of a test's time.
func at(ms int) time.Time { return origin.Add(time.Duration(ms) * time.Millisecond) }

func id(n int) tx.ID { return tx.ID{byte(n), byte(n >> 8), 1} }

func ok(n int) CommittedTx { return CommittedTx{ID: id(n), Settled: true} }

func TestATransactionPassesThroughAllStages(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	tr.Checked(id(1), at(1))
	tr.Proposed(7, at(3))
	tr.Prevoted(7, at(5))
	tr.Precommitted(7, at(8))
	tr.Executed(7, at(9))
	tr.Committed(7, time.Unix(50, 0), []CommittedTx{ok(9), ok(1)}, at(10))

	o, found := tr.Lookup(id(1))
	if !found || o.Status != Final || o.Height != 7 || o.Index != 1 || o.Code != 0 || o.TTF != 10*time.Millisecond {
		t.Fatalf("outcome %+v", o)
	}
	for i, want := range []int{0, 1, 3, 5, 8, 9, 10} {
		if got, seen := o.Stages.Since(Stage(i)); !seen || got != time.Duration(want)*time.Millisecond {
			t.Errorf("%v after %v, want %d ms", Stage(i), got, want)
		}
	}
	foreign, found := tr.Lookup(id(9))
	if !found || foreign.Status != Final || foreign.Submitted || foreign.TTF != 0 {
		t.Errorf("a transaction that another node sent: %+v", foreign)
	}
	if got := tr.Stats(All, at(11)); got.TTF.Count != 1 || math.Abs(got.TTF.P50-10) > 0.01 || got.Outcomes != (Counts{Submitted: 1, Final: 1}) {
		t.Errorf("statistics %+v", got)
	}
}

func TestALaterRoundOverwritesProposalAndPrevotes(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	tr.Proposed(1, at(1))
	tr.Prevoted(1, at(2))
	tr.Proposed(1, at(30))
	tr.Prevoted(1, at(31))
	tr.Precommitted(1, at(32))
	tr.Committed(1, time.Unix(1, 0), []CommittedTx{ok(1)}, at(33))
	o, _ := tr.Lookup(id(1))
	if d, _ := o.Stages.Since(Proposed); d != 30*time.Millisecond {
		t.Errorf("proposed after %v, want the last round's", d)
	}
	if _, seen := o.Stages.Since(Executed); seen {
		t.Error("executed was never told, and is not absent")
	}
}

func TestAStageIsNeverBeforeTheOneThatPrecedesIt(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Proposed(1, at(0)) // proposed elsewhere before the client sent it here as well
	tr.Submitted(id(1), 100, at(5))
	tr.Checked(id(1), at(6))
	tr.Committed(1, time.Unix(1, 0), []CommittedTx{ok(1)}, at(9))
	o, _ := tr.Lookup(id(1))
	if d, _ := o.Stages.Since(Proposed); d != time.Millisecond {
		t.Errorf("proposed after %v, want that of checked, 1 ms", d)
	}
}

func TestABlockTimePastValidUntilExpires(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	tr.Submitted(id(2), 101, at(0))
	tr.Committed(1, time.Unix(100, 999), nil, at(1))
	if o, _ := tr.Lookup(id(1)); o.Status != Pending {
		t.Errorf("at its last second: %v", o.Status)
	}
	tr.Committed(2, time.Unix(101, 0), []CommittedTx{ok(2)}, at(2))
	if o, _ := tr.Lookup(id(1)); o.Status != Expired {
		t.Errorf("past its last second: %v", o.Status)
	}
	if o, _ := tr.Lookup(id(2)); o.Status != Final {
		t.Errorf("included in its last second: %v", o.Status)
	}
}

func TestResubmissionKeepsTheFirstTimeExceptAfterRejection(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	if known, isNew := tr.Submitted(id(1), 100, at(5)); isNew || known.Status != Pending {
		t.Errorf("again: %v, new %v", known.Status, isNew)
	}
	tr.Rejected(id(1), tx.Code(8), at(6))
	if known, isNew := tr.Submitted(id(1), 100, at(7)); !isNew || known.Status != Rejected {
		t.Errorf("after a rejection: %v, new %v", known.Status, isNew)
	}
	tr.Committed(1, time.Unix(1, 0), []CommittedTx{ok(1)}, at(9))
	if o, _ := tr.Lookup(id(1)); o.TTF != 2*time.Millisecond {
		t.Errorf("TTF %v, want from the second submission", o.TTF)
	}
}

func TestARejectedTransactionThatAnotherNodeIncludesIsFinal(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	tr.Rejected(id(1), tx.Code(11), at(1))
	tr.Committed(1, time.Unix(1, 0), []CommittedTx{ok(1)}, at(9))
	if got := tr.Stats(All, at(9)).Outcomes; got != (Counts{Submitted: 1, Final: 1}) {
		t.Errorf("%+v", got)
	}
}

func TestAnUnsettledInclusionIsNotFinal(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	tr.Committed(1, time.Unix(1, 0), []CommittedTx{{ID: id(1), Code: tx.NonceTooHigh}}, at(1))
	if o, _ := tr.Lookup(id(1)); o.Status != Pending {
		t.Errorf("after a refusal that may pass: %v", o.Status)
	}
	tr.Committed(2, time.Unix(2, 0), []CommittedTx{ok(1)}, at(2))
	if o, _ := tr.Lookup(id(1)); o.Status != Final || o.Height != 2 {
		t.Errorf("after it took effect: %+v", o)
	}
}

func TestAReplayedHeightChangesNothing(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Committed(5, time.Unix(5, 0), []CommittedTx{ok(1)}, at(1))
	tr.Committed(5, time.Unix(5, 0), []CommittedTx{ok(2)}, at(2))
	tr.Committed(4, time.Unix(4, 0), []CommittedTx{ok(3)}, at(3))
	if _, found := tr.Lookup(id(2)); found {
		t.Error("a replayed block was taken in")
	}
}

func TestWhatIsForgottenIsCounted(t *testing.T) {
	tr := NewTracker(Options{Capacity: 3})
	for n := range 5 {
		tr.Submitted(id(n), 100, at(n))
	}
	if got := tr.Stats(All, at(6)).Outcomes; got != (Counts{Submitted: 5, Pending: 3, Unknown: 2}) {
		t.Errorf("pending: %+v", got)
	}
	tr.Committed(1, time.Unix(1, 0), []CommittedTx{ok(10), ok(11), ok(12), ok(13), ok(4)}, at(7))
	got := tr.Stats(All, at(8))
	if got.Outcomes != (Counts{Submitted: 5, Pending: 2, Final: 1, Unknown: 2}) || got.Forgotten != 4 {
		t.Errorf("settled: %+v, forgotten %d", got.Outcomes, got.Forgotten)
	}
	if len(tr.entries) != 5 {
		t.Errorf("%d entries", len(tr.entries))
	}
}

func TestWaitersWake(t *testing.T) {
	tr := NewTracker(Options{})
	tr.Submitted(id(1), 100, at(0))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			// Half wait for a transaction that another node was sent.
			o, err := tr.Wait(context.Background(), id(1+i%2))
			if err != nil || o.Status != Final || o.Height != 3 {
				t.Errorf("%+v, %v", o, err)
			}
		}()
	}
	for tr.Stats(All, at(0)).Waiters < 20 {
		time.Sleep(time.Millisecond)
	}
	tr.Committed(3, time.Unix(1, 0), []CommittedTx{ok(1), ok(2)}, at(4))
	wg.Wait()
	if len(tr.watches) != 0 || tr.waiters != 0 {
		t.Errorf("%d watches, %d waiters remain", len(tr.watches), tr.waiters)
	}
	// Who comes late is answered at once, whatever the context says.
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if o, err := tr.Wait(done, id(2)); err != nil || o.Status != Final {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	tr := NewTracker(Options{MaxWaiters: 1})
	tr.Submitted(id(1), 100, at(0))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	go func() {
		for tr.Stats(All, at(0)).Waiters == 0 {
			time.Sleep(time.Millisecond)
		}
		if _, err := tr.Wait(ctx, id(2)); !errors.Is(err, ErrTooManyWaiters) {
			t.Errorf("second waiter: %v", err)
		}
	}()
	o, err := tr.Wait(ctx, id(1))
	if !errors.Is(err, context.DeadlineExceeded) || o.Status != Pending {
		t.Errorf("%+v, %v", o, err)
	}
	if len(tr.watches) != 0 {
		t.Error("an abandoned watch remains")
	}
}

func TestConcurrentUse(t *testing.T) {
	tr := NewTracker(Options{Capacity: 50})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 300 {
				n := worker*300 + i
				tr.Submitted(id(n), 100, time.Now())
				tr.Checked(id(n), time.Now())
				ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond/4)
				_, _ = tr.Wait(ctx, id(n))
				cancel()
				if i%60 == 0 {
					tr.Stats(Minute, time.Now())
				}
			}
		}()
	}
	for h := int64(1); h <= 200; h++ {
		tr.Proposed(h, time.Now())
		tr.Committed(h, time.Unix(1, 0), []CommittedTx{ok(int(h)), ok(int(h) + 300), ok(int(h) + 600)}, time.Now())
		time.Sleep(time.Millisecond / 4)
	}
	wg.Wait()
	c := tr.Stats(All, time.Now()).Outcomes
	if c.Submitted != c.Pending+c.Final+c.Unknown {
		t.Errorf("%+v", c)
	}
}

// model is the tracker as a map, without bounds, times or waiters.
type model struct {
	status     map[int]Status
	validUntil map[int]int64
	submitted  map[int]bool
	blockTime  int64
}

func (m *model) counts() (c Counts) {
	for n, s := range m.status {
		if !m.submitted[n] {
			continue
		}
		c.Submitted++
		switch s {
		case Pending:
			c.Pending++
		case Final:
			c.Final++
		case Rejected:
			c.Rejected++
		case Expired:
			c.Expired++
		}
	}
	return c
}

func TestTrackerAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr := NewTracker(Options{Capacity: 1000})
		m := &model{status: map[int]Status{}, validUntil: map[int]int64{}, submitted: map[int]bool{}}
		height, clock := int64(0), 0
		anyID := rapid.IntRange(0, 15)
		t.Repeat(map[string]func(*rapid.T){
			"submit": func(t *rapid.T) {
				n, until := anyID.Draw(t, "id"), m.blockTime+int64(rapid.IntRange(0, 4).Draw(t, "valid"))
				tr.Submitted(id(n), until, at(clock))
				if s, known := m.status[n]; !known || s == Rejected {
					m.status[n], m.validUntil[n], m.submitted[n] = Pending, until, true
				}
			},
			"check": func(t *rapid.T) { tr.Checked(id(anyID.Draw(t, "id")), at(clock)) },
			"reject": func(t *rapid.T) {
				n := anyID.Draw(t, "id")
				tr.Rejected(id(n), tx.Code(10), at(clock))
				if m.status[n] == Pending {
					m.status[n] = Rejected
				}
			},
			"withdraw": func(t *rapid.T) {
				n := anyID.Draw(t, "id")
				tr.Withdrawn(id(n))
				if m.status[n] == Pending {
					delete(m.status, n)
					delete(m.submitted, n)
				}
			},
			"commit": func(t *rapid.T) {
				height++
				m.blockTime += int64(rapid.IntRange(0, 2).Draw(t, "seconds"))
				var txs []CommittedTx
				for _, n := range rapid.SliceOfNDistinct(anyID, 0, 4, func(n int) int { return n }).Draw(t, "ids") {
					if m.status[n] == Expired || m.status[n] == Pending && m.validUntil[n] < m.blockTime {
						continue // no honest chain includes it
					}
					txs = append(txs, ok(n))
					m.status[n] = Final
				}
				for n, s := range m.status {
					if s == Pending && m.validUntil[n] < m.blockTime {
						m.status[n] = Expired
					}
				}
				tr.Committed(height, time.Unix(m.blockTime, 0), txs, at(clock))
			},
			"": func(t *rapid.T) {
				clock++
				for n := range 16 {
					o, found := tr.Lookup(id(n))
					if want, known := m.status[n]; found != known || o.Status != want {
						t.Fatalf("%d is %v (%v), want %v (%v)", n, o.Status, found, want, known)
					}
				}
				if got, want := tr.stats.total(uint64(tr.pending.len)), m.counts(); got != want {
					t.Fatalf("counts %+v, want %+v", got, want)
				}
				if tr.pending.len != tr.expiry.Len() || tr.pending.len+tr.settled.len != len(tr.entries) {
					t.Fatal(fmt.Sprint("queues and entries disagree: ", tr.pending.len, tr.expiry.Len(), tr.settled.len, len(tr.entries)))
				}
			},
		})
	})
}
