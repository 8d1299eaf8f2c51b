package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"blink/api/client"
	"blink/crypto"
	"blink/genesis"
	"blink/lab/scenario"
)

// RunConfig says how scenarios are run. It is the same for all of them.
type RunConfig struct {
	Binary  string // the blinkd executable that the nodes run
	Version string // of the program, for the conditions
	Out     string // folder for what is found out: a folder per scenario. Empty: nothing is written
	Keep    bool   // the folder of the network stays, in Out; otherwise it is temporary
	// ComposeFile is the docker-compose.yml of scenarios whose backend is compose.
	ComposeFile string
	// SkewsClocks says that Binary can vote by a wrong clock: it is built for misdeeds.
	SkewsClocks bool
	// WriteHomes writes the homes of a network's nodes with timeouts of a profile; see LocalnetConfig.WriteHomes.
	WriteHomes func(net genesis.Testnet, dir, profile string, dial func(i, j int) string) error
	// Progress is called a few times per second while the load runs; nil is allowed.
	Progress func(Progress)
	// Say is told what happens, one line each; nil is allowed.
	Say func(text string)
}

// Run starts a fresh network for the scenario, loads it, does to it what the timeline says, and finds out what came of
// it. A sweep is one run after the other. What goes wrong on the way is in the Result; the error is for what could not
// be begun at all. Cancelling ctx ends the run early: the Result holds what was found until then, marked as interrupted,
// and nothing is left running.
func Run(ctx context.Context, s scenario.Scenario, cfg RunConfig) (Result, error) {
	if cfg.Say == nil {
		cfg.Say = func(string) {}
	}
	if len(s.Network.Validators) == 1 {
		return runOne(ctx, s, s.Network.Validators[0], cfg)
	}
	sweep := Result{Format: ResultFormat, Scenario: s.Name, About: s.About, Source: s.Source, Started: time.Now().UTC(), Passed: true}
	for _, n := range s.Network.Validators {
		cfg.Say(fmt.Sprintf("%s with %s", s.Name, count(n, "validator")))
		one, err := runOne(ctx, s, n, cfg)
		if err != nil {
			return sweep, err
		}
		sweep.Runs = append(sweep.Runs, one)
		sweep.Passed = sweep.Passed && one.Passed
		if sweep.Interrupted = one.Interrupted; sweep.Interrupted {
			break
		}
	}
	sweep.TookS = time.Since(sweep.Started).Seconds()
	return sweep, cfg.write(s.Name, sweep)
}

// trial is one run of a scenario with one number of validators.
type trial struct {
	scenario   scenario.Scenario
	validators int
	cfg        RunConfig
	cluster    cluster
	nodes      []ClusterNode
	urls       []string       // of the nodes
	client     *client.Client // of all nodes
	begun      time.Time

	chainID     string
	keys        []NodeKeys
	byConsensus map[string]int         // node by its consensus address
	byOperator  map[crypto.Address]int // node by its operator

	mu         sync.Mutex
	conditions []condition // of the nodes
}

// runOne runs a scenario with so many validators.
func runOne(ctx context.Context, s scenario.Scenario, validators int, cfg RunConfig) (Result, error) {
	r := &trial{scenario: s, validators: validators, cfg: cfg, begun: time.Now()}
	dir, err := r.networkFolder()
	if err != nil {
		return Result{}, err
	}
	if !cfg.Keep {
		defer os.RemoveAll(dir)
	}
	if err := errors.Join(Unavailable(ctx, s, cfg), checkRoom(dir, s.Network.Nodes(validators))); err != nil {
		return Result{}, err
	}
	cfg.Say(fmt.Sprintf("starting %s", describeNetwork(s.Network, validators)))
	r.cluster, err = openCluster(ctx, clusterSpec{network: s.Network, validators: validators, links: s.NeedsLinks(), dir: dir, cfg: cfg})
	if err != nil {
		return Result{}, err
	}
	defer r.cluster.Close()
	if err := r.connect(); err != nil {
		return Result{}, err
	}
	defer r.client.Close()
	result, err := r.measure(ctx)
	if err != nil {
		return Result{}, err
	}
	if err := r.cluster.Close(); err != nil {
		result.fail(fmt.Errorf("end of the network: %w", err))
	}
	result.TookS = time.Since(r.begun).Seconds()
	return result, r.write(result)
}

// connect makes the client of all nodes.
func (r *trial) connect() (err error) {
	r.nodes = r.cluster.Nodes()
	for _, n := range r.nodes {
		r.urls = append(r.urls, n.REST)
	}
	r.client, err = client.New(r.urls, client.Options{Timeout: 2 * time.Second, UserAgent: "blinkd-lab"})
	return err
}

// describeNetwork says what is started, for people.
func describeNetwork(n scenario.Network, validators int) string {
	text := count(validators, "validator")
	if n.Observers > 0 {
		text += " and " + count(n.Observers, "observer")
	}
	if len(n.Regions) > 0 {
		text += fmt.Sprintf(" in %s", count(len(n.Regions), "region"))
	}
	return text
}

// fail books an error of the run; the first one is told.
func (r *Result) fail(err error) {
	if err == nil {
		return
	}
	r.Passed = false
	if r.Error == "" {
		r.Error = err.Error()
	}
}
