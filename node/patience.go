package node

import "time"

const (
	// usualBlock is what executing and storing a block takes at most when there is no load to speak of.
	usualBlock = 10 * time.Millisecond
	// patienceFactor is how much longer to wait for each millisecond above that. The next proposer may be slower than this
	// node by as much again, and has to verify, to send and to be understood.
	patienceFactor = 4
	mostPatience   = time.Second
)

// patience lets a busy node wait longer for a proposal. A node waits from the
// moment when it is done with the block before, and a proposer that is done later
// proposes later. When blocks take as long as timeout_propose, a proposer who is
// half a block behind the others is given up although it is at work, and the
// round that follows costs everybody more of what there is too little of. So the
// wait grows with what the last blocks took. An idle network, in which a dead
// proposer should cost little, waits for timeout_propose and no longer.
//
// Its methods are called on the goroutine that executes blocks.
type patience struct {
	propose *time.Duration // timeout_propose; consensus reads it when a round begins (enterPropose in consensus/state.go)
	base    time.Duration  // as configured
	began   time.Time
	recent  time.Duration // what a block takes; falls by a quarter with each that takes less
}

func newPatience(propose *time.Duration) *patience {
	return &patience{propose: propose, base: *propose}
}

// begins notes that a decided block is about to be executed.
func (p *patience) begins(now time.Time) { p.began = now }

// ends notes that it is stored.
func (p *patience) ends(now time.Time) {
	p.recent = max(now.Sub(p.began), p.recent-p.recent/4)
	*p.propose = p.base + min(patienceFactor*max(0, p.recent-usualBlock), mostPatience)
}
