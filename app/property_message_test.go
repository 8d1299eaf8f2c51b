package app

import (
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// input is a transaction: most can be executed, some have a flaw, some are replays, some were signed by someone else.
func (w *twins) input(next map[crypto.Address]uint64, now time.Time) Input {
	who := w.anyone()
	if w.mania.kind != "" && who == w.mania.who {
		who = w.people[population-1] // the other one is busy
	}
	if old, ok := w.replays[who.address]; ok && w.once(25) {
		return Input{ID: old.ID(), Tx: old}
	}
	if _, ok := next[who.address]; !ok {
		next[who.address] = w.model.account(who.address).nonce
	}
	body := tx.Body{Nonce: next[who.address], ValidUntil: now.Unix() + 60}
	valid, cheap, dear := false, false, false
	switch w.random.IntN(100) {
	default:
		valid = true
	case 99:
		return Input{Refused: tx.BadSignature}
	case 98:
		body.Nonce++
	case 97:
		cheap = true
	case 96:
		body.ValidUntil = now.Unix() - 1
	case 95:
		body.ValidUntil = now.Unix() + 3602
	case 94:
		dear = true
	}
	w.calm, w.did, w.moved = valid && !w.once(4), nil, nil
	many := pick(w, 1, 2, 3)
	if w.calm {
		many = pick(w, 1, 4, 8, 16, 16)
	}
	for range many {
		body.Msgs = append(body.Msgs, w.msg(who))
	}
	switch body.Fee = max(1000, w.model.leastFee(body.Msgs)); {
	case cheap:
		body.Fee = max(1, w.model.leastFee(body.Msgs)) - 1
	case dear:
		body.Fee = coin.Amount(w.model.account(who.address).balance.Uint64()) + 1
	}
	v := signed(w.t, who, body)
	if valid {
		next[who.address]++
	}
	w.replays[who.address] = v
	return Input{ID: v.ID(), Tx: v}
}

// msgWeights says how often each kind of message is tried.
var msgWeights = []struct {
	kind   string
	weight int
}{
	{"transfer", 10}, {"delegate", 20}, {"undelegate", 12}, {"redelegate", 14}, {"cancel_unbonding", 8}, {"withdraw_rewards", 10},
	{"vote", 24}, {"submit_proposal", 2}, {"create_validator", 6}, {"edit_validator", 6}, {"unjail", 5}, {"set_withdraw_address", 2},
}

// flaw is true once in so many times, and not in a calm transaction: long ones would hardly ever succeed.
func (w *twins) flaw(in int) bool { return !w.calm && w.once(in) }

// msg makes a message that makes sense for its sender, mostly.
func (w *twins) msg(who person) tx.Msg {
	for range 6 {
		total := 0
		for _, x := range msgWeights {
			total += x.weight
		}
		roll := w.random.IntN(total)
		for _, x := range msgWeights {
			if roll -= x.weight; roll < 0 {
				if w.sensible(who, x.kind) || w.flaw(15) {
					return w.msgOf(who, x.kind)
				}
				break
			}
		}
	}
	return tx.Transfer{To: w.anyone().address, Amount: 1}
}

func (w *twins) sensible(who person, kind string) bool {
	m := w.model
	v := m.validators[who.address]
	switch kind {
	case "create_validator", "edit_validator", "unjail", "cancel_unbonding", "submit_proposal": // twice would fail
		if slices.Contains(w.did, kind) {
			return false
		}
		w.did = append(w.did, kind)
	}
	switch kind {
	case "undelegate", "withdraw_rewards":
		return len(w.heldBy(who)) > 0
	case "redelegate":
		return len(w.heldBy(who)) > 0 && len(w.open()) > 1
	case "cancel_unbonding":
		return len(w.cancellable(who)) > 0
	case "create_validator":
		return v == nil
	case "edit_validator":
		return v != nil && v.status != Tombstoned
	case "unjail":
		return v != nil && v.status == Jailed && (!m.time.Before(v.jailedUntil) || w.once(4))
	case "vote":
		return len(w.voting()) > 0 && (len(w.heldBy(who)) > 0 || w.once(6))
	case "submit_proposal":
		return len(w.voting()) < 4
	}
	return true
}

// heldBy lists the validators that someone has stake with, except where this transaction moves all of it or brings some.
func (w *twins) heldBy(who person) (held []crypto.Address) {
	for _, p := range w.people {
		v := w.model.validators[p.address]
		if v != nil && v.shares[who.address] != nil && !slices.Contains(w.moved, p.address) {
			held = append(held, p.address)
		}
	}
	return held
}

func (w *twins) voting() (ids []uint64) {
	for _, p := range w.model.proposals {
		if p.status == modelVoting && p.end.After(w.now) {
			ids = append(ids, p.id)
		}
	}
	return ids
}

// open lists the validators that may be delegated to.
func (w *twins) open() (open []crypto.Address) {
	for _, p := range w.people {
		if v := w.model.validators[p.address]; v != nil && v.status != Tombstoned {
			open = append(open, p.address)
		}
	}
	return open
}

// cancellable lists someone's unbondings that may go back to where they were.
func (w *twins) cancellable(who person) (own []modelUnbonding) {
	for _, u := range w.model.unbondings {
		if u.delegator == who.address && u.amount.Sign() > 0 && (w.model.validators[u.validator].status != Tombstoned || w.flaw(4)) {
			own = append(own, u)
		}
	}
	return own
}

// validator is one that may be delegated to, mostly.
func (w *twins) validator() crypto.Address {
	open := w.open()
	if len(open) == 0 || w.flaw(15) {
		return w.anyone().address
	}
	return pick(w, open...)
}

// held is a validator that someone has stake with, mostly.
func (w *twins) held(who person) crypto.Address {
	if held := w.heldBy(who); len(held) > 0 && !w.flaw(15) {
		return pick(w, held...)
	}
	return w.anyone().address
}

// some is a part of an amount, tiny, all of it, and at times more.
func (w *twins) some(of uint64) coin.Amount {
	switch {
	case w.once(16):
		return coin.Amount(min(max(1, of), uint64(1+w.random.IntN(3))))
	case w.flaw(8):
		return coin.Amount(max(1, of))
	case w.flaw(20):
		return coin.Amount(of) + 1
	case w.calm:
		return coin.Amount(max(1, of/uint64(16+w.random.IntN(30))))
	}
	return coin.Amount(max(1, of/uint64(2+w.random.IntN(30))))
}

func (w *twins) spendable(who person) coin.Amount {
	return w.some(w.model.account(who.address).balance.Uint64() / 2)
}

// stake is an amount of what someone has with a validator, or all.
func (w *twins) stake(who person, at crypto.Address) (coin.Amount, bool) {
	if w.flaw(4) || w.once(10) {
		return 0, true
	}
	worth := zero
	if v := w.model.validators[at]; v != nil {
		worth = v.value(v.shares[who.address])
	}
	return w.some(worth.Uint64()), false
}

func (w *twins) msgOf(who person, kind string) tx.Msg {
	switch kind {
	case "delegate":
		return tx.Delegate{Validator: w.validator(), Amount: w.spendable(who)}
	case "undelegate":
		m := tx.Undelegate{Validator: w.held(who)}
		if m.Amount, m.All = w.stake(who, m.Validator); m.All {
			w.moved = append(w.moved, m.Validator)
		}
		return m
	case "redelegate":
		m := tx.Redelegate{From: w.free(who), To: w.validator()}
		for m.To == m.From { // the bytes alone would be refused
			if m.To = w.validator(); len(w.open()) < 2 {
				m.To = w.anyone().address
			}
		}
		m.Amount, m.All = w.stake(who, m.From)
		if w.moved = append(w.moved, m.To); m.All {
			w.moved = append(w.moved, m.From)
		}
		return m
	case "cancel_unbonding":
		return w.cancel(who)
	case "withdraw_rewards":
		if w.once(3) {
			return tx.WithdrawRewards{All: true}
		}
		return tx.WithdrawRewards{Validator: w.held(who)}
	case "vote":
		return w.vote()
	case "submit_proposal":
		return w.proposal()
	case "create_validator":
		return w.createValidator(who)
	case "edit_validator":
		return w.editValidator(who)
	case "unjail":
		return tx.Unjail{}
	case "set_withdraw_address":
		return tx.SetWithdrawAddress{Address: pick(w, who, w.anyone()).address}
	}
	return tx.Transfer{To: w.anyone().address, Amount: w.spendable(who)}
}

// free is a validator whose stake may move on: none of it was redelegated there, mostly.
func (w *twins) free(who person) crypto.Address {
	for range 4 {
		op := w.held(who)
		if !slices.ContainsFunc(w.model.redelegations, func(r modelRedelegation) bool { return r.delegator == who.address && r.to == op }) {
			return op
		}
	}
	return w.held(who)
}

func (w *twins) cancel(who person) tx.Msg {
	own := w.cancellable(who)
	if len(own) == 0 || w.flaw(10) {
		return tx.CancelUnbonding{Validator: w.validator(), CreatedHeight: max(1, w.model.height-int64(w.random.IntN(3))), All: true}
	}
	u := pick(w, own...)
	m := tx.CancelUnbonding{Validator: u.validator, CreatedHeight: u.created, All: w.once(4)}
	if !m.All {
		m.Amount = w.some(u.amount.Uint64())
	}
	return m
}

func (w *twins) createValidator(who person) tx.Msg {
	key := who.consensus
	if w.flaw(4) {
		key = w.anyone().consensus
	}
	bond := max(w.spendable(who), coin.Amount(1_000_000+w.random.IntN(2_000_000)))
	if w.flaw(8) {
		bond = w.model.params.MinSelfBond - 1
	}
	c := tx.Commission{Rate: uint32(w.random.IntN(3_001)), MaxRate: 3_000, MaxDailyChange: uint32(w.random.IntN(2_000))}
	return tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: tx.Ed25519, Key: key[:]}, SelfBond: bond, MinSelfBond: bond / 2,
		Moniker: who.name, Commission: c}
}

