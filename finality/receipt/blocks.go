package receipt

import (
	"fmt"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	"github.com/cometbft/cometbft/types"
)

// lightBlock is the block in CometBFT's types. Validators are those of the block before when it names none. What it gives
// is well-formed and nothing more: check looks at the hashes and signatures.
func (b block) lightBlock(before *types.ValidatorSet) (types.LightBlock, error) {
	set := before
	if len(b.Validators) > 0 || before == nil {
		var err error
		if set, err = validatorSet(b.Validators); err != nil {
			return types.LightBlock{}, fmt.Errorf("validators: %w", err)
		}
	}
	head, err := b.Header.comet()
	if err != nil {
		return types.LightBlock{}, fmt.Errorf("header: %w", err)
	}
	signatures, err := b.Commit.comet(head.Height, set)
	if err != nil {
		return types.LightBlock{}, fmt.Errorf("commit: %w", err)
	}
	return types.LightBlock{SignedHeader: &types.SignedHeader{Header: head, Commit: signatures}, ValidatorSet: set}, nil
}

func validatorSet(list []validator) (*types.ValidatorSet, error) {
	if len(list) == 0 || len(list) > maxValidators {
		return nil, fmt.Errorf("must be 1 to %d, were %d", maxValidators, len(list))
	}
	seen := make(map[string]bool, len(list))
	set := make([]*types.Validator, len(list))
	for i, v := range list {
		if len(v.Key) != ed25519.PubKeySize || seen[string(v.Key)] || v.Power < 1 {
			return nil, fmt.Errorf("%d: must have a key of its own, of %d bytes, and a power above 0", i, ed25519.PubKeySize)
		}
		seen[string(v.Key)] = true
		set[i] = types.NewValidator(ed25519.PubKey(v.Key), v.Power)
	}
	return types.ValidatorSetFromExistingValidators(set) // in CometBFT's order
}

func (h header) comet() (*types.Header, error) {
	if err := checkTime(h.Time); err != nil {
		return nil, err
	}
	return &types.Header{
		Version: cmtversion.Consensus(h.Version), ChainID: h.ChainID, Height: h.Height, Time: h.Time, LastBlockID: h.LastBlock.comet(),
		LastCommitHash: []byte(h.LastCommitHash), DataHash: []byte(h.DataHash), ValidatorsHash: []byte(h.ValidatorsHash),
		NextValidatorsHash: []byte(h.NextValidatorsHash), ConsensusHash: []byte(h.ConsensusHash), AppHash: []byte(h.AppHash),
		LastResultsHash: []byte(h.LastResultsHash), EvidenceHash: []byte(h.EvidenceHash), ProposerAddress: []byte(h.Proposer),
	}, nil
}

func (b blockID) comet() types.BlockID {
	return types.BlockID{Hash: []byte(b.Hash), PartSetHeader: types.PartSetHeader{Total: b.Parts.Total, Hash: []byte(b.Parts.Hash)}}
}

func (c commit) comet(height int64, set *types.ValidatorSet) (*types.Commit, error) {
	if len(c.Signatures) != set.Size() {
		return nil, fmt.Errorf("signatures: must be %d, one per validator or null, were %d", set.Size(), len(c.Signatures))
	}
	out := &types.Commit{Height: height, Round: c.Round, BlockID: c.Block.comet(), Signatures: make([]types.CommitSig, len(c.Signatures))}
	if err := out.BlockID.ValidateBasic(); err != nil { // a commit's own ValidateBasic leaves this out, and signing bytes panic on it
		return nil, fmt.Errorf("block: %w", err)
	}
	for i, s := range c.Signatures {
		if s == nil {
			out.Signatures[i] = types.NewCommitSigAbsent()
			continue
		}
		if err := checkTime(s.Time); err != nil {
			return nil, fmt.Errorf("signatures: %d: %w", i, err)
		}
		out.Signatures[i] = types.CommitSig{
			BlockIDFlag: types.BlockIDFlagCommit, ValidatorAddress: set.Validators[i].Address, Timestamp: s.Time, Signature: s.Signature,
		}
	}
	return out, nil
}

// checkTime refuses what no block has and protobuf, which CometBFT signs, cannot say.
func checkTime(t time.Time) error {
	if t.Location() != time.UTC || t.Unix() <= 0 {
		return fmt.Errorf("time must be in UTC and after 1970, was %s", t.Format(time.RFC3339Nano))
	}
	return nil
}

// blockOf translates CometBFT's types. Precommits for no block are left out: they prove nothing about this one.
func blockOf(head *types.Header, c *types.Commit, set *types.ValidatorSet) block {
	b := block{Header: headerOf(head), Commit: commit{Round: c.Round, Block: blockIDOf(c.BlockID), Signatures: make([]*signature, len(c.Signatures))}}
	for i, s := range c.Signatures {
		if s.BlockIDFlag == types.BlockIDFlagCommit {
			b.Commit.Signatures[i] = &signature{Time: s.Timestamp.UTC(), Signature: s.Signature}
		}
	}
	for _, v := range set.Validators {
		b.Validators = append(b.Validators, validator{Key: v.PubKey.Bytes(), Power: v.VotingPower})
	}
	return b
}

func headerOf(h *types.Header) header {
	return header{
		Version: version(h.Version), ChainID: h.ChainID, Height: h.Height, Time: h.Time.UTC(), LastBlock: blockIDOf(h.LastBlockID),
		LastCommitHash: digest(h.LastCommitHash), DataHash: digest(h.DataHash), ValidatorsHash: digest(h.ValidatorsHash),
		NextValidatorsHash: digest(h.NextValidatorsHash), ConsensusHash: digest(h.ConsensusHash), AppHash: digest(h.AppHash),
		LastResultsHash: digest(h.LastResultsHash), EvidenceHash: digest(h.EvidenceHash), Proposer: digest(h.ProposerAddress),
	}
}

func blockIDOf(b types.BlockID) blockID {
	return blockID{Hash: digest(b.Hash), Parts: parts{Total: b.PartSetHeader.Total, Hash: digest(b.PartSetHeader.Hash)}}
}
