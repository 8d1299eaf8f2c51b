package app

import (
	"slices"
	"testing"
	"time"

	"blink/coin"
	"blink/tx"
)

// governed is a chain on which a0 to a4 have stake, with a proposal of a0's for each content.
func governed(t *testing.T, contents ...tx.ProposalContent) *chain {
	t.Helper()
	params := testParams()
	params.MinFee, params.VotingSeconds = 0, 60
	c := newMemoryChain(t, testGenesis(params, names("a", 5), []string{"v", "w"}, 10_000*coin.Blink, 10*coin.Blink))
	for _, name := range names("a", 5) {
		c.send(newPerson(name), tx.Delegate{Validator: newPerson("v").address, Amount: coin.Blink})
	}
	for _, content := range contents {
		c.send(newPerson("a0"), tx.SubmitProposal{Title: "a title", Deposit: 100 * coin.Blink, Content: content})
	}
	return c
}

// send executes one transaction in the next block; it must succeed.
func (c *chain) send(who person, msgs ...tx.Msg) {
	c.t.Helper()
	v := signed(c.t, who, tx.Body{Nonce: AccountOf(c.state(), who.address).Nonce, ValidUntil: c.time.Unix() + 60, Msgs: msgs})
	result, _ := c.next(time.Second, []Input{{ID: v.ID(), Tx: v}}, nil, nil)
	if code := result.Receipts[0].Code; code != tx.OK {
		c.t.Fatalf("%T of %s was refused: %s", msgs[0], who.name, code)
	}
}

// TestAuditFindsFaultyVotes spoils the records of an open proposal one at a time.
func TestAuditFindsFaultyVotes(t *testing.T) {
	c := governed(t, tx.TextProposal{})
	a, b, v, w := newPerson("a0").address, newPerson("a1").address, newPerson("v").address, newPerson("w").address
	c.send(newPerson("a0"), tx.Vote{Proposal: 1, Option: tx.VoteYes})
	for name, fault := range map[string]struct{ key, value []byte }{
		"a vote without shares":  {voteKey(1, b), encodeVote(tx.VoteYes)},
		"another vote":           {voteKey(1, a), encodeVote(tx.VoteNo)},
		"other shares":           {votedSharesKey(1, v), votedShares{1}.encode()},
		"shares of nobody":       {votedSharesKey(1, w), votedShares{1}.encode()},
		"shares that moved":      {delegationKey(a, w), delegation{shares: 1}.encode()},
		"voting that is over":    {proposalKey(1), proposal{kind: tx.ContentText, status: Rejected}.encode()},
		"a second queue entry":   {votingKey(1, 1), mark},
		"a proposal out of line": {proposalKey(3), proposal{kind: tx.ContentText, status: Rejected}.encode()},
		"a reason to fail":       {proposalKey(1), proposal{kind: tx.ContentText, status: Passed, reason: ParamsInvalid}.encode()},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.memory.Fork()
			o.Set(fault.key, fault.value)
			if Audit(o) == nil {
				t.Error("was not found")
			}
		})
	}
	if err := Audit(c.state()); err != nil {
		t.Error(err)
	}
}

func TestProposalsArePaged(t *testing.T) {
	c := governed(t, tx.TextProposal{}, tx.TextProposal{}, tx.TextProposal{}, tx.TextProposal{}, tx.TextProposal{})
	c.send(newPerson("v"), tx.Vote{Proposal: 2, Option: tx.VoteYes})
	c.next(time.Minute, nil, nil, nil)
	ids := func(all []Proposal) (out []uint64) {
		for _, p := range all {
			out = append(out, p.ID)
		}
		return out
	}
	passed := Passed
	for _, want := range []struct {
		status *ProposalStatus
		before uint64
		limit  int
		ids    []uint64
		next   uint64
	}{
		{nil, 0, 2, []uint64{5, 4}, 4},
		{nil, 4, 2, []uint64{3, 2}, 2},
		{nil, 2, 2, []uint64{1}, 0},
		{nil, 1, 2, nil, 0},
		{nil, 99, 9, []uint64{5, 4, 3, 2, 1}, 0},
		{&passed, 0, 9, []uint64{2}, 0},
		{&passed, 0, 1, []uint64{2}, 2},
	} {
		page, next := Proposals(c.state(), want.status, want.before, want.limit)
		if got := ids(page); !slices.Equal(got, want.ids) || next != want.next {
			t.Errorf("before %d, %d at most: got %v, then %d; want %v, then %d", want.before, want.limit, got, next, want.ids, want.next)
		}
	}
	if _, found := ProposalOf(c.state(), 6); found {
		t.Error("there is a proposal that nobody made")
	}
}

