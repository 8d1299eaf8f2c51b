// Package receipt makes and verifies finality receipts: one JSON text that proves, without any network, that a
// transaction is in a block which can never be undone, and what came of it.
//
// A receipt holds the transaction's bytes, their Merkle proof to the data hash of the block's header, the header, the
// validators' signatures under it, and the validators. From the next block on it also holds the result: its code, the
// Merkle proof to LastResultsHash of the next header, and that header with its signatures. Nothing else is in it: every
// byte is checked, so that a changed one is noticed.
//
// [Verify] starts from a genesis document. Merkle proofs, hashes and signatures are checked by CometBFT's own code, the
// step from the genesis validators to those of the block by the skipping rule of its light client. docs/receipts.md has
// the format, and what the trust in a genesis means.
package receipt
