package scenario

import (
	"time"

	"blink/genesis"
)

// Scenario is one experiment. Parse gives only scenarios that can be run.
type Scenario struct {
	Name     string   // of the file, without .yaml
	About    string   // what it shows, in a sentence or two
	Source   string   // the YAML, as it was written
	Network  Network  // what is started
	Load     Load     // what is put on it
	Timeline []Action // what is done to it, by time
	Expect   Expect   // what must come of it
}

// Backend says how nodes are run.
type Backend string

const (
	Process Backend = "process" // processes of this program on this machine
	Compose Backend = "compose" // containers of docker compose
)

// What docker-compose.yml has.
const (
	ComposeValidators = 4
	ComposeObservers  = 1 // at most
)

// Network is a fresh network.
type Network struct {
	Backend    Backend
	Validators []int          // how many nodes vote; more than one number is a sweep: one run each
	Observers  int            // nodes that follow without voting, numbered after the validators
	Profile    string         // of timeouts: lan or wan
	Params     genesis.Params // of the chain; the zero value means those of a test network
	Regions    []string       // of each node, in turn if they are fewer: latencies of the WAN between them; empty = none
	Disks      []Disk         // nodes whose home lies on a small disk of its own
	ClockSkews []ClockSkew    // nodes whose clock is wrong
}

// Disk is a bounded disk for one node's home.
type Disk struct {
	Node  int
	Bytes int64
}

// ClockSkew is a clock that is fast by so much, or slow if it is negative.
type ClockSkew struct {
	Node int
	By   time.Duration
}

// Nodes is how many nodes a run with so many validators has.
func (n Network) Nodes(validators int) int { return validators + n.Observers }

// Load is what the clients send.
type Load struct {
	Phases   []Phase       // one after the other; time 0 of the timeline is the begin of the first
	Warmup   time.Duration // load before that, not measured. Default 3 s
	Arrivals string        // poisson or constant. Default poisson
	Seed     uint64        // of the arrivals. Default 1: the same load each time
	Timeout  time.Duration // from the intended send time until a transaction counts as unknown. Default 30 s
	Nodes    []int         // where transactions are sent, in turn; empty = all nodes
	Accounts int           // that send; 0 = as many as the load needs
}

// Phase is a part of the load with a constant rate.
type Phase struct {
	Rate float64 // transactions per second, on average; 0 = silence
	For  time.Duration
}

// Duration is the length of the measured load: the end of the timeline.
func (l Load) Duration() time.Duration {
	var d time.Duration
	for _, p := range l.Phases {
		d += p.For
	}
	return d
}

// NeedsLinks reports whether the nodes' connections must run through fault proxies, which a scenario that does nothing
// to them is spared. Containers are disconnected by their engine.
func (s Scenario) NeedsLinks() bool {
	if s.Network.Backend != Process {
		return false
	}
	for _, a := range s.Timeline {
		if a.Verb.Links() || a.Verb == Disconnect {
			return true
		}
	}
	return len(s.Network.Regions) > 0
}

// FirstFault is when the first fault begins; false if there is none.
func (s Scenario) FirstFault() (time.Duration, bool) {
	for _, a := range s.Timeline {
		if a.Verb.Fault() {
			return a.At, true
		}
	}
	return 0, false
}
