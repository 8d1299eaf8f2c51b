package lab

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"blink/lab/scenario"
)

// timeline performs the actions of a scenario at their times and books when they really were. What is done to one node
// is done in order; a node that takes long to stop does not hold up what is done to others.
type timeline struct {
	trial   *trial
	start   time.Time // that times count from
	say     func(FaultMark)
	after   map[string]chan struct{} // by what is acted on: closed when the last action on it is done
	pending sync.WaitGroup

	mu     sync.Mutex
	victim int // node that the last action on the proposer hit; -1 = none yet
	marks  []*FaultMark
	failed error // the first action that failed
}

func newTimeline(r *trial, start time.Time, say func(FaultMark)) *timeline {
	return &timeline{trial: r, start: start, say: say, after: map[string]chan struct{}{}, victim: -1}
}

// play performs all actions and returns when they are done, or when one has failed, or ctx ends.
func (t *timeline) play(ctx context.Context) error {
	defer t.pending.Wait()
	for _, a := range t.trial.scenario.Timeline {
		if !pause(ctx, time.Until(t.start.Add(a.At))) {
			return ctx.Err()
		}
		if err := t.err(); err != nil {
			return err
		}
		if err := t.begin(ctx, a); err != nil {
			return err
		}
	}
	t.pending.Wait()
	return t.err()
}

func (t *timeline) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// begin starts one action, which waits for the one before on the same object.
func (t *timeline) begin(ctx context.Context, a scenario.Action) error {
	node, note, err := t.resolve(ctx, a)
	if err != nil {
		return t.fail(a, err)
	}
	key := "links"
	if node >= 0 {
		key = fmt.Sprint(node)
	}
	before, done := t.after[key], make(chan struct{})
	t.after[key] = done
	t.pending.Add(1)
	go func() {
		defer t.pending.Done()
		defer close(done)
		if before != nil {
			<-before
		}
		t.perform(ctx, a, node, note)
	}()
	return nil
}

// resolve finds out which node is meant: -1 for actions on links.
func (t *timeline) resolve(ctx context.Context, a scenario.Action) (node int, note string, err error) {
	switch {
	case a.Verb.Links():
		return -1, a.Note(), nil
	case a.Node == scenario.Proposer:
		node, note, err = t.trial.nextProposer(ctx)
		t.victim = node
		return node, note, err
	case a.Node == scenario.Victim:
		return t.victim, a.Note(), nil
	}
	return int(a.Node), a.Note(), nil
}

// perform does the action and books it.
func (t *timeline) perform(ctx context.Context, a scenario.Action, node int, note string) {
	mark := &FaultMark{
		PlannedS: a.At.Seconds(), AtS: t.now(), Action: string(a.Verb), Target: a.Object(), Note: note,
		Healing: a.Verb.Healing(), Staking: a.Verb.Staking(),
	}
	if node >= 0 {
		mark.Target = t.trial.nodes[node].Name
	}
	t.mu.Lock()
	t.marks = append(t.marks, mark)
	t.mu.Unlock()
	t.say(*mark)
	err := t.trial.do(ctx, a, node)
	t.mu.Lock()
	mark.DoneS = t.now()
	if a.Verb == scenario.Flap {
		mark.UntilS = &mark.DoneS
	}
	if err != nil {
		mark.Error = err.Error()
	}
	t.mu.Unlock()
	if err != nil {
		_ = t.fail(a, err)
	}
}

// fail books the first failure, as the user can find it.
func (t *timeline) fail(a scenario.Action, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == nil {
		t.failed = fmt.Errorf("%s %s at %v (line %d): %w", a.Verb, a.Object(), a.At, a.Line, err)
	}
	return t.failed
}

func (t *timeline) now() float64 { return time.Since(t.start).Seconds() }

// exited books the end of a node that nobody told to end.
func (t *timeline) exited(e Exit) {
	now := t.now()
	mark := FaultMark{PlannedS: now, AtS: now, DoneS: now, Action: ActionExit, Target: e.Node.Name, Note: e.Reason}
	t.mu.Lock()
	t.marks = append(t.marks, &mark)
	t.mu.Unlock()
	t.say(mark)
}

// ActionExit is the action of a FaultMark that no scenario asked for: a node ended by itself.
const ActionExit = "exit"

// done are the marks, by time.
func (t *timeline) done() []FaultMark {
	t.mu.Lock()
	defer t.mu.Unlock()
	marks := make([]FaultMark, len(t.marks))
	for i, m := range t.marks {
		marks[i] = *m
	}
	slices.SortStableFunc(marks, func(a, b FaultMark) int {
		switch {
		case a.AtS < b.AtS:
			return -1
		case a.AtS > b.AtS:
			return 1
		}
		return 0
	})
	return marks
}
