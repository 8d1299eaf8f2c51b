package history

import (
	"slices"
	"strings"

	"blink/tx"
)

// checkFinal: what a client was told to be final is in the chain, where it was told and with the code that it was told.
// A chain that does not have that block yet, or no longer, says nothing; but some node must reach it, or what was told
// final is lost.
func (c *checker) checkFinal(v view) {
	for _, s := range c.h.Submissions {
		if !s.toldFinal() {
			continue
		}
		at := Violation{Rule: RuleFinal, Node: v.node, Height: s.Height, Tx: s.ID.String()}
		together := v.node == ""
		if together {
			c.scope.Final++
		}
		switch found := v.places[s.ID]; {
		case s.Height < v.first() && found == nil:
			if together {
				c.scope.Unheld++
			}
		case s.Height > v.last() && found == nil:
			if together {
				c.report(at, "%s told that it is final at %d, but the chains end with block %d", s.Node, s.Index, v.last())
			}
		case found == nil:
			c.report(at, "%s told that it is final at %d of this block, but it is in no block", s.Node, s.Index)
		case !slices.Contains(found, place{s.Height, s.Index}):
			c.report(at, "%s told that it is final at %d of this block, but it is at %d of block %d", s.Node, s.Index, found[0].index, found[0].height)
		default:
			if code := v.at[s.Height].Txs[s.Index].Code; code != s.Code && code != "" && s.Code != "" {
				c.report(at, "%s told the code %s, the chain says %s", s.Node, s.Code, code)
			}
		}
	}
}

// checkNever: what a client was told can never be in a block is in none. That is certain in two cases only: it has
// expired, or its bytes are refused by every node for ever. Any other refusal is one node's word on its own mempool;
// another node may have taken the same bytes.
func (c *checker) checkNever(v view) {
	for _, s := range c.h.Submissions {
		if s.Status == Expired && v.node == "" {
			c.scope.Expired++
		}
		if !s.toldNever() {
			continue
		}
		for _, p := range v.places[s.ID] {
			c.report(Violation{Rule: RuleNever, Node: v.node, Height: p.height, Tx: s.ID.String()},
				"%s told %s, which is for ever, but it is at %d of this block", s.Node, strings.TrimSpace(s.Status+" "+s.Code), p.index)
		}
	}
}

// toldNever: a node has said something that means that the transaction is in no chain, ever.
func (s Submission) toldNever() bool {
	if s.Status == Expired {
		return true
	}
	code, err := tx.ParseCode(s.Code)
	return err == nil && s.Status == Rejected && !s.toldFinal() && stateless(code)
}

// stateless: the code follows from the bytes and the chain id alone, whatever the state; not so TooLarge, which a
// parameter may mean.
func stateless(c tx.Code) bool {
	switch c {
	case tx.Malformed, tx.NonCanonical, tx.WrongChain, tx.BadSignature, tx.InvalidField, tx.SelfRedelegation:
		return true
	}
	return false
}