func (w *twins) editValidator(who person) tx.Msg {
	var m tx.EditValidator
	v := w.model.validators[who.address]
	switch w.random.IntN(8) {
	case 0:
		m.Moniker = pick(w, "one", "two", "three")
	case 1:
		m.Details = new(pick(w, "", "of a kind"))
	case 2:
		m.MinSelfBond = coin.Amount(1_000_000 + w.random.IntN(2_000_000))
		if v != nil && !w.flaw(3) {
			m.MinSelfBond = coin.Amount(v.minSelf.Uint64()) + coin.Amount(w.random.IntN(3))
		}
	default:
		m.CommissionRate = new(uint32(w.random.IntN(3_200)))
		switch {
		case v == nil || w.flaw(3):
		case w.model.time.Sub(v.rateChanged) >= 24*time.Hour && !w.once(3):
			m.CommissionRate = new(min(10_000, v.commission.Rate+uint32(w.random.IntN(500))))
		default:
			m.CommissionRate = new(uint32(w.random.IntN(int(v.commission.Rate) + 1)))
		}
	}
	return m
}

func (w *twins) vote() tx.Msg {
	m := tx.Vote{Proposal: uint64(1 + w.random.IntN(4)), Option: pick(w, tx.VoteYes, tx.VoteYes, tx.VoteYes, tx.VoteYes, tx.VoteNo, tx.VoteAbstain, tx.VoteVeto)}
	if ids := w.voting(); len(ids) > 0 && !w.flaw(15) {
		m.Proposal = pick(w, ids...)
	}
	return m
}

