package abci

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/tx"
)

func TestBlocksAreExecutedStoredAndAnnounced(t *testing.T) {
	c := newChain(t)
	c.block()
	good := c.transfer(c.alice(), 0, c.bob().Address(), 1)
	codes := c.block(good, good, []byte("junk"))
	if codes[0] != tx.OK || codes[1] != tx.NonceTooLow || codes[2] != tx.Malformed {
		t.Fatalf("codes are %v", codes)
	}
	if len(c.heard.executed) != 2 || len(c.heard.committed) != 2 || len(c.heard.codes) != 3 {
		t.Fatalf("the observer heard %+v", &c.heard)
	}
	entry, ok, err := c.store.Tx(tx.IDOf(good))
	if err != nil || !ok || entry.Height != 2 || entry.Index != 0 || entry.Code != 0 {
		t.Fatalf("the index holds %+v %v %v", entry, ok, err)
	}
}

func TestTheResultsHashCoversCodesOnly(t *testing.T) {
	c := newChain(t)
	for _, r := range c.finalize([]byte("junk")).TxResults {
		if want := (abcitypes.ExecTxResult{Code: uint32(tx.Malformed)}); !reflect.DeepEqual(*r, want) {
			t.Fatalf("result is %v, want the code and nothing else", r)
		}
	}
}

func TestAQuietBlockKeepsTheAppHash(t *testing.T) {
	c := newChain(t)
	c.block()
	before := c.store.Root()
	c.block()
	if !bytes.Equal(before, c.store.Root()) {
		t.Fatal("an empty block changed the app hash: the chain would never be quiet")
	}
}

func TestInitChainIsRepeatedAfterACrash(t *testing.T) {
	c := newChain(t)
	first := c.initChain()
	c.reopen()
	info, _ := c.Info(ctx, nil)
	if info.LastBlockHeight != 0 || len(info.LastBlockAppHash) != 0 {
		t.Fatalf("after a crash before block 1, Info says %+v", info)
	}
	again := c.initChain()
	if !bytes.Equal(first.AppHash, again.AppHash) || len(again.Validators) != 1 {
		t.Fatal("InitChain gives another answer after a crash")
	}
}

// A crash between FinalizeBlock and Commit: CometBFT replays the block.
func TestABlockThatWasNotCommittedIsReplayed(t *testing.T) {
	c := newChain(t)
	c.block()
	good := c.transfer(c.alice(), 0, c.bob().Address(), 1)
	lost := c.finalize(good)
	c.reopen()
	info, _ := c.Info(ctx, nil)
	if info.LastBlockHeight != 1 || !bytes.Equal(info.LastBlockAppHash, c.store.Root()) {
		t.Fatalf("Info says %+v", info)
	}
	again := c.finalize(good)
	if !bytes.Equal(lost.AppHash, again.AppHash) {
		t.Fatal("the replay gives another app hash")
	}
	c.commit()
	if c.store.Height() != 2 || !bytes.Equal(c.store.Root(), again.AppHash) {
		t.Fatal("the replayed block is not stored")
	}
}

func TestABlockOutOfOrderIsRefused(t *testing.T) {
	c := newChain(t)
	if _, err := c.FinalizeBlock(ctx, &abcitypes.RequestFinalizeBlock{Height: 2}); err == nil {
		t.Fatal("block 2 was executed before block 1")
	}
}

func TestAChainBeginsAtItsInitialHeight(t *testing.T) {
	c := newChainFrom(t, 1000)
	for _, height := range []int64{1, 999, 1001} {
		if _, err := c.FinalizeBlock(ctx, &abcitypes.RequestFinalizeBlock{Height: height}); err == nil {
			t.Fatalf("block %d was executed before block 1000", height)
		}
	}
	good := c.transfer(c.alice(), 0, c.bob().Address(), 1)
	lost := c.finalize(good)
	c.reopen()
	c.initChain() // as CometBFT does before it replays the first block
	if again := c.finalize(good); !bytes.Equal(lost.AppHash, again.AppHash) {
		t.Fatal("the replay of the first block gives another app hash")
	}
	c.commit()
	c.reopen()
	if codes := c.block(c.transfer(c.alice(), 1, c.bob().Address(), 1)); codes[0] != tx.OK {
		t.Fatalf("codes are %v", codes)
	}
	if info, _ := c.Info(ctx, nil); info.LastBlockHeight != 1001 {
		t.Fatalf("Info says %+v", info)
	}
}

func TestAnotherGenesisIsRefused(t *testing.T) {
	c := newChain(t)
	c.block()
	other := c.net.Genesis
	other.ChainID = "blink-other"
	_, err := New(Config{Store: c.store, Genesis: other})
	var mismatch *GenesisMismatch
	if !errors.As(err, &mismatch) || mismatch.File != other.Hash() || mismatch.Data != c.net.Genesis.Hash() {
		t.Fatalf("error is %v", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := newChain(t)
	c.verified = newMemory(3, 1<<20)
	for nonce := range uint64(10) {
		if err := c.Verify(decoded(t, c.transfer(c.alice(), nonce, c.bob().Address(), 1)))[0]; err != nil {
			t.Fatal(err)
		}
	}
	if len(c.verified.byID) != 3 || c.verified.recent.Len() != 3 {
		t.Fatalf("%d transactions are remembered, want 3", len(c.verified.byID))
	}
}
