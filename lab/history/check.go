package history

import (
	"fmt"
	"slices"

	"blink/tx"
)

// MaxPerRule is how many violations of one rule are listed; one more says how many there were. One fault may break a rule
// for every transaction after it.
const MaxPerRule = 100

// Check returns what is wrong with the history, rule by rule and always in the same order; nothing: every rule holds.
func (h History) Check() []Violation {
	found, _ := h.Examine()
	return found
}

// Examine is Check, and says besides how much there was to check: rules hold of nothing, too.
func (h History) Examine() ([]Violation, Scope) {
	c := &checker{h: h, found: make(map[string][]Violation)}
	c.checkInput()
	c.index()
	c.checkHeights()
	c.checkAgreement()
	c.readTransactions()
	for _, v := range c.views() {
		c.checkTimes(v)
		c.checkTransactions(v)
		c.checkOnce(v)
		c.checkFinal(v)
		c.checkNever(v)
	}
	c.checkOrder()
	c.replay()
	return c.violations(), c.scope
}

// checker is one examination. The checks add to found and never stop at what they find.
type checker struct {
	h     History
	found map[string][]Violation // by rule
	extra map[string]int         // beyond MaxPerRule
	scope Scope

	chains []view // what each node says, as h.Chains
	all    view   // the blocks of all nodes together; where they differ, the first node's
	differ []bool // by chain: it says something else than all

	facts map[tx.ID]*fact
}

// report notes a violation.
func (c *checker) report(v Violation, format string, args ...any) {
	v.Text = fmt.Sprintf(format, args...)
	if len(c.found[v.Rule]) < MaxPerRule {
		c.found[v.Rule] = append(c.found[v.Rule], v)
		return
	}
	if c.extra == nil {
		c.extra = make(map[string]int)
	}
	c.extra[v.Rule]++
}

func (c *checker) violations() []Violation {
	var list []Violation
	for _, rule := range Rules() {
		list = slices.Concat(list, c.found[rule])
		if n := c.extra[rule]; n > 0 {
			list = append(list, Violation{Rule: rule, Text: fmt.Sprintf("and %d more", n)})
		}
	}
	return list
}

// Scope is how much was checked.
type Scope struct {
	Nodes       int   `json:"nodes"`
	First       int64 `json:"first"`        // height of the first block that a node holds
	Last        int64 `json:"last"`         // height of the last one
	FromGenesis bool  `json:"from_genesis"` // the blocks reach back to genesis, so that balances could be replayed
	Blocks      int   `json:"blocks"`       // different ones
	Txs         int   `json:"txs"`          // in them

	Submissions int `json:"submissions"`
	Final       int `json:"final"`   // told final
	Unheld      int `json:"unheld"`  // of those: in a block that no node holds any more, and so not checked
	Expired     int `json:"expired"` // told expired
	Outside     int `json:"outside"` // transactions in blocks from outside

	Accounts int   `json:"accounts"` // that occur
	Opaque   int   `json:"opaque"`   // of those: with stake, so that only their nonce is known
	StateAt  int64 `json:"state_at"` // last height at which a node's accounts were compared; 0: at none
}
