package node

import (
	"testing"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cstypes "github.com/cometbft/cometbft/consensus/types"
)

// TestPrompt: what consensus asks when it enters the first round of a height (WaitForTxs) follows from what waits at that
// moment, and is back to what was configured when nothing does.
func TestPrompt(t *testing.T) {
	config := LAN.CometConfig().Consensus
	waiting := true
	p := newPrompt(config)
	p.waiting = func() bool { return waiting }
	p.stepEnds() // consensus is being made
	if !config.WaitForTxs() {
		t.Fatal("rounds do not wait before there is a consensus")
	}
	p.consensus = &consensus.State{RoundState: cstypes.RoundState{Step: cstypes.RoundStepPropose}}
	p.stepEnds()
	if !config.WaitForTxs() {
		t.Fatal("a later step changed what rounds wait for")
	}
	p.consensus.RoundState.Step = cstypes.RoundStepNewHeight
	p.stepEnds()
	if config.WaitForTxs() {
		t.Error("a round waits for transactions although one waits for it")
	}
	waiting = false
	p.stepEnds()
	if !config.WaitForTxs() || config.CreateEmptyBlocks || config.CreateEmptyBlocksInterval != 10*time.Second {
		t.Errorf("with nothing waiting: create_empty_blocks %v, interval %v", config.CreateEmptyBlocks, config.CreateEmptyBlocksInterval)
	}
}