func (w *twins) proposal() tx.Msg {
	m := tx.SubmitProposal{Title: "t", Summary: "s", Deposit: w.model.params.MinDeposit, Content: tx.TextProposal{}}
	if w.flaw(10) {
		m.Deposit--
	}
	height := int64(0)
	if w.once(3) {
		height = max(0, w.model.height+int64(w.random.IntN(30))-1)
	}
	switch w.random.IntN(6) {
	case 0:
	case 1, 2:
		m.Content = tx.UpgradeProposal{AppVersion: max(1, w.model.version+uint64(w.random.IntN(3))), Name: "next", Height: max(1, w.model.height+int64(w.random.IntN(30)))}
	default:
		m.Content = tx.ParamsProposal{Changes: w.paramChanges(), Height: height}
	}
	return m
}

// paramValues are what proposals want; some is out of bounds, alone or with the rest.
var paramValues = map[string][]uint64{
	"max_validators": {1, 2, 3, 4, 5, 6}, "min_fee": {0, 500, 1000, 2000}, "min_self_bond": {1_000_000, 1_500_000, 999_999},
	"unbonding_seconds": {180, 180, 200, 300}, "unbonding_blocks": {6, 7, 12}, "evidence_max_age_seconds": {60, 80, 80}, "evidence_max_age_blocks": {4, 5},
	"slash_double_sign": {500, 3333, 10_000, 1}, "slash_downtime": {0, 1, 500, 1000}, "downtime_window_blocks": {10, 12, 30},
	"downtime_max_missed": {1, 2, 3, 9}, "jail_seconds": {1, 20, 60}, "inflation": {0, 500, 2000, 2001}, "min_deposit": {1_000_000, 2_000_000},
	"voting_seconds": {10, 30, 60}, "quorum": {1, 1000, 5000, 10_000}, "threshold": {5000, 6667, 9999}, "veto_threshold": {1, 3340, 9999},
	"made_up": {1},
}

