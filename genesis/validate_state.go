package genesis

import (
	"fmt"
	"slices"
	"time"

	"blink/crypto"
	"blink/tx"
)

// What the words of a state may be.
var (
	validatorStatuses = []string{"inactive", "active", "jailed", "tombstoned"}
	slashTypes        = []string{"downtime", "duplicate_vote", "light_client_attack"}
)

// maxMissed bounds the misses of one validator: the largest window, and what is kept of the one before.
const maxMissed = 1_000_000 + 2048

// stateCheck collects what is wrong with a state, field by field. That the parts add up is for package app to say.
type stateCheck struct {
	problems
	State
	last       int64                  // height that the state is of
	now        time.Time              // of the new chain's genesis
	validators map[crypto.Address]int // index by operator
	seen       map[string]string      // where a key of any list came first
}

func (d Document) checkState(p *problems) {
	c := stateCheck{State: *d.State, last: d.FirstHeight() - 1, now: d.GenesisTime,
		validators: make(map[crypto.Address]int), seen: make(map[string]string)}
	if len(d.Accounts) > 0 || len(d.Validators) > 0 {
		c.add("accounts", "and validators must be empty when there is a state, which has its own")
	}
	if d.InitialHeight < 2 {
		c.add("initial_height", "must be the height after that of the state, was %d", d.FirstHeight())
	}
	c.chain()
	c.accounts()
	c.checkValidators()
	c.delegations()
	c.unbondings()
	c.redelegations()
	c.proposals()
	*p = append(*p, c.problems...)
}

func (c *stateCheck) chain() {
	within(&c.problems, "state.app_version", c.AppVersion, 1, 1<<32)
	within(&c.problems, "state.busy_blocks", c.BusyBlocks, 0, uint64(max(c.last, 0)))
	if c.Burned > c.Issued {
		c.add("state.burned", "must be at most issued (%s), was %s", c.Issued, c.Burned)
	}
	c.time("state.rewards.paid_until", c.Rewards.PaidUntil)
	within(&c.problems, "state.rewards.remainder", c.Rewards.Remainder, 0, uint64(365*24*time.Hour)-1)
}

func (c *stateCheck) accounts() {
	for i, a := range c.Accounts {
		field := fmt.Sprintf("state.accounts[%d]", i)
		checkAddress(&c.problems, field+".address", a.Address)
		c.unique(field+".address", "account", a.Address.String())
		if a.Balance == 0 && a.Nonce == 0 {
			c.add(field, "must have a balance or a nonce")
		}
		if a.WithdrawAddress != nil {
			checkAddress(&c.problems, field+".withdraw_address", *a.WithdrawAddress)
			if *a.WithdrawAddress == a.Address {
				c.add(field+".withdraw_address", "must be left out when it is the account itself")
			}
		}
	}
}

func (c *stateCheck) checkValidators() {
	members := 0
	for i, v := range c.Validators {
		field := fmt.Sprintf("state.validators[%d]", i)
		checkAddress(&c.problems, field+".operator", v.Operator)
		c.unique(field+".operator", "validator", v.Operator.String())
		c.validators[v.Operator] = i
		c.check(field+".consensus_", tx.ConsensusKey{Type: tx.Ed25519, Key: v.ConsensusKey}.Validate())
		c.unique(field+".consensus_key", "consensus key", fmt.Sprintf("%x", v.ConsensusKey))
		c.word(field+".status", v.Status, validatorStatuses)
		if !v.JailedUntil.IsZero() {
			c.since1970(field+".jailed_until", v.JailedUntil)
			if v.Status != "jailed" {
				c.add(field+".jailed_until", "must be left out unless status is jailed")
			}
		}
		if (v.Power > 0) != (v.Status == "active") || v.Power < 0 {
			c.add(field+".power", "must be above 0 if and only if status is active, was %d", v.Power)
		}
		if v.Power > 0 {
			members++
		}
		if v.Shares < uint64(v.Tokens) {
			c.add(field+".shares", "must be at least tokens (%s), was %d", v.Tokens, v.Shares)
		}
		c.check(field+".", tx.CheckMoniker(v.Moniker))
		c.check(field+".", tx.CheckDetails(v.Details))
		c.check(field+".commission.", v.Commission.Validate())
		if !v.RateChanged.IsZero() {
			c.time(field+".rate_changed", v.RateChanged)
		}
		c.atMost(field+".settled", v.Settled, "rewards.per_power", c.Rewards.PerPower)
		c.misses(field+".misses", v.Misses)
		c.slashes(field, v)
	}
	if members == 0 {
		c.add("state.validators", "must have at least one that is active")
	}
}

