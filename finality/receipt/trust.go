package receipt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	cmtmath "github.com/cometbft/cometbft/libs/math"
	"github.com/cometbft/cometbft/types"

	"blink/coin"
	"blink/genesis"
)

// ErrUntrusted: the receipt is sound in itself, but those who signed it are not known well enough to believe it.
var ErrUntrusted = errors.New("too little of the trusted voting power has signed")

// enough is the part of the trusted power of which more must have signed a block of other validators: the least that
// cannot all be faulty as long as fewer than a third are. It is the default of CometBFT's light client.
var enough = cmtmath.Fraction{Numerator: 1, Denominator: 3}

// Trust is whom a verifier believes: the validators of one block of one chain.
type Trust struct {
	chainID    string
	first      int64     // height of the chain's first block
	height     int64     // of the block that the validators are of; 0: of genesis
	time       time.Time // of genesis
	period     time.Duration
	validators *types.ValidatorSet
}

// FromGenesis trusts the validators that a genesis document names.
func FromGenesis(doc genesis.Document) (Trust, error) {
	set, err := validatorSet(firstValidators(doc))
	if err != nil {
		return Trust{}, fmt.Errorf("genesis: validators: %w", err)
	}
	return Trust{
		chainID: doc.ChainID, first: doc.FirstHeight(), time: doc.GenesisTime, validators: set,
		period: time.Duration(doc.Params.UnbondingSeconds) * time.Second,
	}, nil
}

// firstValidators is the set that the first block has: that of the state which the chain goes on from, or else the
// validators with the most power. It is the rule of package app, with which a test compares it.
func firstValidators(doc genesis.Document) (set []validator) {
	if doc.State != nil {
		for _, v := range doc.State.Validators {
			if v.Power > 0 {
				set = append(set, validator{v.ConsensusKey, v.Power})
			}
		}
		return set
	}
	ranked := slices.SortedFunc(slices.Values(doc.Validators), func(a, b genesis.Validator) int {
		return cmp.Or(cmp.Compare(b.SelfBond/coin.Blink, a.SelfBond/coin.Blink), bytes.Compare(a.Operator[:], b.Operator[:]))
	})
	for _, v := range ranked[:min(len(ranked), int(doc.Params.MaxValidators))] {
		set = append(set, validator{v.ConsensusKey, int64(v.SelfBond / coin.Blink)})
	}
	return set
}

// Through trusts the validators of a receipt's block, if the receipt can be verified: a step to blocks that come too long
// after those that t trusts. The receipt must be of a later block than t. Such a trust is no younger: it is as good as the
// one it grew from.
func (t Trust) Through(raw []byte) (Trust, error) {
	facts, err := t.Verify(raw)
	if err != nil {
		return Trust{}, err
	}
	if facts.Height <= t.height {
		return Trust{}, fmt.Errorf("receipt: its block must be later than %d, which is trusted already, was %d", t.height, facts.Height)
	}
	r, err := parse(raw)
	if err != nil {
		return Trust{}, err
	}
	t.height, t.validators = facts.Height, r.first.ValidatorSet
	return t, nil
}

// vouch says whether the trusted validators stand for a block that its own validators have signed: they are the same, or
// enough of them have signed, too.
func (t Trust) vouch(b types.LightBlock) error {
	if bytes.Equal(b.ValidatorsHash, t.validators.Hash()) {
		return nil
	}
	err := t.validators.VerifyCommitLightTrusting(t.chainID, b.Commit, enough)
	var few types.ErrNotEnoughVotingPowerSigned
	if errors.As(err, &few) {
		return fmt.Errorf("%w: block %d must be signed by more than %d of the power %d that validators had %s, was by %d",
			ErrUntrusted, b.Height, few.Needed, t.validators.TotalVotingPower(), t.since(), few.Got)
	}
	return err
}

// since names the block whose validators are trusted.
func (t Trust) since() string {
	if t.height == 0 {
		return "at genesis"
	}
	return fmt.Sprintf("at block %d", t.height)
}