func TestVotesArePaged(t *testing.T) {
	c := governed(t, tx.TextProposal{}, tx.TextProposal{})
	for _, name := range names("a", 5) {
		c.send(newPerson(name), tx.Vote{Proposal: 1, Option: tx.VoteAbstain}, tx.Vote{Proposal: 2, Option: tx.VoteNo})
	}
	all := VotesOf(c.state(), 1, nil, 100)
	if len(all) != 5 {
		t.Fatalf("got %d votes, want 5", len(all))
	}
	var paged []ProposalVote
	for page := VotesOf(c.state(), 1, nil, 2); len(page) > 0; page = VotesOf(c.state(), 1, &page[len(page)-1].Voter, 2) {
		if len(page) > 2 {
			t.Fatalf("a page has %d votes", len(page))
		}
		paged = append(paged, page...)
	}
	if !slices.Equal(paged, all) {
		t.Errorf("pages hold %v, all votes are %v", paged, all)
	}
	if o, voted := VoteOf(c.state(), 2, newPerson("a3").address); !voted || o != tx.VoteNo {
		t.Errorf("the vote is %s, %v", o, voted)
	}
}

// TestUpgradeAt: the highest of several versions counts, and only at its height.
func TestUpgradeAt(t *testing.T) {
	c := governed(t, tx.UpgradeProposal{AppVersion: 2, Name: "a", Height: 20}, tx.UpgradeProposal{AppVersion: 4, Name: "b", Height: 20},
		tx.UpgradeProposal{AppVersion: 3, Name: "c", Height: 20}, tx.UpgradeProposal{AppVersion: 9, Name: "d", Height: 30})
	for id := range uint64(3) {
		c.send(newPerson("v"), tx.Vote{Proposal: id + 1, Option: tx.VoteYes})
	}
	c.next(time.Minute, nil, nil, nil)
	if _, due := UpgradeAt(c.state(), 19); due {
		t.Error("an upgrade is due before its height")
	}
	if u, due := UpgradeAt(c.state(), 20); !due || u.Name != "b" {
		t.Errorf("the upgrade is %+v, %v", u, due)
	}
	var result Result
	for c.height < 20 {
		result, _ = c.next(time.Second, nil, nil, nil)
	}
	if result.AppVersion != 4 || AppVersionOf(c.state()) != 4 || result.Params != nil {
		t.Errorf("the version is %d, the result says %d", AppVersionOf(c.state()), result.AppVersion)
	}
	if _, due := UpgradeAt(c.state(), 20); due {
		t.Error("an upgrade is due twice")
	}
}

// TestTallyOfHugeStake: the thresholds hold to the last ublink of all the stake there can be.
func TestTallyOfHugeStake(t *testing.T) {
	p := testParams()
	p.Quorum = 10_000
	all := coin.Max
	half := all / 2 // all is odd
	for want, x := range map[ProposalStatus]tally{
		NoQuorum: {yes: all - 1, stake: all},
		Passed:   {yes: half + 1, no: half, stake: all},
		Rejected: {yes: half, no: half, abstain: 1, stake: all},
		Vetoed:   {yes: half, veto: half + 1, stake: all},
	} {
		if got := x.verdict(&p); got != want {
			t.Errorf("%+v is %s, want %s", x, got, want)
		}
	}
}

func BenchmarkDelegateWhileMuchIsVotedOn(b *testing.B) {
	params := testParams()
	params.MinFee, params.MinDeposit = 0, coin.Blink
	c := newMemoryChain(b, testGenesis(params, []string{"a"}, []string{"v"}, 10_000*coin.Blink, 10*coin.Blink))
	a, v := newPerson("a"), newPerson("v").address
	for id := range uint64(MaxProposals) {
		c.send(a, tx.SubmitProposal{Title: "a title", Deposit: coin.Blink, Content: tx.TextProposal{}}, tx.Vote{Proposal: id + 1, Option: tx.VoteYes})
	}
	s := open(c.memory.Fork(), c.height+1, c.time)
	for b.Loop() {
		if r := s.delegate(a.address, tx.Delegate{Validator: v, Amount: 1}); r != nil {
			b.Fatal(r)
		}
	}
}
