package scenario

import (
	"fmt"
	"strings"
	"time"

	"blink/coin"
)

// Verb is a kind of action.
type Verb string

// What can be done to a network.
const (
	Kill       Verb = "kill"       // SIGKILL: no warning
	Stop       Verb = "stop"       // SIGTERM: in order
	Restart    Verb = "restart"    // a node that is down is started again, with its data
	Pause      Verb = "pause"      // SIGSTOP: it is there, holds its connections, and does nothing
	Resume     Verb = "resume"     // SIGCONT
	Disconnect Verb = "disconnect" // off the network of nodes; clients still reach it
	Reconnect  Verb = "reconnect"
	Partition  Verb = "partition" // groups of nodes that do not reach each other
	Cut        Verb = "cut"       // one direction between two nodes
	Flap       Verb = "flap"      // a partition that comes and goes
	Delay      Verb = "delay"     // latency on links, and jitter
	Bandwidth  Verb = "bandwidth" // a limit on links
	Heal       Verb = "heal"      // ends all faults of links; latencies between regions stay
	FillDisk   Verb = "fill_disk"
	FreeDisk   Verb = "free_disk"
	Bond       Verb = "bond"   // an observer becomes a validator
	Unbond     Verb = "unbond" // a validator takes back all its stake
	Unjail     Verb = "unjail"
)

// How says what becomes of the bytes on a link that is cut.
type How string

const (
	BlackHole How = "black-hole" // they wait, as on a silent network; nobody is told
	Reset     How = "reset"      // connections are reset and new ones refused
)

// Target is a node that an action is done to: its number, or one of the two below.
type Target int

const (
	// Proposer is the node whose turn it is to propose next, by what the nodes say at that moment.
	Proposer Target = -1
	// Victim is the node that the last action on Proposer hit.
	Victim Target = -2
)

// String is how the scenario names it.
func (t Target) String() string {
	switch t {
	case Proposer:
		return "proposer"
	case Victim:
		return "victim"
	}
	return fmt.Sprintf("node%d", int(t))
}

// Action is one thing that is done, at one time. Which fields count depends on the verb.
type Action struct {
	At   time.Duration // since the begin of the measured load
	Verb Verb
	Line int // in the file

	Node      Target        // kill, stop, restart, pause, resume, disconnect, reconnect, *_disk, bond, unbond, unjail
	Groups    [][]int       // partition, flap: every node in one of them
	From, To  int           // cut
	How       How           // partition, cut, flap
	Every     time.Duration // flap: so long cut, then so long healed
	For       time.Duration // flap: until it is healed
	Links     Links         // delay, bandwidth
	Latency   time.Duration // delay, in each direction
	Jitter    time.Duration // delay: plus or minus
	Kilobytes int           // bandwidth, per second, in each direction
	Stake     coin.Amount   // bond
}

// Links names links between nodes: none means all, one all of that node, two the one between them.
type Links []int

// String is how the scenario names them.
func (l Links) String() string {
	switch len(l) {
	case 0:
		return "all links"
	case 1:
		return fmt.Sprintf("links of node%d", l[0])
	}
	return fmt.Sprintf("link node%d - node%d", l[0], l[1])
}

// Has reports whether the link between i and j is one of them.
func (l Links) Has(i, j int) bool {
	switch len(l) {
	case 0:
		return true
	case 1:
		return l[0] == i || l[0] == j
	}
	return l[0] == i && l[1] == j || l[0] == j && l[1] == i
}

// Object is what the action is done to, in words: "node3", "node0 node1 | node2 node3".
func (a Action) Object() string {
	switch a.Verb {
	case Partition, Flap:
		return groupNames(a.Groups)
	case Cut:
		return fmt.Sprintf("node%d -> node%d", a.From, a.To)
	case Delay, Bandwidth:
		return a.Links.String()
	case Heal:
		return "all links"
	}
	return a.Node.String()
}

// Note is what is to be known beside verb and object: "black-hole", "100ms +-20ms"; often nothing.
func (a Action) Note() string {
	switch a.Verb {
	case Partition, Cut:
		return string(a.How)
	case Flap:
		return fmt.Sprintf("%s, every %v for %v", a.How, a.Every, a.For)
	case Delay:
		if a.Jitter > 0 {
			return fmt.Sprintf("%v ± %v", a.Latency, a.Jitter)
		}
		return a.Latency.String()
	case Bandwidth:
		return fmt.Sprintf("%d kB/s", a.Kilobytes)
	case Bond:
		return a.Stake.Human()
	}
	return ""
}

func groupNames(groups [][]int) string {
	names := make([]string, len(groups))
	for i, g := range groups {
		for j, n := range g {
			if j > 0 {
				names[i] += " "
			}
			names[i] += fmt.Sprintf("node%d", n)
		}
	}
	return strings.Join(names, " | ")
}

// Fault reports whether the verb does harm.
func (v Verb) Fault() bool {
	switch v {
	case Kill, Stop, Pause, Disconnect, Partition, Cut, Flap, Delay, Bandwidth, FillDisk:
		return true
	}
	return false
}

// Healing reports whether the verb ends harm.
func (v Verb) Healing() bool {
	switch v {
	case Restart, Resume, Reconnect, Heal, FreeDisk:
		return true
	}
	return false
}

// Staking reports whether the verb changes who votes.
func (v Verb) Staking() bool { return v == Bond || v == Unbond || v == Unjail }

// Links reports whether the verb acts on links between nodes, which then run through fault proxies.
func (v Verb) Links() bool {
	switch v {
	case Partition, Cut, Flap, Delay, Bandwidth, Heal:
		return true
	}
	return false
}
