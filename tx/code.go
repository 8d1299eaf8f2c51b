package tx

import "fmt"

// Code says what became of a transaction. Receipts on chain hold the number, REST shows the name. The list is closed
// and only ever appended to: a number that changed its meaning would be a fork.
type Code uint32

// The codes. Those up to Unsupported come from the bytes alone (this package); the others need the state.
const (
	OK                     Code = 0  // executed
	Malformed              Code = 1  // not a transaction: bytes or JSON that cannot be read as the schema says
	NonCanonical           Code = 2  // readable, but not the one byte string that this transaction has
	TooLarge               Code = 3  // more than MaxTxBytes
	WrongChain             Code = 4  // made for another chain id
	BadSignature           Code = 5  // the witness does not prove the sender's consent
	InvalidField           Code = 6  // a field breaks a bound that holds in every state
	Unsupported            Code = 7  // a message or account kind that this version does not execute
	NonceTooLow            Code = 8  // already used
	NonceTooHigh           Code = 9  // beyond the window of future nonces
	FeeTooLow              Code = 10 // less than the minimum fee
	InsufficientBalance    Code = 11 // fee and amounts exceed the balance
	Expired                Code = 12 // block time has passed valid_until
	ValidUntilTooFar       Code = 13 // valid_until is more than MaxValidFor ahead of block time
	UnknownValidator       Code = 14 // no validator has this operator address
	ValidatorExists        Code = 15 // the sender already operates a validator
	ConsensusKeyInUse      Code = 16 // another validator has or had this consensus key
	InsufficientDelegation Code = 17 // less is delegated than was to be undelegated
	TooManyUnbondings      Code = 18 // the list of entries of this delegator and validator is full
	NotJailed              Code = 19 // nothing to unjail
	JailedTooEarly         Code = 20 // the jail time is not over
	Tombstoned             Code = 21 // jailed for ever after a double sign
	SelfBondTooLow         Code = 22 // less self bond than the chain or the validator itself demands
	LastValidator          Code = 23 // would leave the chain without a validator
	AmountOverflow         Code = 24 // amounts add up to more than 64 bits hold
	NotAValidator          Code = 25 // the sender operates no validator
	PowerLimit             Code = 26 // would lift the total voting power over what consensus can count
	CommissionChange       Code = 27 // the commission would rise too fast, too soon or above its maximum
	SelfRedelegation       Code = 28 // from a validator to the same one; comes from the bytes alone
	RedelegationChain      Code = 29 // stake that was redelegated here still answers for its source
	TooManyRedelegations   Code = 30 // the list of entries of this delegator and pair of validators is full
	UnknownUnbonding       Code = 31 // the sender has no such unbonding entry
	TooManyDelegations     Code = 32 // the sender has stake with too many validators
	UnknownProposal        Code = 33 // no proposal has this id
	VotingEnded            Code = 34 // the proposal is no longer voted on
	DepositTooLow          Code = 35 // less than a proposal must deposit
	TooManyProposals       Code = 36 // too many are voted on at present
	InvalidParams          Code = 37 // the parameters, together, would break a bound
	HeightPassed           Code = 38 // the height at which something is to happen is not ahead
)

var codeNames = [...]string{
	OK:                     "ok",
	Malformed:              "malformed",
	NonCanonical:           "non_canonical",
	TooLarge:               "too_large",
	WrongChain:             "wrong_chain",
	BadSignature:           "bad_signature",
	InvalidField:           "invalid_field",
	Unsupported:            "unsupported",
	NonceTooLow:            "nonce_too_low",
	NonceTooHigh:           "nonce_too_high",
	FeeTooLow:              "fee_too_low",
	InsufficientBalance:    "insufficient_balance",
	Expired:                "expired",
	ValidUntilTooFar:       "valid_until_too_far",
	UnknownValidator:       "unknown_validator",
	ValidatorExists:        "validator_exists",
	ConsensusKeyInUse:      "consensus_key_in_use",
	InsufficientDelegation: "insufficient_delegation",
	TooManyUnbondings:      "too_many_unbondings",
	NotJailed:              "not_jailed",
	JailedTooEarly:         "jailed_too_early",
	Tombstoned:             "tombstoned",
	SelfBondTooLow:         "self_bond_too_low",
	LastValidator:          "last_validator",
	AmountOverflow:         "amount_overflow",
	NotAValidator:          "not_a_validator",
	PowerLimit:             "power_limit",
	CommissionChange:       "commission_change",
	SelfRedelegation:       "self_redelegation",
	RedelegationChain:      "redelegation_chain",
	TooManyRedelegations:   "too_many_redelegations",
	UnknownUnbonding:       "unknown_unbonding",
	TooManyDelegations:     "too_many_delegations",
	UnknownProposal:        "unknown_proposal",
	VotingEnded:            "voting_ended",
	DepositTooLow:          "deposit_too_low",
	TooManyProposals:       "too_many_proposals",
	InvalidParams:          "invalid_params",
	HeightPassed:           "height_passed",
}

// Codes lists every code in ascending order.
func Codes() []Code {
	all := make([]Code, len(codeNames))
	for i := range all {
		all[i] = Code(i)
	}
	return all
}

// String is the stable name of the code, in snake_case.
func (c Code) String() string {
	if int64(c) < int64(len(codeNames)) {
		return codeNames[c]
	}
	return fmt.Sprintf("code_%d", uint32(c))
}

// ParseCode finds the code of a name.
func ParseCode(name string) (Code, error) {
	for i, n := range codeNames {
		if n == name {
			return Code(i), nil
		}
	}
	return 0, fmt.Errorf("code %q is unknown", name)
}

// MarshalText writes the name, so that JSON shows names rather than numbers.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseCode reads.
func (c *Code) UnmarshalText(text []byte) error {
	parsed, err := ParseCode(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}