func (w *twins) paramChanges() []tx.ParamChange {
	names := []string{"max_validators", "max_validators", "unbonding_seconds", "evidence_max_age_seconds"} // these more often
	for name := range paramValues {
		names = append(names, name)
	}
	slices.Sort(names)
	var changes []tx.ParamChange
	for range 1 + w.random.IntN(3) {
		name := pick(w, names...)
		if !slices.ContainsFunc(changes, func(c tx.ParamChange) bool { return c.Name == name }) {
			changes = append(changes, tx.ParamChange{Name: name, Value: pick(w, paramValues[name]...)})
		}
	}
	slices.SortFunc(changes, func(a, b tx.ParamChange) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return changes
}

// mania is what one person does in every block, in quick succession: so do lists become full.
type mania struct {
	kind string
	who  person
}

func (w *twins) obsession(next map[crypto.Address]uint64, now time.Time) []Input {
	who := w.mania.who
	var m tx.Msg
	switch w.mania.kind {
	case "undelegate":
		m = tx.Undelegate{Validator: who.address, Amount: 1}
	case "redelegate":
		to := w.people[0] // both operate a validator from genesis on
		if to == who {
			to = w.people[1]
		}
		m = tx.Redelegate{From: who.address, To: to.address, Amount: 1}
	case "submit_proposal":
		m = tx.SubmitProposal{Title: "again", Deposit: w.model.params.MinDeposit, Content: tx.TextProposal{}}
	default:
		return nil
	}
	if _, ok := next[who.address]; !ok {
		next[who.address] = w.model.account(who.address).nonce
	}
	v := signed(w.t, who, tx.Body{Nonce: next[who.address], Fee: max(1000, w.model.params.MinFee), ValidUntil: now.Unix() + 60, Msgs: []tx.Msg{m}})
	next[who.address]++
	return []Input{{ID: v.ID(), Tx: v}}
}
