package lab

import (
	"strings"

	"github.com/google/pprof/profile"
)

// A HotPath is a part of a node that CPU time is spent in.
type HotPath int

// The hot paths, in the order in which they are shown.
const (
	Consensus HotPath = iota
	PeerReading
	PeerWriting
	Mempool
	HTTP
	Verification
	Storing
	Collecting
	Scheduling
	Other
	hotPaths // how many there are
)

// hotPathNames are for programs and for people.
var hotPathNames = [hotPaths]struct{ key, name string }{
	Consensus:    {"consensus", "consensus"},
	PeerReading:  {"p2p_reading", "p2p reading"},
	PeerWriting:  {"p2p_writing", "p2p writing"},
	Mempool:      {"mempool", "mempool, tx gossip"},
	HTTP:         {"http", "HTTP, events"},
	Verification: {"tx_verification", "tx verification"},
	Storing:      {"store", "execution, store"},
	Collecting:   {"garbage_collection", "garbage collection"},
	Scheduling:   {"scheduler", "scheduler"},
	Other:        {"other", "other"},
}

// Key names the path in JSON.
func (p HotPath) Key() string { return hotPathNames[p].key }

// String names the path for people.
func (p HotPath) String() string { return hotPathNames[p].name }

// pathRule says how the names of a path's functions begin.
type pathRule struct {
	path   HotPath
	begins []string
}

// runtimeRules are of the functions by which the runtime works for itself. They count wherever they are on a stack: a
// goroutine that must help to collect garbage is not doing its own work.
var runtimeRules = []pathRule{
	{Collecting, []string{
		"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcStart", "runtime.gcMark", "runtime.gcDrain", "runtime.gcWriteBarrier",
		"runtime.wbBufFlush", "runtime.bgsweep", "runtime.sweepone", "runtime.deductSweepCredit", "runtime.(*sweepLocked)", "runtime.bgscavenge",
	}},
	{Scheduling, []string{
		"runtime.mcall", "runtime.schedule", "runtime.findRunnable", "runtime.park_m", "runtime.mstart", "runtime.sysmon",
		"runtime.ready", "runtime.goready", "runtime.wakep", "runtime.startm",
	}},
}

// ownRules are of all other functions. A sample is of the path of its innermost function that has one: to verify a
// transaction is verification, whether a client or a peer has sent it. Earlier rules win over later ones.
var ownRules = []pathRule{
	{Verification, []string{"blink/crypto.", "blink/tx.VerifyAll", "blink/tx.Signed.Verify", "blink/abci.(*Application).verify"}},
	{Storing, []string{
		"blink/store.", "blink/app.", "blink/abci.(*Application).FinalizeBlock", "blink/abci.(*Application).Commit",
		cometBFT + "/store.", cometBFT + "-db.", "github.com/cosmos/iavl", "github.com/syndtr/goleveldb",
	}},
	{Mempool, []string{
		cometBFT + "/mempool.", "blink/node.(*intake)", "blink/node.(*txGossip)", "blink/node.(*outbox)",
		"blink/abci.(*Application).CheckTx", "blink/abci.(*Application).Know",
	}},
	{HTTP, []string{"net/http.", "blink/api.", "github.com/gorilla/mux.", "blink/finality.", "blink/node.(*Node).follow", cometBFT + "/libs/pubsub."}},
	{PeerReading, []string{
		cometBFT + "/p2p/conn.(*MConnection).recvRoutine", cometBFT + "/p2p/conn.(*Channel).recvPacketMsg",
		cometBFT + "/p2p/conn.(*SecretConnection).Read", cometBFT + "/p2p.createMConnection.func", cometBFT + "/libs/protoio.(*varintReader)",
	}},
	{PeerWriting, []string{
		cometBFT + "/p2p/conn.", cometBFT + "/p2p.(*peer).send", cometBFT + "/p2p.(*peer).Send", cometBFT + "/p2p.(*peer).TrySend",
		cometBFT + "/p2p.(*Switch).Broadcast", cometBFT + "/p2p.(*Switch).TryBroadcast", cometBFT + "/libs/protoio.(*varintWriter)",
		"blink/node.(*announcer)", "blink/node.(*push)", "blink/node.(*message)",
	}},
	{Consensus, []string{
		cometBFT + "/consensus", cometBFT + "/evidence", cometBFT + "/privval", cometBFT + "/state.", "blink/node.(*signer)", "blink/node.(*journal)",
	}},
}

const cometBFT = "github.com/cometbft/cometbft"

// classifier tells the paths of functions and stacks. It remembers what it found out about each function.
type classifier map[string]ofFunction

// ofFunction is what a function is by its name; each is Other if no rule is about it.
type ofFunction struct{ runtime, own HotPath }

// of gives the path of a stack, innermost function first, and the function that decided it: "" of Other.
func (c classifier) of(stack []string) (HotPath, string) {
	for _, function := range stack {
		if p := c.function(function).runtime; p != Other {
			return p, function
		}
	}
	for _, function := range stack {
		if p := c.function(function).own; p != Other {
			return p, function
		}
	}
	return Other, ""
}

func (c classifier) function(name string) ofFunction {
	f, ok := c[name]
	if !ok {
		f = ofFunction{ruledBy(runtimeRules, name), ruledBy(ownRules, name)}
		c[name] = f
	}
	return f
}

// ruledBy is the path of the first rule about the function, or Other.
func ruledBy(rules []pathRule, function string) HotPath {
	for _, rule := range rules {
		for _, beginning := range rule.begins {
			if strings.HasPrefix(function, beginning) {
				return rule.path
			}
		}
	}
	return Other
}

// stackOf lists the functions of a sample, innermost first, with those that were inlined.
func stackOf(s *profile.Sample) []string {
	var stack []string
	for _, location := range s.Location {
		for _, line := range location.Line {
			if line.Function != nil {
				stack = append(stack, line.Function.Name)
			}
		}
	}
	return stack
}
