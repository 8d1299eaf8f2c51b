package abci

import (
	"errors"
	"strings"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// pass puts a proposal to the vote, which the one validator decides. Blocks
// are a second apart, and the voting takes 60.
func (c *chain) pass(content tx.ProposalContent) {
	c.t.Helper()
	id := uint64(1)
	for _, found := app.ProposalOf(c.state(), id); found; _, found = app.ProposalOf(c.state(), id) {
		id++
	}
	c.mustBlock(c.sign(c.alice(), c.body(c.alice(), tx.SubmitProposal{Title: "t", Deposit: 10 * coin.Blink, Content: content})))
	operator := c.net.Nodes[0].Operator
	c.mustBlock(c.sign(operator, c.body(operator, tx.Vote{Proposal: id, Option: tx.VoteYes})))
	for {
		if p, _ := app.ProposalOf(c.state(), id); p.Status != app.Voting {
			if p.Status != app.Passed {
				c.t.Fatalf("the proposal is %s", p.Status)
			}
			return
		}
		c.block()
	}
}

func (c *chain) body(from crypto.PrivateKey, msgs ...tx.Msg) tx.Body {
	return tx.Body{
		ChainID: c.net.Genesis.ChainID, Sender: from.Address(), Nonce: app.AccountOf(c.state(), from.Address()).Nonce, Fee: 1000,
		ValidUntil: start.Unix() + 1800, Msgs: msgs,
	}
}

func (c *chain) mustBlock(raws ...[]byte) {
	c.t.Helper()
	for _, code := range c.block(raws...) {
		if code != tx.OK {
			c.t.Fatalf("refused: %s", code)
		}
	}
}

func TestConsensusLearnsOfParametersOnce(t *testing.T) {
	c := newChain(t)
	c.pass(tx.ParamsProposal{Changes: []tx.ParamChange{
		{Name: "evidence_max_age_blocks", Value: 33}, {Name: "evidence_max_age_seconds", Value: 44}, {Name: "max_block_bytes", Value: 2 << 20},
	}})
	got := c.finalize().ConsensusParamUpdates
	c.commit()
	if got == nil || got.Block == nil || got.Evidence == nil || got.Version != nil || got.Validator != nil {
		t.Fatalf("consensus was told %+v", got)
	}
	if got.Block.MaxBytes != 2<<20 || got.Block.MaxGas != -1 || got.Evidence.MaxAgeNumBlocks != 33 || got.Evidence.MaxAgeDuration.Seconds() != 44 {
		t.Fatalf("consensus was told %+v", got)
	}
	if again := c.finalize().ConsensusParamUpdates; again != nil {
		t.Fatalf("consensus was told again: %+v", again)
	}
}

// A binary that does not know the rules of the next block neither executes it
// nor starts again.
func TestAnUpgradeStopsAnOlderBinary(t *testing.T) {
	c := newChain(t)
	height := c.store.Height() + 70
	c.pass(tx.UpgradeProposal{AppVersion: AppVersion + 1, Name: "v9", Height: height})
	for c.store.Height() < height-1 {
		c.block()
	}
	root := c.store.Root()
	for range 2 {
		_, err := c.FinalizeBlock(ctx, &abcitypes.RequestFinalizeBlock{Height: height})
		var needed *UpgradeNeeded
		if !errors.As(err, &needed) || *needed != (UpgradeNeeded{Height: height, Version: AppVersion + 1, Name: "v9"}) {
			t.Fatalf("the error is %v", err)
		}
		if !strings.Contains(err.Error(), `"v9"`) || !strings.Contains(err.Error(), "same home") {
			t.Fatalf("the error does not say what to do: %v", err)
		}
	}
	if c.store.Height() != height-1 || string(c.store.Root()) != string(root) {
		t.Fatal("the store has changed")
	}
	if _, err := New(Config{Store: c.store, Genesis: c.net.Genesis}); !errors.As(err, new(*UpgradeNeeded)) {
		t.Fatalf("an older binary starts on the last block before the upgrade: %v", err)
	}
}

// A binary that knows the rules goes on, and consensus puts the version into
// the headers from the next block on.
func TestAnUpgradeThatIsKnown(t *testing.T) {
	if AppVersion == app.FirstAppVersion {
		t.Skip("needs a later version: go test -tags next")
	}
	c := newChain(t)
	height := c.store.Height() + 70
	c.pass(tx.UpgradeProposal{AppVersion: AppVersion, Name: "v2", Height: height})
	for c.store.Height() < height-1 {
		if got := c.finalize().ConsensusParamUpdates; got != nil {
			t.Fatalf("height %d: consensus was told %+v", c.store.Height()+1, got)
		}
		c.commit()
		if info, _ := c.Info(ctx, nil); info.AppVersion != app.FirstAppVersion {
			t.Fatalf("the version before the upgrade is %d", info.AppVersion)
		}
	}
	if got := c.finalize().ConsensusParamUpdates; got == nil || got.Version == nil || got.Version.App != AppVersion || got.Block != nil {
		t.Fatalf("consensus was told %+v", got)
	}
	c.commit()
	c.reopen()
	if info, _ := c.Info(ctx, nil); info.AppVersion != AppVersion {
		t.Fatalf("the version after the upgrade is %d", info.AppVersion)
	}
}

// Whatever the binary knows, a chain begins with the first version: a node that
// syncs from block 1 must make the headers that are there.
func TestAChainBeginsWithTheFirstVersion(t *testing.T) {
	c := newChain(t)
	if v := c.initChain().ConsensusParams.Version.App; v != app.FirstAppVersion {
		t.Fatalf("genesis has version %d", v)
	}
}
