// Package store keeps the chain's state: a versioned Merkle tree, the transaction index and a few facts about the
// chain itself, in one folder on disk.
//
// A block is executed on an [Overlay], a set of changes in memory that reads through to the last committed [View].
// Each transaction runs on a fork of the block's overlay that is joined when it succeeds and dropped when it fails.
// [Store.Stage] then computes the root (CometBFT's AppHash) and [Store.Commit] writes tree nodes, height, root, facts
// and index entries as ONE atomic batch: after a crash the store holds the state after some block, never half of one.
// docs/adr/0001-one-atomic-batch.md argues for it.
//
// One goroutine stages and commits. Any number of goroutines read views and the index meanwhile.
package store
