package history

// The rules, by their stable names. docs/history.md says of each what it would mean if it were broken.
const (
	RuleInput      = "input"       // the history itself makes sense
	RuleHeights    = "heights"     // a node has every block that it says it has
	RuleAgreement  = "agreement"   // all nodes say the same of a block
	RuleTime       = "time"        // block time only grows
	RuleCanonical  = "canonical"   // a transaction's bytes are its one canonical form
	RuleChainID    = "chain-id"    // a transaction was made for this chain
	RuleSignature  = "signature"   // its sender signed it
	RulePhantom    = "phantom"     // somebody known submitted it
	RuleValidUntil = "valid-until" // its block is not past its time
	RuleOnce       = "once"        // it is in the chain once
	RuleFinal      = "final"       // what was told final is where it was told to be
	RuleNever      = "never"       // what was told never to be in a chain is in none
	RuleOrder      = "order"       // what was final before another was submitted stands before it
	RuleNonce      = "nonce"       // an account's nonces are used one after the other
	RuleOverspend  = "overspend"   // nobody spends what is not there
	RuleCode       = "code"        // a transaction's code is the one that its balance, fee and time give it
	RuleState      = "state"       // the accounts that a node reports are those that the transactions give
	RuleSupply     = "supply"      // no money appears or disappears
)

// Rules lists the names of all rules, in the order in which violations are listed.
func Rules() []string {
	return []string{RuleInput, RuleHeights, RuleAgreement, RuleTime, RuleCanonical, RuleChainID, RuleSignature, RulePhantom,
		RuleValidUntil, RuleOnce, RuleFinal, RuleNever, RuleOrder, RuleNonce, RuleOverspend, RuleCode, RuleState, RuleSupply}
}
