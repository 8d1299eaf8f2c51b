package history

import (
	"slices"

	"blink/crypto"
	"blink/tx"
)

// checkInput finds what no network can have done wrong, only whoever wrote the history.
func (c *checker) checkInput() {
	c.scope.Nodes, c.scope.Submissions = len(c.h.Chains), len(c.h.Submissions)
	bad := func(v Violation, format string, args ...any) { v.Rule = RuleInput; c.report(v, format, args...) }
	if len(c.h.Chains) == 0 {
		bad(Violation{}, "there must be a chain of at least one node")
	}
	seen := make(map[tx.ID]bool, len(c.h.Submissions))
	for i, s := range c.h.Submissions {
		at := Violation{Node: s.Node, Height: s.Height, Tx: s.ID.String()}
		if seen[s.ID] {
			bad(at, "submission %d: its transaction is submitted above: each must be listed once, with its first attempt", i)
		}
		seen[s.ID] = true
		if problem := s.problem(); problem != "" {
			bad(at, "submission %d: %s", i, problem)
		}
	}
	names := make(map[string]bool)
	for i, chain := range c.h.Chains {
		at := Violation{Node: chain.Node, Height: chain.StateAt}
		if chain.Node == "" || names[chain.Node] {
			bad(at, "chain %d: its node must have a name of its own, was %q", i, chain.Node)
		}
		names[chain.Node] = true
		if chain.StateAt != 0 && (chain.StateAt < chain.First || chain.StateAt > chain.Last) {
			bad(at, "the height of its accounts must be that of one of its blocks, %d to %d, or 0", chain.First, chain.Last)
		}
		if chain.StateAt == 0 && (len(chain.Accounts) > 0 || chain.Supply != nil) {
			bad(at, "the height of its accounts must be given")
		}
		known := make(map[crypto.Address]bool, len(chain.Accounts))
		for _, a := range chain.Accounts {
			if known[a.Address] {
				bad(at, "account %s must be listed once", a.Address)
			}
			known[a.Address] = true
		}
	}
}

// problem says what is wrong with a submission by itself; empty: nothing.
func (s Submission) problem() string {
	switch {
	case !slices.Contains([]string{Final, Rejected, Expired, Unknown}, s.Status):
		return "status must be final, rejected, expired or unknown, was \"" + s.Status + "\""
	case s.Status == Final && s.Height <= 0:
		return "what was told final must have the height that was told"
	case s.Height > 0 && s.Status != Final && s.Status != Rejected:
		return "what was told " + s.Status + " must have no height"
	case s.Answered < s.Submitted:
		return "must not be answered before it is submitted"
	case len(s.Raw) > 0 && tx.IDOf(s.Raw) != s.ID:
		return "the bytes must be those of its id"
	}
	return ""
}
