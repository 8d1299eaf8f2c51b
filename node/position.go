package node

import (
	"slices"
	"sync/atomic"

	cstypes "github.com/cometbft/cometbft/consensus/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

// Position is where consensus is: the round that it is in, or between two
// heights the last round of the one before.
type Position struct {
	Height   int64 // that is being decided; 0: no round has begun since the start
	Round    int32
	Step     string // one of stepNames
	Proposer []byte // consensus address of the proposer of that round; nil: not known
}

var stepNames = map[string]string{
	cstypes.RoundStepNewRound.String():      "new_round",
	cstypes.RoundStepPropose.String():       "propose",
	cstypes.RoundStepPrevote.String():       "prevote",
	cstypes.RoundStepPrevoteWait.String():   "prevote_wait",
	cstypes.RoundStepPrecommit.String():     "precommit",
	cstypes.RoundStepPrecommitWait.String(): "precommit_wait",
	cstypes.RoundStepCommit.String():        "commit",
}

// position holds the newest Position. It follows the events of consensus
// rather than ask for its state: consensus holds the lock of that while it
// signs and executes, and would have to wait for each reader it lets in then.
type position struct{ newest atomic.Pointer[Position] }

func (p *position) get() Position {
	if at := p.newest.Load(); at != nil {
		return *at
	}
	return Position{}
}

// moves matches the events that moved takes. They come by one subscription, so
// that they come in order.
type moves struct{}

// Matches implements pubsub.Query.
func (moves) Matches(events map[string][]string) (bool, error) {
	return slices.ContainsFunc(events[cmttypes.EventTypeKey], func(kind string) bool {
		return kind == cmttypes.EventNewRound || kind == cmttypes.EventNewRoundStep
	}), nil
}

func (moves) String() string { return "new rounds and steps" }

// moved notes an event of consensus. It is called by one goroutine.
func (p *position) moved(event any) {
	switch e := event.(type) {
	case cmttypes.EventDataNewRound:
		p.newest.Store(&Position{e.Height, e.Round, stepNames[e.Step], e.Proposer.Address})
	case cmttypes.EventDataRoundState:
		step, inRound := stepNames[e.Step]
		if !inRound { // the height has ended
			return
		}
		now := Position{Height: e.Height, Round: e.Round, Step: step}
		if last := p.get(); last.Height == now.Height && last.Round == now.Round {
			now.Proposer = last.Proposer
		}
		p.newest.Store(&now)
	}
}
