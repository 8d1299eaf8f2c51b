package app

import (
	"strings"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// commission reads RATE:MAX:DAILY in basis points; nothing is none.
func (p *play) commission(s string) tx.Commission {
	if s == "" {
		return tx.Commission{}
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		p.t.Fatalf("a commission is RATE:MAX:DAILY, was %q", s)
	}
	return tx.Commission{Rate: uint32(p.number(parts[0])), MaxRate: uint32(p.number(parts[1])), MaxDailyChange: uint32(p.number(parts[2]))}
}

// amountOrAll reads AMOUNT|all.
func (p *play) amountOrAll(s string) (amount coin.Amount, all bool) {
	if s == "all" {
		return 0, true
	}
	return p.amount(s), false
}

// stakingMsg reads the messages about stake; nil: it is none of them.
func (p *play) stakingMsg(w []string) tx.Msg {
	switch w[0] {
	case "redelegate":
		m := tx.Redelegate{From: p.person(w[1]).address, To: p.person(w[2]).address}
		m.Amount, m.All = p.amountOrAll(w[3])
		return m
	case "cancel":
		m := tx.CancelUnbonding{Validator: p.person(w[1]).address, CreatedHeight: p.number(w[2])}
		m.Amount, m.All = p.amountOrAll(w[3])
		return m
	case "edit":
		return p.editValidator(w[1:])
	case "withdraw":
		if w[1] == "all" {
			return tx.WithdrawRewards{All: true}
		}
		return tx.WithdrawRewards{Validator: p.person(w[1]).address}
	case "withdraw_to":
		return tx.SetWithdrawAddress{Address: p.person(w[1]).address}
	}
	return nil
}

func (p *play) editValidator(options []string) tx.Msg {
	var m tx.EditValidator
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "moniker":
			m.Moniker = value
		case "details":
			m.Details = &value
		case "rate":
			rate := uint32(p.number(value))
			m.CommissionRate = &rate
		case "min":
			m.MinSelfBond = p.amount(value)
		default:
			p.t.Fatalf("unknown option %q", option)
		}
	}
	return m
}

// stakingEvent says an event about stake; false: it is none of them.
func (p *play) stakingEvent(e Event) bool {
	switch e.Type {
	case EventRedelegate:
		p.say("redelegate %s %s %s %s until %s", p.name(e.Account), p.name(e.Validator), p.name(e.To), blinks(e.Amount), p.since(e.Time))
	case EventCancelUnbonding:
		p.say("cancel_unbonding %s %s %s of height %d", p.name(e.Account), p.name(e.Validator), blinks(e.Amount), e.Height)
	case EventSlashRedelegated:
		p.say("slash_redelegated %s at %s %s for %s", p.name(e.Account), p.name(e.To), blinks(e.Amount), p.name(e.Validator))
	case EventSetWithdrawAddress:
		p.say("set_withdraw_address %s %s", p.name(e.Account), p.name(e.To))
	default:
		return false
	}
	return true
}

// showStaking answers the commands about stake; false: it is none of them.
func (p *play) showStaking(what string, args []string) bool {
	r := p.chain.state()
	operator := func() crypto.Address { return p.person(args[0]).address }
	switch what {
	case "rewards":
		var now time.Time
		if len(args) > 1 {
			now = p.chain.time.Add(p.duration(args[1]))
		}
		for _, x := range RewardsOf(r, operator(), now) {
			p.say("%s %s commission %s", p.name(x.Validator), blinks(x.Amount), blinks(x.Commission))
		}
	case "redelegations":
		for _, x := range Redelegations(r, operator()) {
			p.say("%s to %s %s since height %d, until %s and height %d", p.name(x.From), p.name(x.To), blinks(x.Amount), x.CreatedHeight, p.since(x.CompletionTime), x.CompletionHeight)
		}
	case "withdraw_address":
		p.say("%s", p.name(WithdrawAddressOf(r, operator())))
	case "commissions":
		for _, v := range Validators(r) {
			p.say("%s %q %q rate %d since %s purse %s min self bond %s", p.name(v.Operator), v.Moniker, v.Details, v.Commission.Rate, p.since(v.CommissionSince), blinks(v.CommissionPurse), blinks(v.MinSelfBond))
		}
	case "delegators":
		for _, d := range DelegationsTo(r, operator(), crypto.Address{}, 100) {
			p.say("%s %s shares %d", p.name(d.Delegator), blinks(d.Amount), d.Shares)
		}
	case "departing":
		for _, u := range UnbondingsFrom(r, operator(), crypto.Address{}, 100) {
			p.say("%s %s since height %d", p.name(u.Delegator), blinks(u.Amount), u.CreatedHeight)
		}
	case "uptime":
		u := UptimeOf(r, operator())
		p.say("missed %d of %d, at most %d may be", u.Missed, u.Window, u.MaxMissed)
	default:
		return false
	}
	return true
}

func (p *play) rewardEvent(e Event) {
	to := ""
	if e.To != e.Account {
		to = " to " + p.name(e.To)
	}
	p.say("%s %s from %s %s%s", e.Type, p.name(e.Account), p.name(e.Validator), blinks(e.Amount), to)
}
