package node

import (
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
)

const (
	// usualBlock is what executing and storing a block takes at most when there is no load to speak of.
	usualBlock = 10 * time.Millisecond
	// patienceFactor is how much longer to wait for each millisecond above that. The next proposer may be slower than this
	// node by as much again, and has to verify, to send and to be understood.
	patienceFactor = 4
	// arrivalFactor is how many times as long as the last proposals took to come to wait for the next one. It is so small that
	// one of four proposers who is late on purpose cannot make the others wait ever longer: three quick blocks take back more.
	arrivalFactor = 2
	mostPatience  = time.Second
)

// patience lets a busy node wait longer for a proposal. A node waits from the
// moment when it is done with the block before, and a proposer that is done later
// proposes later. When blocks take as long as timeout_propose, a proposer who is
// half a block behind the others is given up although it is at work, and the
// round that follows costs everybody more of what there is too little of. So the
// wait grows with what the last blocks took.
//
// Where many nodes share a machine, or are far apart, it is the proposal itself
// that takes long. One that comes in a later round, whose wait is longer, tells
// how long; a proposer who is dead tells nothing. An idle network, in which a
// dead proposer should cost little, waits for timeout_propose and no longer.
//
// Its methods are called on the goroutine of consensus, which executes blocks.
type patience struct {
	propose *time.Duration // timeout_propose; consensus reads it when a round begins (enterPropose in consensus/state.go)
	base    time.Duration  // as configured

	began  time.Time     // the block's execution
	recent time.Duration // what a block takes; falls by a quarter with each that takes less

	consensus *consensus.State // nil while it is being made
	waiting   time.Time        // for the proposal of the present round, since then
	arrival   time.Duration    // what a proposal takes to come; falls likewise
}

func newPatience(propose *time.Duration) *patience {
	return &patience{propose: propose, base: *propose}
}

// begins notes that a decided block is about to be executed.
func (p *patience) begins(now time.Time) { p.began = now }

// ends notes that it is stored.
func (p *patience) ends(now time.Time) {
	p.recent = max(now.Sub(p.began), p.recent-p.recent/4)
	p.adjust()
}

// stepEnds is called before each change of step.
func (p *patience) stepEnds() {
	if p.consensus == nil {
		return
	}
	switch rs := &p.consensus.RoundState; rs.Step {
	case cstypes.RoundStepNewRound:
		p.waiting = time.Now()
	case cstypes.RoundStepPropose:
		if rs.ProposalBlock != nil {
			p.arrives(time.Since(p.waiting))
		}
	}
}

// arrives notes how long this node waited for a proposal that came.
func (p *patience) arrives(took time.Duration) {
	p.arrival = max(took, p.arrival-p.arrival/4)
	p.adjust()
}

func (p *patience) adjust() {
	longer := patienceFactor * max(0, p.recent-usualBlock)
	longer = max(longer, arrivalFactor*p.arrival-p.base)
	*p.propose = p.base + min(longer, mostPatience)
}
