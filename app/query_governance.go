package app

import (
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

// A Proposal as the state holds it.
type Proposal struct {
	ID              uint64
	Proposer        crypto.Address
	Title, Summary  string // anyone's text: never trust it as HTML
	Deposit         coin.Amount
	Content         tx.ProposalContent
	SubmittedHeight int64
	SubmittedTime   time.Time
	VotingEnds      time.Time // the first block at or after this time counts
	Status          ProposalStatus
	Tally           Tally      // final; while Status is Voting: as if it were counted now
	TallyHeight     int64      // 0 while Status is Voting
	EffectHeight    int64      // at which it takes, or took, effect; 0: not passed, or a text
	Reason          FailReason // of a failed one
}

// A Tally is stake by vote, in ublink.
type Tally struct {
	Yes, No, Abstain, Veto coin.Amount
	Cast                   coin.Amount // the sum of these
	Active                 coin.Amount // stake of all active validators, whether it voted or not
}

// A ProposalVote is what one account voted; how much that counts, its stake at the tally says.
type ProposalVote struct {
	Proposal uint64
	Voter    crypto.Address
	Option   tx.VoteOption
}

// A Plan is a passed proposal that waits for its height.
type Plan struct {
	Proposal uint64
	Height   int64 // of the block in which it takes effect
	Content  tx.ProposalContent
}

// MaxProposalsRead is how many proposals one call of Proposals looks at.
const MaxProposalsRead = 1000

// Proposals returns up to limit proposals, newest first, those with an id below before (0: all). With a status, only
// those. next is where to go on (as before); 0: there are no more. A page may hold fewer than limit, even none, and have
// a next one: at most MaxProposalsRead are looked at.
func Proposals(r store.Reader, status *ProposalStatus, before uint64, limit int) (page []Proposal, next uint64) {
	newest := proposalCount(r)
	if before > 0 && before <= newest {
		newest = before - 1
	}
	for id, read := newest, 0; id > 0; id, read = id-1, read+1 {
		if len(page) >= limit || read == MaxProposalsRead {
			return page, id + 1
		}
		if p := mustProposal(r, id); status == nil || p.status == *status {
			page = append(page, presentProposal(r, id, p))
		}
	}
	return page, 0
}

// ProposalOf returns a proposal; false: there is none with this id.
func ProposalOf(r store.Reader, id uint64) (Proposal, bool) {
	p, ok := readProposal(r, id)
	if !ok {
		return Proposal{}, false
	}
	return presentProposal(r, id, p), true
}

func presentProposal(r store.Reader, id uint64, p proposal) Proposal {
	t := p.tally
	if p.status == Voting {
		t = countVotes(r, id)
	}
	return Proposal{
		ID: id, Proposer: p.proposer, Title: p.title, Summary: p.summary, Deposit: p.deposit, Content: p.decoded(),
		SubmittedHeight: p.height, SubmittedTime: fromNano(p.submitted), VotingEnds: fromNano(p.ends), Status: p.status,
		Tally:       Tally{Yes: t.yes, No: t.no, Abstain: t.abstain, Veto: t.veto, Cast: t.cast(), Active: t.stake},
		TallyHeight: p.counted, EffectHeight: p.effect, Reason: p.reason,
	}
}

// VotesOf returns up to limit votes on a proposal, by voter ascending, from the one after the voter after (nil: from the
// first). The votes stay readable after the tally.
func VotesOf(r store.Reader, proposal uint64, after *crypto.Address, limit int) []ProposalVote {
	var votes []ProposalVote
	prefix := key(prefixVote, ordered(proposal))
	start := prefix
	if after != nil {
		start = append(voteKey(proposal, *after), 0)
	}
	r.Range(start, prefixEnd(prefix), func(k, b []byte) bool {
		if len(votes) >= limit {
			return false
		}
		_, voter := parseVoteKey(k)
		votes = append(votes, ProposalVote{Proposal: proposal, Voter: voter, Option: decodeVote(b)})
		return true
	})
	return votes
}

// VoteOf returns what an account voted on a proposal; false: it did not.
func VoteOf(r store.Reader, proposal uint64, voter crypto.Address) (tx.VoteOption, bool) {
	return readVote(r, proposal, voter)
}

// Plans returns what was passed and waits for its height, by height, then proposal.
func Plans(r store.Reader) []Plan {
	var all []Plan
	scan(r, key(prefixPlans, []byte{plansPassed}), func(k, _ []byte) bool {
		height, id := parsePlansKey(k)
		all = append(all, Plan{Proposal: id, Height: height, Content: mustProposal(r, id).decoded()})
		return true
	})
	return all
}

// UpgradeAt returns the upgrade that takes effect in the block of a height, on the state before it; false: there is none.
// Of several the one with the highest version is the one that counts.
func UpgradeAt(r store.Reader, height int64) (upgrade tx.UpgradeProposal, found bool) {
	for _, id := range plansDue(r, height) {
		if c, ok := mustProposal(r, id).decoded().(tx.UpgradeProposal); ok && c.AppVersion > max(upgrade.AppVersion, AppVersionOf(r)) {
			upgrade, found = c, true
		}
	}
	return upgrade, found
}
