package abci

import (
	"bytes"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"blink/tx"
)

func (c *chain) prepare(maxBytes int64, raws ...[]byte) [][]byte {
	c.t.Helper()
	res, err := c.PrepareProposal(ctx, &abcitypes.RequestPrepareProposal{
		MaxTxBytes: maxBytes, Txs: raws, Height: c.store.Height() + 1, Time: start.Add(time.Second),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return res.Txs
}

func (c *chain) process(raws ...[]byte) bool {
	c.t.Helper()
	res, err := c.ProcessProposal(ctx, &abcitypes.RequestProcessProposal{Txs: raws, Height: c.store.Height() + 1})
	if err != nil {
		c.t.Fatal(err)
	}
	return res.IsAccepted()
}

func TestPrepareProposalKeepsContiguousRuns(t *testing.T) {
	c := newChain(t)
	c.block()
	bob, alice := c.bob().Address(), c.alice().Address()
	a0, a1, a3 := c.transfer(c.alice(), 0, bob, 1), c.transfer(c.alice(), 1, bob, 1), c.transfer(c.alice(), 3, bob, 1)
	b0 := c.transfer(c.bob(), 0, alice, 1)

	got := c.prepare(1<<20, a3, a1, []byte("junk"), a0, b0)
	if codes := c.block(got...); len(codes) != 3 {
		t.Fatalf("%d transactions were proposed, want a0, a1 and b0", len(codes))
	} else {
		for i, code := range codes {
			if code != tx.OK {
				t.Fatalf("transaction %d of an own proposal failed: %s", i, code)
			}
		}
	}
}

func TestPrepareProposalKeepsTheByteLimit(t *testing.T) {
	c := newChain(t)
	c.block()
	var raws [][]byte
	for nonce := range uint64(50) {
		raws = append(raws, c.transfer(c.alice(), nonce, c.bob().Address(), 1))
	}
	for limit := int64(0); limit < 3000; limit += 97 {
		got := cmttypes.ToTxs(c.prepare(limit, raws...))
		if err := got.Validate(limit); err != nil {
			t.Fatal(err)
		}
		one := cmttypes.ComputeProtoSizeForTxs(cmttypes.ToTxs(raws[:1]))
		if int64(len(got)) < limit/(one+2) {
			t.Fatalf("only %d transactions in %d bytes", len(got), limit)
		}
	}
}

func TestProcessProposalRejectsOnlyWhatIsStatelesslyInvalid(t *testing.T) {
	c := newChain(t)
	c.block()
	good := c.transfer(c.alice(), 0, c.bob().Address(), 1)
	poor := c.transfer(c.alice(), 40, c.bob().Address(), c.net.Demo[0].Balance) // gap, and no balance for the fee
	if !c.process() || !c.process(good, poor, good) {
		t.Fatal("what only the state can refuse was rejected")
	}
	for at := range good {
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if c.process(good, bad) {
			t.Fatalf("a block with byte %d of a transaction changed was accepted", at)
		}
	}
	if c.process(append(bytes.Clone(good), 0)) {
		t.Fatal("bytes that are not canonical were accepted")
	}
}
