package tx

import "fmt"

// VoteOption is what a vote says. The numbers are in transactions and state, the names in JSON.
type VoteOption uint8

// The options.
const (
	VoteYes     VoteOption = 1
	VoteNo      VoteOption = 2
	VoteAbstain VoteOption = 3 // counts for the quorum only
	VoteVeto    VoteOption = 4 // a no that, with enough others, burns the deposit
)

var voteOptionNames = [...]string{VoteYes: "yes", VoteNo: "no", VoteAbstain: "abstain", VoteVeto: "veto"}

// String is the stable name of the option.
func (o VoteOption) String() string {
	if o.check() == nil {
		return voteOptionNames[o]
	}
	return fmt.Sprintf("option_%d", uint8(o))
}

// ParseVoteOption finds the option of a name.
func ParseVoteOption(name string) (VoteOption, error) {
	for o := VoteYes; o <= VoteVeto; o++ {
		if voteOptionNames[o] == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("vote option must be yes, no, abstain or veto, was %q", name)
}

// MarshalText writes the name.
func (o VoteOption) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what ParseVoteOption reads.
func (o *VoteOption) UnmarshalText(text []byte) error {
	parsed, err := ParseVoteOption(string(text))
	if err != nil {
		return err
	}
	*o = parsed
	return nil
}

func (o VoteOption) check() *Refusal {
	if o < VoteYes || o > VoteVeto {
		return refuse(InvalidField, "option", "must be 1 (yes), 2 (no), 3 (abstain) or 4 (veto), was %d", uint8(o))
	}
	return nil
}

func (r *wireReader) voteOption(name string) VoteOption {
	v := r.uint64(name)
	if v > uint64(VoteVeto) { // here already: the type could not hold every number
		r.fail(InvalidField, name, "must be 1 (yes), 2 (no), 3 (abstain) or 4 (veto), was %d", v)
		return 0
	}
	return VoteOption(v)
}

func (r *jsonReader) voteOption(name string) VoteOption {
	s := r.string(name)
	if r.failed() {
		return 0
	}
	o, err := ParseVoteOption(s)
	if err != nil {
		r.refuse(refuse(InvalidField, name, "must be yes, no, abstain or veto, was %.40q", s))
	}
	return o
}
