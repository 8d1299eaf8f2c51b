package lab

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"blink/crypto"
	"blink/lab/scenario"
)

// measure loads the network, does to it what the timeline says, mends it again, and says what came of it. The error is
// for a load that could not begin.
func (r *trial) measure(ctx context.Context) (Result, error) {
	if err := r.meet(ctx); err != nil {
		return Result{}, err
	}
	load, err := PrepareLoad(ctx, r.loadConfig())
	if err != nil {
		return Result{}, err
	}
	defer load.Close()
	result := r.newResult()
	watch := WatchBlocks(ctx, r.urls, load.Start)
	defer watch.Stop()
	start := load.Begin()
	loadCtx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	t := newTimeline(r, start, func(m FaultMark) { r.cfg.Say(m.line()) })
	voters := r.watchValidators(ctx, start)
	exits := r.watchExits(t)
	played := make(chan error, 1)
	go func() {
		err := t.play(loadCtx)
		if err != nil {
			abort(err) // a timeline that could not be played makes the rest of the load worthless
		}
		played <- err
	}()
	err = load.Run(loadCtx)
	if timelineErr := <-played; timelineErr != nil && ctx.Err() == nil {
		result.fail(timelineErr)
	} else if err != nil && ctx.Err() == nil {
		result.fail(err)
	}
	result.Interrupted = ctx.Err() != nil
	exits() // what is started again below is no news
	seen := observed{
		records: load.Records(), blocks: watch.Blocks(), marks: t.done(), length: r.scenario.Load.Duration(),
		timeout: r.scenario.Load.Timeout, nodes: r.nodes, phases: r.scenario.Load.Phases,
	}
	seen.fill(&result)
	if result.Floor, err = floorOf(r.scenario, r.validators, result.period("baseline").TTF); err != nil {
		result.fail(err)
	}
	if !result.Interrupted {
		r.conclude(ctx, &result, seen.records)
	}
	result.Validators = voters()
	result.check(r.scenario.Expect)
	return result, nil
}

// conclude mends the network, looks at what it has become, and checks its history.
func (r *trial) conclude(ctx context.Context, result *Result, records []Record) {
	r.cfg.Say("waiting until all nodes agree")
	nodes, err := r.nodes, r.settle(ctx, result)
	if err != nil { // a network that does not come back is the one whose history matters most: read what answers
		result.fail(err)
		nodes = r.answering(ctx)
	}
	if ctx.Err() == nil {
		r.cfg.Say("checking the history")
		result.fail(r.judge(ctx, result, records, nodes))
	}
	result.Interrupted = ctx.Err() != nil
}

// loadConfig is the scenario's load on these nodes. The operator of node 0 pays for it.
func (r *trial) loadConfig() LoadConfig {
	l := r.scenario.Load
	cfg := LoadConfig{
		Nodes: r.urls, Warmup: l.Warmup, Timeout: l.Timeout, Arrivals: Arrivals(l.Arrivals), Seed: l.Seed, Accounts: l.Accounts,
		Funder: &r.keys[0].Operator, KeepRaw: true, Progress: r.cfg.Progress,
	}
	for _, p := range l.Phases {
		cfg.Plan = append(cfg.Plan, Phase{Rate: p.Rate, For: p.For})
	}
	if len(l.Nodes) > 0 {
		cfg.Nodes = nil
		for _, i := range l.Nodes {
			cfg.Nodes = append(cfg.Nodes, r.urls[i])
		}
	}
	return cfg
}

// meet finds out who the nodes are.
func (r *trial) meet(ctx context.Context) error {
	if err := r.awaitReady(ctx); err != nil {
		return err
	}
	r.byConsensus, r.byOperator = map[string]int{}, map[crypto.Address]int{}
	for i, n := range r.nodes {
		keys, err := r.cluster.Keys(i)
		if err != nil {
			return fmt.Errorf("keys of %s: %w", n.Name, err)
		}
		r.keys = append(r.keys, keys)
		r.byOperator[keys.Operator.Address()] = i
		s, err := r.client.Only(i).Status(ctx)
		if err != nil {
			return err
		}
		r.chainID = s.ChainID
		if s.Validator != nil {
			r.byConsensus[s.Validator.Address] = i
		}
	}
	return nil
}

// newResult is the result of a run that has just begun.
func (r *trial) newResult() Result {
	s := r.scenario
	return Result{
		Format: ResultFormat, Scenario: s.Name, About: s.About, Source: s.Source, Started: time.Now().UTC(), Passed: true,
		Conditions: LabConditions{
			Version: r.cfg.Version, Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(),
			ChainID: r.chainID, Backend: string(s.Network.Backend), Validators: r.validators, Observers: s.Network.Observers,
			Profile: s.Network.Profile, Regions: placement(s.Network, r.validators), Links: r.cluster.Mesh() != nil,
			Arrivals: s.Load.Arrivals, Seed: s.Load.Seed, WarmupS: s.Load.Warmup.Seconds(), DurationS: s.Load.Duration().Seconds(),
			TimeoutS: s.Load.Timeout.Seconds(), Clock: clockNote,
		},
	}
}

// placement is the region of each node, nil without regions.
func placement(n scenario.Network, validators int) []string {
	if len(n.Regions) == 0 {
		return nil
	}
	out := make([]string, n.Nodes(validators))
	for i := range out {
		out[i] = n.Regions[i%len(n.Regions)]
	}
	return out
}

// watchExits books nodes that end by themselves, until the returned function is called.
func (r *trial) watchExits(t *timeline) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case e := <-r.cluster.Exited():
				t.exited(e)
			case <-done:
				return
			}
		}
	})
	return func() { close(done); wg.Wait() }
}
