package node

import (
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
)

// prompt begins a round at once for transactions that wait already.
//
// CometBFT is told once per height that transactions wait (handleTxsAvailable in
// consensus/state.go). If that comes while the last precommits of the height
// before are out, it plans to propose when timeout_commit is over, and keeps to
// that when they come a moment later: whatever arrived during an empty block
// would wait for the timeout. What it asks when it enters the round is whether
// rounds wait for transactions at all (ConsensusConfig.WaitForTxs), and prompt
// answers that for each height anew.
//
// It is called on the goroutine of consensus, which alone reads these settings.
type prompt struct {
	consensus *consensus.State // nil while it is being made
	config    *cmtcfg.ConsensusConfig
	waiting   func() bool // whether a transaction waits that a block can take now
	heartbeat time.Duration
}

func newPrompt(c *cmtcfg.ConsensusConfig) *prompt {
	return &prompt{config: c, heartbeat: c.CreateEmptyBlocksInterval}
}

// stepEnds is called before each change of step.
func (p *prompt) stepEnds() {
	if p.consensus == nil || p.consensus.RoundState.Step != cstypes.RoundStepNewHeight {
		return
	}
	p.config.CreateEmptyBlocks, p.config.CreateEmptyBlocksInterval = false, p.heartbeat
	if p.waiting() {
		p.config.CreateEmptyBlocks, p.config.CreateEmptyBlocksInterval = true, 0
	}
}
