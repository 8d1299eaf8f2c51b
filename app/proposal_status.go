package app

import "fmt"

// ProposalStatus is where a proposal stands.
type ProposalStatus uint8

// The states of a proposal. A text ends as Passed; parameters and upgrades wait there for their height.
const (
	Voting   ProposalStatus = 0
	Passed   ProposalStatus = 1
	Rejected ProposalStatus = 2
	Vetoed   ProposalStatus = 3 // its deposit is burned
	NoQuorum ProposalStatus = 4 // too few voted: its deposit is burned
	Executed ProposalStatus = 5
	Failed   ProposalStatus = 6 // passed, but could not be carried out: FailReason
)

var proposalStatusNames = [...]string{
	Voting: "voting", Passed: "passed", Rejected: "rejected", Vetoed: "vetoed", NoQuorum: "no_quorum", Executed: "executed", Failed: "failed",
}

// String is the stable name, in lower case.
func (s ProposalStatus) String() string {
	if int(s) < len(proposalStatusNames) {
		return proposalStatusNames[s]
	}
	return fmt.Sprintf("proposal_status_%d", uint8(s))
}

// ParseProposalStatus finds the status of a name.
func ParseProposalStatus(name string) (ProposalStatus, error) {
	for s, n := range proposalStatusNames {
		if n == name {
			return ProposalStatus(s), nil
		}
	}
	return 0, fmt.Errorf("proposal status must be voting, passed, rejected, vetoed, no_quorum, executed or failed, was %q", name)
}

// MarshalText writes the name.
func (s ProposalStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// FailReason says why a proposal that passed could not be carried out.
type FailReason uint8

// The reasons.
const (
	NoFailure      FailReason = 0
	ParamsInvalid  FailReason = 1 // with what had changed meanwhile, the parameters would have broken a bound
	UpgradeTooLate FailReason = 2 // the height of the upgrade had come before the voting ended
	VersionPassed  FailReason = 3 // the chain had this version, or a later one, already
)

var failReasonNames = [...]string{
	NoFailure: "", ParamsInvalid: "params_invalid", UpgradeTooLate: "upgrade_too_late", VersionPassed: "version_passed",
}

// String is the stable name, in lower case; empty for NoFailure.
func (f FailReason) String() string {
	if int(f) < len(failReasonNames) {
		return failReasonNames[f]
	}
	return fmt.Sprintf("fail_reason_%d", uint8(f))
}

// MarshalText writes the name.
func (f FailReason) MarshalText() ([]byte, error) { return []byte(f.String()), nil }
