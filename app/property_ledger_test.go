package app

import (
	"math"

	"blink/coin"
	"blink/crypto"
	"blink/store"
)

// ledger is what an outsider could write down: who had which part of the stake when rewards were shared out, what was
// paid to whom, and what each punishment burned. It knows neither accumulators nor settlements, so that a mistake that
// the state machine and its model have in common shows here: a reward that is paid twice or lost, a punishment that is
// repeated.
type ledger struct {
	entitled map[claim]float64 // exact but for the rounding of floats
	received map[claim]coin.Amount
	pots     coin.Amount // all that was ever shared out
	paid     coin.Amount // all that was ever received
	payments int
	slashes  map[string]coin.Amount // burned, by key of the record

	last  totals // after the block before
	parts []part64
}

// claim is a delegator's on the rewards of a validator; or, for its operator, on its commission.
type claim struct {
	who, validator crypto.Address
	commission     bool
}

// part64 is what part of the next payment a claim has.
type part64 struct {
	of   claim
	part float64
}

func newLedger(r store.Reader) *ledger {
	return &ledger{entitled: map[claim]float64{}, received: map[claim]coin.Amount{}, slashes: map[string]coin.Amount{}, last: readTotals(r)}
}

// before notes how a payment in the block that comes would have to be divided.
func (l *ledger) before(m *model, _ Block) {
	l.parts = l.parts[:0]
	power := int64(0)
	for _, p := range m.told {
		power += p
	}
	for op, p := range m.told {
		v := m.validators[op]
		of := float64(p) / float64(power)
		rate := float64(v.commission.Rate) / 10_000
		total, _ := v.total().Float64()
		if total == 0 {
			rate = 1
		}
		l.parts = append(l.parts, part64{claim{op, op, true}, of * rate})
		for delegator, shares := range v.shares {
			held, _ := shares.Float64()
			l.parts = append(l.parts, part64{claim{delegator, op, false}, of * (1 - rate) * held / total})
		}
	}
}

func (l *ledger) after(w *twins, b Block, result Result) {
	r := w.chain.state()
	now := readTotals(r)
	var paid coin.Amount
	for _, e := range result.Events {
		if e.Type == EventReward || e.Type == EventCommission {
			who := e.Account
			if e.Type == EventCommission {
				who = e.Validator
			}
			l.received[claim{who, e.Validator, e.Type == EventCommission}] += e.Amount
			paid += e.Amount
		}
	}
	pot := now.rewards + paid - l.last.rewards
	if minted := now.issued - l.last.issued; pot > 0 && pot != l.last.fees+minted || pot == 0 && minted > 0 {
		w.t.Fatalf("height %d: %s were shared out of fees of %s and %s of new money", b.Height, pot, l.last.fees, minted)
	}
	for _, p := range l.parts {
		l.entitled[p.of] += p.part * float64(pot)
	}
	if pot > 0 {
		l.payments++
	}
	l.pots, l.paid, l.last = l.pots+pot, l.paid+paid, now
	if l.pots-l.paid != now.rewards {
		w.t.Fatalf("height %d: of %s that were shared out, %s were paid and %s are left", b.Height, l.pots, l.paid, now.rewards)
	}
	if b.Height%10 == 0 {
		l.checkClaims(w, r)
	}
	l.checkBurned(w, r, b.Height, now.burned)
}

// checkClaims compares what everyone received and could still withdraw with what it is entitled to. At each payment less
// than two ublink may be lost to a claim, or won by it from the rounding of a commission.
func (l *ledger) checkClaims(w *twins, r store.Reader) {
	perPower := readRewards(r).perPower
	for c, entitled := range l.entitled {
		v := mustValidator(r, c.validator)
		settle(r, perPower, c.validator, &v)
		has := l.received[c]
		if c.commission {
			has += v.purse
		} else if d := readDelegation(r, c.who, c.validator); d.shares > 0 {
			has += v.earned(d)
		}
		if off := math.Abs(float64(has) - entitled); off > 2*float64(l.payments+1)+entitled*1e-9 {
			w.t.Fatalf("height %d: %s has had %d of %s (commission: %t), its part was %.1f", w.chain.height, w.nameOf(c.who), has, w.nameOf(c.validator), c.commission, entitled)
		}
	}
}

// checkBurned: a punishment is recorded once and never changes, and nothing else burns but deposits.
func (l *ledger) checkBurned(w *twins, r store.Reader, height int64, burned coin.Amount) {
	var sum coin.Amount
	seen := 0
	scan(r, []byte{prefixSlash}, func(k, b []byte) bool {
		s := decodeSlash(b)
		before, known := l.slashes[string(k)]
		if known && before != s.burned || !known && s.height != height {
			w.t.Fatalf("height %d: the slash %x of height %d burned %s, and before %s", height, k, s.height, s.burned, before)
		}
		l.slashes[string(k)] = s.burned
		sum += s.burned
		seen++
		return true
	})
	for _, p := range w.model.proposals {
		if status := mustProposal(r, p.id).status; status == NoQuorum || status == Vetoed {
			sum += mustProposal(r, p.id).deposit
		}
	}
	if seen != len(l.slashes) || sum != burned {
		w.t.Fatalf("height %d: %d of %d punishments are on record; with deposits they burned %s, the total is %s", height, seen, len(l.slashes), sum, burned)
	}
}
