package app

import (
	"blink/coin"
	"blink/tx"
)

// The records, each with its encoding. Field numbers are for ever: docs/state.md.

type account struct {
	balance coin.Amount
	nonce   uint64 // of the next transaction
}

func (a account) encode() []byte {
	e := encoder{make([]byte, 0, 16)}
	e.uint(1, uint64(a.balance))
	e.uint(2, a.nonce)
	return e.buf
}

func decodeAccount(b []byte) (a account) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			a.balance = coin.Amount(d.num)
		case 2:
			a.nonce = d.num
		default:
			d.unknown()
		}
	}
	return a
}

type validator struct {
	key              [32]byte // ed25519
	status           Status
	tokens           coin.Amount
	shares           uint64 // never fewer than tokens: one share is worth at most one ublink
	commission       tx.Commission
	minSelfBond      coin.Amount
	moniker, details string
	jailedUntil      int64 // unix ns of block time

	perShare          fixed       // rewards of one share since the validator began
	settled           fixed       // the chain's perPower up to which its rewards are in perShare and purse
	purse             coin.Amount // commission that its operator has not withdrawn
	commissionChanged int64       // unix ns of block time
}

func (v validator) power() Power { return Power(uint64(v.tokens) / PowerUnit) }

// electable: may be in the validator set, power and rank permitting.
func (v validator) electable() bool {
	return (v.status == Inactive || v.status == Active) && v.power() > 0
}

func (v validator) encode() []byte {
	e := encoder{make([]byte, 0, 160+len(v.moniker)+len(v.details))}
	e.bytes(1, v.key[:])
	e.uint(2, uint64(v.status))
	e.uint(3, uint64(v.tokens))
	e.uint(4, v.shares)
	e.uint(5, uint64(v.commission.Rate))
	e.uint(6, uint64(v.commission.MaxRate))
	e.uint(7, uint64(v.commission.MaxDailyChange))
	e.uint(8, uint64(v.minSelfBond))
	e.bytes(9, []byte(v.moniker))
	e.bytes(10, []byte(v.details))
	e.int(11, v.jailedUntil)
	e.bytes(12, v.perShare.bytes())
	e.bytes(13, v.settled.bytes())
	e.uint(14, uint64(v.purse))
	e.int(15, v.commissionChanged)
	return e.buf
}

func decodeValidator(b []byte) (v validator) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			v.key = [32]byte(d.data)
		case 2:
			v.status = Status(d.num)
		case 3:
			v.tokens = coin.Amount(d.num)
		case 4:
			v.shares = d.num
		case 5:
			v.commission.Rate = uint32(d.num)
		case 6:
			v.commission.MaxRate = uint32(d.num)
		case 7:
			v.commission.MaxDailyChange = uint32(d.num)
		case 8:
			v.minSelfBond = coin.Amount(d.num)
		case 9:
			v.moniker = string(d.data)
		case 10:
			v.details = string(d.data)
		case 11:
			v.jailedUntil = int64(d.num)
		case 12:
			v.perShare = readFixed(d.data)
		case 13:
			v.settled = readFixed(d.data)
		case 14:
			v.purse = coin.Amount(d.num)
		case 15:
			v.commissionChanged = int64(d.num)
		default:
			d.unknown()
		}
	}
	return v
}

// delegation is a holder's part of a validator.
type delegation struct {
	shares  uint64 // of the validator's shares
	settled fixed  // the validator's perShare up to which its rewards were paid out
}

func (x delegation) encode() []byte {
	e := encoder{make([]byte, 0, 32)}
	e.uint(1, x.shares)
	e.bytes(2, x.settled.bytes())
	return e.buf
}

func decodeDelegation(b []byte) (x delegation) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			x.shares = d.num
		case 2:
			x.settled = readFixed(d.data)
		default:
			d.unknown()
		}
	}
	return x
}

type unbonding struct {
	amount           coin.Amount // what is left of it after slashing
	completionTime   int64       // unix ns of block time
	completionHeight int64
}

func (u unbonding) encode() []byte {
	var e encoder
	e.uint(1, uint64(u.amount))
	e.int(2, u.completionTime)
	e.int(3, u.completionHeight)
	return e.buf
}

func decodeUnbonding(b []byte) (u unbonding) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			u.amount = coin.Amount(d.num)
		case 2:
			u.completionTime = int64(d.num)
		case 3:
			u.completionHeight = int64(d.num)
		default:
			d.unknown()
		}
	}
	return u
}

