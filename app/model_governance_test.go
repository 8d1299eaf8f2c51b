package app

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"blink/crypto"
	"blink/tx"
)

// modelProposal has the votes alone: what they weigh is counted once, at the end, from the delegations of that moment.
type modelProposal struct {
	id        uint64
	submitter crypto.Address
	deposit   *big.Int
	content   tx.ProposalContent
	end       time.Time
	status    string
	votes     map[crypto.Address]tx.VoteOption
	votesFor  [5]*big.Int // at the end, by option
	active    *big.Int    // at the end, all stake that could have voted
	at        int64       // height from which on it takes effect, once it has passed
}

const modelVoting, modelPassed = "voting", "passed"

func (m *model) submit(sender crypto.Address, x tx.SubmitProposal) tx.Code {
	if x.Deposit < m.params.MinDeposit {
		return tx.DepositTooLow
	}
	voting := 0
	for _, p := range m.proposals {
		if p.status == modelVoting {
			voting++
		}
	}
	if voting >= 32 {
		return tx.TooManyProposals
	}
	switch c := x.Content.(type) {
	case tx.ParamsProposal:
		if c.Height != 0 && c.Height <= m.height {
			return tx.HeightPassed
		}
		if !m.change(c, false) {
			return tx.InvalidParams
		}
	case tx.UpgradeProposal:
		if c.Height <= m.height {
			return tx.HeightPassed
		}
		if c.AppVersion <= m.version {
			return tx.InvalidField
		}
	}
	if !m.spend(sender, n(uint64(x.Deposit))) {
		return tx.InsufficientBalance
	}
	m.deposits = plus(m.deposits, n(uint64(x.Deposit)))
	m.proposals = append(m.proposals, &modelProposal{
		id: uint64(len(m.proposals) + 1), submitter: sender, deposit: n(uint64(x.Deposit)), content: x.Content,
		end: m.time.Add(time.Duration(m.params.VotingSeconds) * time.Second), status: modelVoting,
		votes: map[crypto.Address]tx.VoteOption{},
	})
	return tx.OK
}

func (m *model) vote(sender crypto.Address, x tx.Vote) tx.Code {
	if x.Proposal == 0 || x.Proposal > uint64(len(m.proposals)) {
		return tx.UnknownProposal
	}
	p := m.proposals[x.Proposal-1]
	if p.status != modelVoting {
		return tx.VotingEnded
	}
	p.votes[sender] = x.Option
	return tx.OK
}

// change says whether today's parameters may be changed so, and changes them if really is set.
func (m *model) change(c tx.ParamsProposal, really bool) bool {
	params := m.params
	for _, x := range c.Changes {
		var err error
		if params, err = params.With(x.Name, x.Value); err != nil {
			return false
		}
	}
	if params.Validate() != nil {
		return false
	}
	if really {
		m.params = params
	}
	return true
}

// endVoting tallies what has been voted on for long enough.
func (m *model) endVoting() {
	for _, p := range m.proposals {
		if p.status != modelVoting || p.end.After(m.time) {
			continue
		}
		p.status = m.outcome(p)
		m.rare["proposal "+p.status]++
		m.deposits = minus(m.deposits, p.deposit)
		if p.status == "vetoed" || p.status == "no_quorum" {
			m.burned = plus(m.burned, p.deposit)
		} else {
			m.credit(p.submitter, p.deposit)
		}
		if p.status != modelPassed {
			continue
		}
		switch c := p.content.(type) {
		case tx.ParamsProposal:
			p.at = max(c.Height, m.height+1)
		case tx.UpgradeProposal:
			if p.at = c.Height; c.Height <= m.height {
				p.at, p.status = 0, "failed"
			}
		}
	}
}

// tally weighs the votes: each delegation by its holder's, what is left of a validator by its operator's.
func (m *model) tally(p *modelProposal) (votes [5]*big.Int, active *big.Int) {
	votes, active = [5]*big.Int{zero, zero, zero, zero, zero}, zero
	for op := range m.told {
		v := m.validators[op]
		if v.status != Active {
			continue
		}
		active = plus(active, v.tokens)
		rest := v.tokens
		for option := tx.VoteYes; option <= tx.VoteVeto; option++ {
			own := v.value(v.voting(p, option))
			votes[option] = plus(votes[option], own)
			rest = minus(rest, own)
		}
		if option, voted := p.votes[op]; voted {
			votes[option] = plus(votes[option], rest)
		}
	}
	return votes, active
}

// voting is how many of a validator's shares are held by those who voted for an option.
func (v *modelValidator) voting(p *modelProposal, option tx.VoteOption) *big.Int {
	shares := zero
	for delegator, held := range v.shares {
		if p.votes[delegator] == option {
			shares = plus(shares, held)
		}
	}
	return shares
}

func (m *model) outcome(p *modelProposal) string {
	votes, active := m.tally(p)
	p.votesFor, p.active = votes, active
	yes, no, veto := votes[tx.VoteYes], votes[tx.VoteNo], votes[tx.VoteVeto]
	decided := plus(yes, plus(no, veto))
	cast := plus(decided, votes[tx.VoteAbstain])
	exceeds := func(a *big.Int, rate uint32, b *big.Int) bool { // a/b > rate/10000
		return new(big.Int).Mul(a, n(10_000)).Cmp(new(big.Int).Mul(n(uint64(rate)), b)) > 0
	}
	switch {
	case new(big.Int).Mul(cast, n(10_000)).Cmp(new(big.Int).Mul(n(uint64(m.params.Quorum)), active)) < 0:
		return "no_quorum"
	case exceeds(veto, m.params.VetoThreshold, cast):
		return "vetoed"
	case exceeds(yes, m.params.Threshold, decided):
		return modelPassed
	}
	return "rejected"
}

// duePlans are the proposals that take effect in this block.
func (m *model) duePlans() []*modelProposal {
	var due []*modelProposal
	for _, p := range m.proposals {
		if p.status == modelPassed && p.at > 0 && p.at <= m.height {
			due = append(due, p)
		}
	}
	slices.SortStableFunc(due, func(a, b *modelProposal) int { return cmp.Compare(a.at, b.at) })
	return due
}

func (m *model) applyPlans() {
	for _, p := range m.duePlans() {
		m.carryOut(p)
		m.rare["plan "+p.status]++
	}
}

func (m *model) carryOut(p *modelProposal) {
	p.status = "executed"
	switch c := p.content.(type) {
	case tx.ParamsProposal:
		if !m.change(c, true) {
			p.status = "failed"
		}
	case tx.UpgradeProposal:
		if c.AppVersion <= m.version { // another one came first
			p.status = "failed"
		} else {
			m.version = c.AppVersion
		}
	}
}
