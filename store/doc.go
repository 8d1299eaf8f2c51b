// Package store keeps the chain's state: a versioned Merkle tree, the transaction index and a few facts about the
// chain itself, in one folder on disk.
//
// A block is executed on an [Overlay], a set of changes in memory that reads through to the last committed [View].
// Each transaction runs on a fork of the block's overlay that is joined when it succeeds and dropped when it fails.
// [Store.Stage] then computes the root (CometBFT's AppHash) and [Store.Commit] writes changes, height, root, facts and
// index entries as ONE atomic batch, now and then with the nodes of the tree: after a crash the store holds the state
// after some block, never half of one. docs/adr/0001-one-atomic-batch.md and 0019-checkpoints.md argue for it.
//
// One goroutine stages and commits. Any number of goroutines read views and the index meanwhile.
package store