// redelegation has the form of an unbonding: its amount is what still answers for the source, its completion the end of
// that.
type redelegation unbonding

func (x redelegation) encode() []byte { return unbonding(x).encode() }

func decodeRedelegation(b []byte) redelegation { return redelegation(decodeUnbonding(b)) }

// misses counts what an active validator missed. The misses themselves are bits in chunks beside it: absence.go.
type misses struct {
	first uint64 // number of the first busy block that count covers
	count uint64
}

func (m misses) encode() []byte {
	var e encoder
	e.uint(1, m.first)
	e.uint(2, m.count)
	return e.buf
}

func decodeMisses(b []byte) (m misses) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			m.first = d.num
		case 2:
			m.count = d.num
		default:
			d.unknown()
		}
	}
	return m
}

// memberRecord is what consensus was last told of a validator in the set.
type memberRecord struct {
	key   [32]byte
	power Power
}

func (m memberRecord) encode() []byte {
	var e encoder
	e.bytes(1, m.key[:])
	e.int(2, m.power)
	return e.buf
}

func decodeMember(b []byte) (m memberRecord) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			m.key = [32]byte(d.data)
		case 2:
			m.power = Power(d.num)
		default:
			d.unknown()
		}
	}
	return m
}

// slashRecord keeps a punishment: it is both the history and the reason why nobody is punished twice.
type slashRecord struct {
	burned coin.Amount
	height int64 // of the block that punished
	time   int64 // unix ns of that block
}

func (s slashRecord) encode() []byte {
	var e encoder
	e.uint(1, uint64(s.burned))
	e.int(2, s.height)
	e.int(3, s.time)
	return e.buf
}

func decodeSlash(b []byte) (s slashRecord) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			s.burned = coin.Amount(d.num)
		case 2:
			s.height = int64(d.num)
		case 3:
			s.time = int64(d.num)
		default:
			d.unknown()
		}
	}
	return s
}

// totals are the running sums that the supply invariant compares.
type totals struct {
	issued, burned              coin.Amount // since genesis, genesis included
	balances, bonded, unbonding coin.Amount
	fees                        coin.Amount // paid, and not yet shared out: the next payment's
	rewards                     coin.Amount // shared out, and not yet withdrawn
	deposits                    coin.Amount // of proposals
}

func (t totals) encode() []byte {
	e := encoder{make([]byte, 0, 60)}
	e.uint(1, uint64(t.issued))
	e.uint(2, uint64(t.burned))
	e.uint(3, uint64(t.balances))
	e.uint(4, uint64(t.bonded))
	e.uint(5, uint64(t.unbonding))
	e.uint(6, uint64(t.fees))
	e.uint(7, uint64(t.rewards))
	e.uint(8, uint64(t.deposits))
	return e.buf
}

func decodeTotals(b []byte) (t totals) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			t.issued = coin.Amount(d.num)
		case 2:
			t.burned = coin.Amount(d.num)
		case 3:
			t.balances = coin.Amount(d.num)
		case 4:
			t.bonded = coin.Amount(d.num)
		case 5:
			t.unbonding = coin.Amount(d.num)
		case 6:
			t.fees = coin.Amount(d.num)
		case 7:
			t.rewards = coin.Amount(d.num)
		case 8:
			t.deposits = coin.Amount(d.num)
		default:
			d.unknown()
		}
	}
	return t
}

// rewards is the chain's side of the reward accounting: rewards.go.
type rewards struct {
	perPower  fixed  // rewards of one unit of voting power since genesis
	paidUntil int64  // unix ns of block time up to which issuance is paid
	remainder uint64 // issuance that was too little for a whole ublink, in 1/year of ns
	power     uint64 // total of the set that consensus was last told
}

func (w rewards) encode() []byte {
	e := encoder{make([]byte, 0, 60)}
	e.bytes(1, w.perPower.bytes())
	e.int(2, w.paidUntil)
	e.uint(3, w.remainder)
	e.uint(4, w.power)
	return e.buf
}

func decodeRewards(b []byte) (w rewards) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			w.perPower = readFixed(d.data)
		case 2:
			w.paidUntil = int64(d.num)
		case 3:
			w.remainder = d.num
		case 4:
			w.power = d.num
		default:
			d.unknown()
		}
	}
	return w
}
