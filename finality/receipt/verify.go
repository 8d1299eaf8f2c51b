package receipt

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/types"

	"blink/genesis"
	"blink/tx"
)

// Verify checks a receipt, starting from a genesis document. It needs no network and no clock. nil means: the
// transaction is in a block that can never be undone. The error names what is wrong, and is ErrUntrusted (for errors.Is)
// when the validators have changed too much since genesis: see Trust.Through.
func Verify(raw []byte, doc genesis.Document) error {
	trust, err := FromGenesis(doc)
	if err != nil {
		return err
	}
	_, err = trust.Verify(raw)
	return err
}

// Facts is what a verified receipt proves.
type Facts struct {
	ID      tx.ID     `json:"id"`
	ChainID string    `json:"chain_id"`
	Height  int64     `json:"height"` // of the block that the transaction is in
	Time    time.Time `json:"block_time"`
	Hash    string    `json:"block_hash"` // hexadecimal
	// Code is what came of the transaction: "ok", or why it had no effect. "" when the receipt has no result: the
	// transaction is in the block for ever, but the receipt does not say whether it took effect there.
	Code   string `json:"code,omitempty"`
	Signed Share  `json:"signed"` // of the block's validators
	// Trusted is who of the trusted validators signed: all of them are those of the block when the sets are the same.
	Trusted Share `json:"trusted"`
	// TrustSince is the time of the genesis, TrustUntil that from which its validators may all have left with their stake
	// (genesis.Params.UnbondingSeconds later): from then on a lie would cost them nothing.
	TrustSince time.Time `json:"trust_since"`
	TrustUntil time.Time `json:"trust_until"`
}

// Share is how many of the validators signed, and their voting power.
type Share struct {
	Validators int   `json:"validators"`
	Of         int   `json:"of_validators"`
	Power      int64 `json:"power"`
	OfPower    int64 `json:"of_power"`
}

// Verify checks a receipt, and tells what it proves.
func (t Trust) Verify(raw []byte) (Facts, error) {
	r, err := parse(raw)
	if err == nil {
		err = t.check(r)
	}
	if err != nil {
		return Facts{}, fmt.Errorf("receipt: %w", err)
	}
	facts := Facts{
		ID: r.ID, ChainID: r.first.ChainID, Height: r.first.Height, Time: r.first.Time, Hash: hex.EncodeToString(r.first.Hash()),
		Signed: shareOf(r.first.ValidatorSet, r.first.Commit), Trusted: shareOf(t.validators, r.first.Commit),
		TrustSince: t.time, TrustUntil: t.time.Add(t.period),
	}
	if r.Result != nil {
		facts.Code = tx.Code(r.Result.Code).String()
	}
	return facts, nil
}

func (t Trust) check(r read) error {
	if r.first.ChainID != t.chainID {
		return fmt.Errorf("must be of the chain %q, as the genesis says, was of %.60q", t.chainID, r.first.ChainID)
	}
	if r.first.Height < t.first {
		return fmt.Errorf("block %d is before the first one of this chain, %d", r.first.Height, t.first)
	}
	signed, err := tx.Decode(r.Tx)
	if err != nil {
		return fmt.Errorf("tx: %w", err)
	}
	if signed.ID() != r.ID {
		return fmt.Errorf("id must be that of the transaction, %s, was %s", signed.ID(), r.ID)
	}
	if _, err := signed.Verify(t.chainID); err != nil {
		return fmt.Errorf("tx: %w", err)
	}
	if err := r.Proof.prove(r.ID[:], r.first.DataHash); err != nil {
		return fmt.Errorf("proof: the transaction is not in the block: %w", err)
	}
	if err := t.checkBlock(r.first); err != nil {
		return fmt.Errorf("block: %w", err)
	}
	if err := t.vouch(r.first); err != nil {
		return err
	}
	if r.next == nil {
		return nil
	}
	if err := t.checkResult(r); err != nil {
		return fmt.Errorf("result: %w", err)
	}
	return nil
}

// checkBlock checks that more than 2/3 of the voting power signed the block. All signatures are verified, not only as
// many as that takes: a receipt holds nothing that is false.
func (t Trust) checkBlock(b types.LightBlock) error {
	if err := b.ValidateBasic(t.chainID); err != nil {
		return err
	}
	return b.ValidatorSet.VerifyCommit(t.chainID, b.Commit.BlockID, b.Height, b.Commit)
}

// checkResult checks the code against the next block. That one needs no trust of its own: the first names its validators.
// The results are a tree of the same shape as the transactions, so the same way up is of the same transaction.
func (t Trust) checkResult(r read) error {
	switch {
	case r.next.Height != r.first.Height+1:
		return fmt.Errorf("block: must be the next one, %d, was %d", r.first.Height+1, r.next.Height)
	case !r.next.LastBlockID.Equals(r.first.Commit.BlockID):
		return errors.New("block: last_block must be the transaction's block")
	case !bytes.Equal(r.next.ValidatorsHash, r.first.NextValidatorsHash):
		return errors.New("block: validators_hash must be next_validators_hash of the transaction's block")
	case !r.Result.Proof.sameWay(r.Proof):
		return errors.New("proof: must be of the same place as that of the transaction")
	}
	if err := t.checkBlock(*r.next); err != nil {
		return fmt.Errorf("block: %w", err)
	}
	leaf, err := r.Result.leaf()
	if err != nil {
		return err
	}
	if err := r.Result.Proof.prove(leaf, r.next.LastResultsHash); err != nil {
		return fmt.Errorf("proof: the code is not in the next block: %w", err)
	}
	return nil
}

// sameWay reports whether both paths turn to the same sides.
func (p path) sameWay(other path) bool {
	if len(p) != len(other) {
		return false
	}
	for i := range p {
		if (len(p[i].Left) > 0) != (len(other[i].Left) > 0) {
			return false
		}
	}
	return true
}

func shareOf(set *types.ValidatorSet, c *types.Commit) Share {
	s := Share{Of: set.Size(), OfPower: set.TotalVotingPower()}
	for _, sig := range c.Signatures {
		if _, v := set.GetByAddress(sig.ValidatorAddress); v != nil && sig.BlockIDFlag == types.BlockIDFlagCommit {
			s.Validators++
			s.Power += v.VotingPower
		}
	}
	return s
}
