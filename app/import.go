package app

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"blink/crypto"
	"blink/genesis"
	"blink/store"
)

// CheckGenesis says why a chain cannot start from a document, or nil: it builds the state in memory and recounts it. A
// document that was exported and then edited mostly fails here.
func CheckGenesis(doc genesis.Document) (err error) {
	if err := doc.Validate(); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	// What does not add up halts a running chain. Here nothing runs yet, and the document is to blame.
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("genesis: the state does not add up: %v", fault)
		}
	}()
	o := store.NewOverlay(nothing{})
	InitChain(o, doc)
	if err := Audit(o); err != nil {
		return fmt.Errorf("genesis: the state does not add up: %w", err)
	}
	return nil
}

// nothing is the state before genesis.
type nothing struct{}

func (nothing) Get([]byte) []byte                           { return nil }
func (nothing) Range(_, _ []byte, _ func(_, _ []byte) bool) {}

// restore writes the state that another chain ended with, and returns all of its validator set: consensus of the new
// chain knows nobody yet.
func (s *state) restore(g *genesis.State) []ValidatorUpdate {
	s.totals.issued, s.totals.burned, s.totals.fees, s.totals.rewards = g.Issued, g.Burned, g.Fees, g.Rewards.Unpaid
	s.rewards = rewards{
		perPower: restoreFixed(g.Rewards.PerPower), paidUntil: g.Rewards.PaidUntil.UnixNano(), remainder: g.Rewards.Remainder,
	}
	if g.BusyBlocks > 0 {
		s.o.Set([]byte{prefixBusyBlocks}, binary.AppendUvarint(nil, g.BusyBlocks))
	}
	for _, a := range g.Accounts {
		s.setAccount(a.Address, account{}, account{balance: a.Balance, nonce: a.Nonce})
		if a.WithdrawAddress != nil {
			s.o.Set(withdrawKey(a.Address), a.WithdrawAddress.Bytes())
		}
	}
	for _, v := range g.Validators {
		s.restoreValidator(v)
	}
	for _, d := range g.Delegations {
		s.o.Set(delegationKey(d.Delegator, d.Validator), delegation{d.Shares, restoreFixed(d.Settled)}.encode())
		s.o.Set(delegatorsKey(d.Validator, d.Delegator), mark)
	}
	for _, u := range g.Unbondings {
		s.setUnbonding(unbondingID{u.Validator, u.Delegator, u.CreatedHeight}, unbonding{},
			unbonding{amount: u.Amount, completionTime: u.CompletionTime.UnixNano(), completionHeight: u.CompletionHeight})
	}
	for _, x := range g.Redelegations {
		s.setRedelegation(redelegationID{source: x.From, delegator: x.Delegator, dest: x.To, created: x.CreatedHeight}, redelegation{},
			redelegation{amount: x.Amount, completionTime: x.CompletionTime.UnixNano(), completionHeight: x.CompletionHeight})
	}
	if g.AppVersion != FirstAppVersion {
		s.o.Set(appVersionKey(), binary.AppendUvarint(nil, g.AppVersion))
	}
	s.restoreProposals(g.Proposals)
	set := lastSent(s.o)
	s.rewards.power = assertPower(set)
	return updates(nil, set)
}

func (s *state) restoreValidator(g genesis.ValidatorState) {
	v := validator{
		key: [32]byte(g.ConsensusKey), status: Status(wordNumber(statusNames[:], g.Status)), tokens: g.Tokens, shares: g.Shares,
		commission: g.Commission, minSelfBond: g.MinSelfBond, moniker: g.Moniker, details: g.Details,
		jailedUntil: restoreTime(g.JailedUntil), perShare: restoreFixed(g.PerShare), settled: restoreFixed(g.Settled),
		purse: g.Purse, commissionChanged: restoreTime(g.RateChanged),
	}
	s.assertNewValidator(g.Operator, v.key)
	s.o.Set(consensusKeyKey(v.key), g.Operator.Bytes())
	s.o.Set(consensusAddressKey(consensusAddress(v.key)), g.Operator.Bytes())
	s.setValidator(g.Operator, validator{}, v)
	if g.Power > 0 {
		s.o.Set(lastSentKey(g.Operator), memberRecord{v.key, g.Power}.encode())
	}
	if g.Misses != nil {
		s.restoreMisses(g.Operator, *g.Misses)
	}
	for _, x := range g.Slashes {
		record := slashRecord{burned: x.Burned, height: x.Height, time: x.Time.UnixNano()}
		s.o.Set(slashKey(g.Operator, x.Infraction, EvidenceType(wordNumber(evidenceNames[:], x.Type))), record.encode())
	}
}

func (s *state) restoreMisses(op crypto.Address, g genesis.MissesState) {
	m := misses{first: g.Since}
	for _, run := range g.Runs {
		for n := run.From; n <= run.To; n++ {
			s.setMissed(op, n)
			if n >= m.first {
				m.count++
			}
		}
	}
	s.o.Set(missesKey(op), m.encode())
}

// wordNumber is the number that a word of a valid document stands for (halt).
func wordNumber(names []string, name string) uint8 {
	i := slices.Index(names, name)
	if i < 0 {
		panic(fmt.Sprintf("app: %q is none of %q", name, names))
	}
	return uint8(i)
}

func restoreTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func restoreFixed(f genesis.Fixed) fixed { return fixed{f.Hi, f.Lo} }
