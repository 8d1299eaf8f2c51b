package abci

import (
	"errors"
	"slices"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/store"
	"blink/tx"
)

// blockStore is one that syncs when it is told to.
type blockStore struct {
	kept  bool
	asked []byte // hash of the block
	sync  func() error
}

func (b *blockStore) Kept(_ int64, hash []byte) bool {
	b.asked = hash
	return b.kept
}
func (b *blockStore) Sync() error { return b.sync() }

// A block that the node cannot lose is told before the block store is on disk. Who reads then, waits, and reads what was told.
// Any other is told when it can be read. Neither is written before the block store is on disk.
func TestABlockThatIsKeptIsToldBeforeTheSync(t *testing.T) {
	for _, kept := range []bool{false, true} {
		c := newChain(t)
		c.block()
		before := c.store.Latest() // a view from before does not wait
		good := c.transfer(c.alice(), 0, c.bob().Address(), 1)
		read := make(chan store.TxEntry, 1)
		blocks := &blockStore{kept: kept}
		blocks.sync = func() error {
			if told := slices.Contains(c.heard.committed, 2); told != kept {
				t.Errorf("kept %v: told before the sync: %v", kept, told)
			}
			if before.Height() != 1 {
				t.Error("the block was written before the sync")
			}
			if kept {
				go c.reads(read, good)
				time.Sleep(5 * time.Millisecond)
			}
			return nil
		}
		c.SetBlocks(blocks)
		if _, err := c.FinalizeBlock(ctx, &abcitypes.RequestFinalizeBlock{Height: 2, Hash: []byte("hash"), Txs: [][]byte{good}}); err != nil {
			t.Fatal(err)
		}
		c.commit()
		if !kept {
			go c.reads(read, good)
		}
		if entry := <-read; entry.Height != 2 {
			t.Errorf("kept %v: who was told reads %+v", kept, entry)
		}
		if !slices.Equal(c.heard.committed, []int64{1, 2}) || string(blocks.asked) != "hash" {
			t.Errorf("kept %v: told of %v, asked for %q", kept, c.heard.committed, blocks.asked)
		}
	}
}

// reads is what a client does who was told that a transaction of block 2 is final.
func (c *chain) reads(read chan<- store.TxEntry, raw []byte) {
	entry, _, err := c.store.Tx(tx.IDOf(raw))
	if height := c.store.Height(); err != nil || height != 2 {
		c.t.Errorf("read height %d, %v", height, err)
	}
	read <- entry
}

// A disk that fails ends it. The store stays behind the block store, and nobody waits for ever.
func TestABlockStoreThatCannotSync(t *testing.T) {
	for _, kept := range []bool{false, true} {
		c := newChain(t)
		c.block()
		c.SetBlocks(&blockStore{kept: kept, sync: func() error { return errors.New("the disk is gone") }})
		c.finalize()
		if _, err := c.Commit(ctx, &abcitypes.RequestCommit{}); err == nil || err.Error() != "block 2: the disk is gone" {
			t.Fatalf("error %v", err)
		}
		if c.store.Height() != 1 {
			t.Fatal("it was written")
		}
		c.reopen()
		if info, _ := c.Info(ctx, nil); info.LastBlockHeight != 1 {
			t.Fatalf("after the restart the store is at %d", info.LastBlockHeight)
		}
	}
}
