package app

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// A proposal is a question to all stake. Its life:
//
//	submitProposal   takes the deposit and opens the voting                         proposal.go
//	vote, setShares  keep, per validator and option, the shares whose holders voted  vote.go
//	endVoting        counts, once block time has reached the end; the deposit goes   tally.go
//	applyPlans       carries out what passed, at its height                          plan.go

// MaxProposals is how many proposals may be voted on at a time: every change of a delegation looks at each.
const MaxProposals = 32

// proposal is what the state keeps of one, for ever.
type proposal struct {
	proposer       crypto.Address
	title, summary string
	deposit        coin.Amount
	kind           uint8  // of the content: tx.ContentText and so on
	content        string // canonical bytes of it
	height         int64  // of the block that it was submitted in
	submitted      int64  // unix ns of that block
	ends           int64  // unix ns of block time
	status         ProposalStatus
	tally          tally      // once it is counted
	counted        int64      // height of the tally
	effect         int64      // height at which it takes, or took, effect; 0: none
	reason         FailReason // of a failed one
}

func (p proposal) encode() []byte {
	e := encoder{make([]byte, 0, 160+len(p.title)+len(p.summary)+len(p.content))}
	e.bytes(1, p.proposer[:])
	e.bytes(2, []byte(p.title))
	e.bytes(3, []byte(p.summary))
	e.uint(4, uint64(p.deposit))
	e.uint(5, uint64(p.kind))
	e.bytes(6, []byte(p.content))
	e.int(7, p.height)
	e.int(8, p.submitted)
	e.int(9, p.ends)
	e.uint(10, uint64(p.status))
	e.uint(11, uint64(p.tally.yes))
	e.uint(12, uint64(p.tally.no))
	e.uint(13, uint64(p.tally.abstain))
	e.uint(14, uint64(p.tally.veto))
	e.uint(15, uint64(p.tally.stake))
	e.int(16, p.counted)
	e.int(17, p.effect)
	e.uint(18, uint64(p.reason))
	return e.buf
}

func decodeProposal(b []byte) (p proposal) {
	for d := (decoder{rest: b}); d.next(); {
		switch d.field {
		case 1:
			p.proposer = crypto.Address(d.data)
		case 2:
			p.title = string(d.data)
		case 3:
			p.summary = string(d.data)
		case 4:
			p.deposit = coin.Amount(d.num)
		case 5:
			p.kind = uint8(d.num)
		case 6:
			p.content = string(d.data)
		case 7:
			p.height = int64(d.num)
		case 8:
			p.submitted = int64(d.num)
		case 9:
			p.ends = int64(d.num)
		case 10:
			p.status = ProposalStatus(d.num)
		case 11:
			p.tally.yes = coin.Amount(d.num)
		case 12:
			p.tally.no = coin.Amount(d.num)
		case 13:
			p.tally.abstain = coin.Amount(d.num)
		case 14:
			p.tally.veto = coin.Amount(d.num)
		case 15:
			p.tally.stake = coin.Amount(d.num)
		case 16:
			p.counted = int64(d.num)
		case 17:
			p.effect = int64(d.num)
		case 18:
			p.reason = FailReason(d.num)
		default:
			d.unknown()
		}
	}
	return p
}

// submitProposal opens a vote. The deposit leaves the sender's balance until the tally.
func (s *state) submitProposal(sender crypto.Address, m tx.SubmitProposal) *refusal {
	if m.Deposit < s.params.MinDeposit {
		return refuse(tx.DepositTooLow, "deposit", "must be at least %s, was %s", s.params.MinDeposit, m.Deposit).
			expected(s.params.MinDeposit.String())
	}
	if len(s.voting) >= MaxProposals {
		return refuse(tx.TooManyProposals, "", "%d proposals are being voted on, at most %d may be", len(s.voting), MaxProposals).
			hint("wait until the voting on one of them has ended")
	}
	if r := s.admitContent(m.Content); r != nil {
		return r
	}
	if r := s.spend(sender, m.Deposit, "deposit"); r != nil {
		return r
	}
	s.totals.deposits = mustAdd(s.totals.deposits, m.Deposit)

	kind, content := tx.EncodeContent(m.Content)
	ends := s.time.Add(time.Duration(s.params.VotingSeconds) * time.Second)
	p := proposal{
		proposer: sender, title: m.Title, summary: m.Summary, deposit: m.Deposit, kind: kind, content: string(content),
		height: s.height, submitted: s.time.UnixNano(), ends: ends.UnixNano(), status: Voting,
	}
	id := proposalCount(s.o) + 1
	s.o.Set([]byte{prefixProposal}, binary.AppendUvarint(nil, id))
	s.o.Set(proposalKey(id), p.encode())
	s.o.Set(votingKey(p.ends, id), mark)
	s.voting = append(slices.Clone(s.voting), ballot{id: id, ends: p.ends}) // a fork must not write into its parent's
	s.emit(Event{Type: EventProposal, Account: sender, Proposal: id, Amount: m.Deposit, Time: ends})
	return nil
}

// admitContent refuses what could not be carried out if it were passed now. It may still become impossible later.
func (s *state) admitContent(c tx.ProposalContent) *refusal {
	switch c := c.(type) {
	case tx.ParamsProposal:
		if c.Height != 0 && c.Height <= s.height {
			return refuseHeight("params.height", c.Height, s.height)
		}
		if _, err := changed(*s.params, c.Changes); err != nil {
			return refuse(tx.InvalidParams, "params.changes", "%v", err)
		}
	case tx.UpgradeProposal:
		if c.Height <= s.height {
			return refuseHeight("upgrade.height", c.Height, s.height)
		}
		if present := AppVersionOf(s.o); c.AppVersion <= present {
			return refuse(tx.InvalidField, "upgrade.app_version", "must be above the present one, %d, was %d", present, c.AppVersion)
		}
	}
	return nil
}

func refuseHeight(field string, height, present int64) *refusal {
	return refuse(tx.HeightPassed, field, "must be above the present one, %d, was %d", present, height)
}

// ballot is a proposal that is voted on, and until when.
type ballot struct {
	id   uint64
	ends int64 // unix ns of block time
}

// readVoting lists the proposals that are voted on, by end, then id: at most MaxProposals.
func readVoting(r store.Reader) []ballot {
	var open []ballot
	scan(r, key(prefixPlans, []byte{plansVoting}), func(k, _ []byte) bool {
		ends, id := parsePlansKey(k)
		open = append(open, ballot{id: id, ends: ends})
		return true
	})
	return open
}

// proposalCount is the number of proposals ever made; ids run from 1 to it.
func proposalCount(r store.Reader) uint64 {
	b := r.Get([]byte{prefixProposal})
	if b == nil {
		return 0
	}
	n, _ := binary.Uvarint(b)
	return n
}

func readProposal(r store.Reader, id uint64) (proposal, bool) {
	b := r.Get(proposalKey(id))
	if b == nil {
		return proposal{}, false
	}
	return decodeProposal(b), true
}

// mustProposal reads a proposal that another record names.
func mustProposal(r store.Reader, id uint64) proposal {
	p, ok := readProposal(r, id)
	if !ok {
		panic(fmt.Sprintf("app: the state names proposal %d but has no record of it", id))
	}
	return p
}

// decoded is the content as a value (halt: the state holds only what was decoded before).
func (p proposal) decoded() tx.ProposalContent {
	c, err := tx.DecodeContent(p.kind, []byte(p.content))
	if err != nil {
		panic(fmt.Sprintf("app: a proposal in the state cannot be read: %v", err))
	}
	return c
}