func (c *stateCheck) misses(field string, m *MissesState) {
	if m == nil {
		return
	}
	within(&c.problems, field+".since", m.Since, 0, c.BusyBlocks)
	var after, missed uint64
	for i, run := range m.Runs {
		run := Blocks{run.From, run.To}
		if run.From < after || run.To < run.From || run.To > c.BusyBlocks || run.To-run.From >= maxMissed {
			c.add(fmt.Sprintf("%s.runs[%d]", field, i), "must be busy blocks from %d to %d, at most %d of them, was %d to %d", after, c.BusyBlocks, maxMissed, run.From, run.To)
			return
		}
		after = run.To + 2 // with no gap it would be one run
		missed += run.To - run.From + 1
	}
	if missed == 0 || missed > maxMissed {
		c.add(field+".runs", "must be 1 to %d busy blocks, was %d", maxMissed, missed)
	}
}

func (c *stateCheck) slashes(field string, v ValidatorState) {
	for i, s := range v.Slashes {
		field := fmt.Sprintf("%s.slashes[%d]", field, i)
		c.word(field+".type", s.Type, slashTypes)
		within(&c.problems, field+".infraction", s.Infraction, 0, c.last)
		within(&c.problems, field+".height", s.Height, 1, c.last)
		c.time(field+".time", s.Time)
		c.unique(field, "slash", fmt.Sprint(v.Operator, " ", s.Infraction, " ", s.Type))
	}
}

func (c *stateCheck) delegations() {
	for i, d := range c.Delegations {
		field := fmt.Sprintf("state.delegations[%d]", i)
		checkAddress(&c.problems, field+".delegator", d.Delegator)
		c.unique(field, "delegation", d.Delegator.String()+d.Validator.String())
		if d.Shares == 0 {
			c.add(field+".shares", "must be greater than 0, was 0")
		}
		if v, known := c.known(field+".validator", d.Validator); known {
			c.atMost(field+".settled", d.Settled, "per_share of its validator", v.PerShare)
		}
	}
}

func (c *stateCheck) unbondings() {
	for i, u := range c.Unbondings {
		field := fmt.Sprintf("state.unbondings[%d]", i)
		checkAddress(&c.problems, field+".delegator", u.Delegator)
		c.known(field+".validator", u.Validator)
		c.unique(field, "unbonding", fmt.Sprint(u.Validator, u.Delegator, u.CreatedHeight))
		c.entry(field, u.CreatedHeight, u.CompletionTime, u.CompletionHeight)
	}
}

func (c *stateCheck) redelegations() {
	for i, r := range c.Redelegations {
		field := fmt.Sprintf("state.redelegations[%d]", i)
		checkAddress(&c.problems, field+".delegator", r.Delegator)
		c.known(field+".from", r.From)
		c.known(field+".to", r.To)
		if r.From == r.To {
			c.add(field+".to", "must not be from, was %s", r.To)
		}
		c.unique(field, "redelegation", fmt.Sprint(r.From, r.Delegator, r.To, r.CreatedHeight))
		c.entry(field, r.CreatedHeight, r.CompletionTime, r.CompletionHeight)
	}
}

// entry checks when stake left and when it is free.
func (c *stateCheck) entry(field string, created int64, at time.Time, height int64) {
	within(&c.problems, field+".created_height", created, 1, c.last)
	within(&c.problems, field+".completion_height", height, created+1, MaxInitialHeight)
	c.since1970(field+".completion_time", at)
}

// known finds the validator that a record names.
func (c *stateCheck) known(field string, op crypto.Address) (ValidatorState, bool) {
	i, known := c.validators[op]
	if !known {
		c.add(field, "must be one of state.validators, was %s", op)
		return ValidatorState{}, false
	}
	return c.Validators[i], true
}

// unique refuses the second of two things of a kind with one key.
func (c *stateCheck) unique(field, kind, key string) {
	id := kind + " " + key
	if first, twice := c.seen[id]; twice {
		c.add(field, "must be unique, but is the same as %s", first)
		return
	}
	c.seen[id] = field
}

func (c *stateCheck) word(field, is string, allowed []string) {
	if !slices.Contains(allowed, is) {
		c.add(field, "must be one of %q, was %q", allowed, is)
	}
}

func (c *stateCheck) atMost(field string, is Fixed, what string, most Fixed) {
	if most.Less(is) {
		c.add(field, "must be at most %s (%s), was %s", what, most, is)
	}
}

// since1970 refuses times that unix nanoseconds cannot count (they end in the year 2262).
func (c *stateCheck) since1970(field string, t time.Time) {
	if t.Location() != time.UTC || t.Unix() <= 0 || t.Unix() > 9_000_000_000 {
		c.add(field, "must be in UTC, after 1970 and before 2255, was %s", t.Format(time.RFC3339Nano))
	}
}

// time checks a moment of the old chain.
func (c *stateCheck) time(field string, t time.Time) {
	c.since1970(field, t)
	if t.After(c.now) {
		c.add(field, "must not be after genesis_time (%s), was %s", c.now.Format(time.RFC3339Nano), t.Format(time.RFC3339Nano))
	}
}
