package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"blink/abci"
	"blink/coin"
	"blink/tx"
)

const hostile = "</script><b>\u00e9 & 'x' \"y\""

// propose submits a proposal of alice's.
func (s *served) propose(title string, content tx.ProposalContent) {
	s.t.Helper()
	s.send(s.alice(), tx.SubmitProposal{Title: title, Summary: "one\n\ttwo " + hostile, Deposit: 10 * coin.Blink, Content: content})
}

// endVoting lets block time pass until all votes are counted, and makes the block after that.
func (s *served) endVoting() {
	s.block(2 * time.Minute)
	s.block(0)
}

func TestAProposalFromTheVoteToItsEffect(t *testing.T) {
	s := serve(t, nil)
	operator := s.net.Nodes[0].Operator
	s.send(s.alice(), tx.Delegate{Validator: operator.Address(), Amount: 1_000_000 * 1_000})
	s.propose(hostile, tx.ParamsProposal{Changes: []tx.ParamChange{{Name: "max_validators", Value: 50}}})
	s.send(operator, tx.Vote{Proposal: 1, Option: tx.VoteYes})
	s.send(s.alice(), tx.Vote{Proposal: 1, Option: tx.VoteVeto})

	r := s.get("/v1/proposals/1")
	got := r.is(http.StatusOK)
	if strings.Contains(string(r.body), "</script>") || got["title"] != hostile {
		t.Errorf("markup leaves the server unescaped, or changed: %s", r.body)
	}
	tally, rules := got["tally"].(map[string]any), got["rules"].(map[string]any)
	if got["status"] != "voting" || got["type"] != "params" || got["params"].(map[string]any)["changes"].(map[string]any)["max_validators"] != "50" {
		t.Error(got)
	}
	if tally["yes"] != "1000000000000" || tally["veto"] != "1000000000" || tally["active"] != "1001000000000" || tally["cast"] != tally["active"] || rules["quorum"] != 3340.0 {
		t.Errorf("as it stands: %v by %v", tally, rules)
	}
	if early := s.get("/v1/proposals/1?height=3").is(http.StatusOK)["tally"].(map[string]any); early["cast"] != "0" {
		t.Errorf("before anybody voted: %v", early)
	}
	votes := s.pages("/v1/proposals/1/votes?limit=1", "votes", 1)
	if len(votes) != 2 || votes[0]["voter"].(string) == votes[1]["voter"].(string) || votes[0]["option"] == votes[1]["option"] {
		t.Error(votes)
	}
	if list := s.list("/v1/proposals/1/votes?height=3", "votes"); len(list) != 0 {
		t.Error(list)
	}

	s.endVoting()
	got = s.get("/v1/proposals/1").is(http.StatusOK)
	if got["status"] != "executed" || got["rules"] != nil || got["tally_height"] != 6.0 || got["effect_height"] != 7.0 || got["reason"] != nil {
		t.Errorf("in the end: %v", got)
	}
	if p := s.get("/v1/params").is(http.StatusOK); p["max_validators"] != 50.0 {
		t.Error(p)
	}
	if len(s.list("/v1/proposals/1/votes", "votes")) != 2 {
		t.Error("the votes are gone")
	}
	if got := s.get("/v1/supply").is(http.StatusOK); got["conserved"] != true || got["deposits"] != "0" {
		t.Error(got)
	}
}

func TestProposalsByPageAndStatus(t *testing.T) {
	s := serve(t, nil)
	s.propose("12345678", tx.TextProposal{})
	s.endVoting() // without a vote
	for range 4 {
		s.propose("again", tx.TextProposal{})
	}
	all := s.pages("/v1/proposals?limit=2", "proposals", 2)
	if len(all) != 5 || all[0]["id"] != 5.0 || all[4]["id"] != 1.0 || all[4]["title"] != "12345678" {
		t.Errorf("the newest first: %v", all)
	}
	if list := s.list("/v1/proposals?status=no_quorum", "proposals"); len(list) != 1 || list[0]["status"] != "no_quorum" || list[0]["tally_height"] == nil {
		t.Error(list)
	}
	if list := s.pages("/v1/proposals?status=voting&limit=3", "proposals", 3); len(list) != 4 {
		t.Error(list)
	}
	if list := s.list("/v1/proposals?status=vetoed", "proposals"); len(list) != 0 {
		t.Error(list)
	}
	if list := s.list("/v1/proposals?cursor=99", "proposals"); len(list) != 5 {
		t.Errorf("from above all: %v", list)
	}
	if list := s.list("/v1/proposals?cursor=1", "proposals"); len(list) != 0 {
		t.Errorf("below the first: %v", list)
	}
	for _, query := range []string{"cursor=0", "cursor=-1", "cursor=42.0", "cursor=" + s.bob().Address().String(), "cursor=18446744073709551616", "limit=0", "limit=101",
		"limit=9223372036854775808", "status=open", "status=%1b[2J", "height=99", "offset=1"} {
		if p := s.get("/v1/proposals?" + query).is(http.StatusBadRequest); p["field"] != query[:strings.Index(query, "=")] || strings.Contains(p["detail"].(string), "\x1b") {
			t.Errorf("%s: %v", query, p)
		}
	}
	s.checkAddressPages("/v1/proposals/1/votes")
	for _, what := range []string{"", "/votes"} {
		s.get("/v1/proposals/6"+what).problem(http.StatusNotFound, codeNotFound)
		s.get("/v1/proposals/18446744073709551615"+what).problem(http.StatusNotFound, codeNotFound)
		for _, id := range []string{"0", "-1", "one", "18446744073709551616", "1.0", "+1"} {
			s.get("/v1/proposals/"+id+what).problem(http.StatusBadRequest, codeInvalidParameter)
		}
	}
	late := s.sign(s.PendingNonce(s.alice().Address()), tx.Vote{Proposal: 1, Option: tx.VoteYes})
	if got := s.submit("/v1/txs?wait=final", late).is(http.StatusOK); got["code"] != "voting_ended" {
		t.Error(got)
	}
}

func TestTheNextUpgrade(t *testing.T) {
	s := serve(t, nil)
	if got := s.get("/v1/upgrade").is(http.StatusOK); got["app_version"] != 1.0 || got["node_app_version"] != float64(abci.AppVersion) || got["next"] != nil {
		t.Error(got)
	}
	for _, c := range []tx.UpgradeProposal{{AppVersion: 2, Name: "late", Height: 5000}, {AppVersion: 2, Name: "1e6", Height: 1000}, {AppVersion: 3, Name: hostile, Height: 1000}} {
		s.propose("upgrade", c)
	}
	for id := range uint64(3) {
		s.send(s.net.Nodes[0].Operator, tx.Vote{Proposal: id + 1, Option: tx.VoteYes})
	}
	s.endVoting()
	got := s.get("/v1/upgrade").is(http.StatusOK)
	if next := got["next"].(map[string]any); next["proposal"] != 3.0 || next["app_version"] != 3.0 || next["height"] != 1000.0 || next["name"] != hostile {
		t.Error(got)
	}
	if list := s.list("/v1/proposals?status=passed", "proposals"); len(list) != 3 || list[0]["effect_height"] != 1000.0 || list[0]["upgrade"].(map[string]any)["app_version"] != 3.0 {
		t.Error(list)
	}
	if early := s.get("/v1/upgrade?height=2").is(http.StatusOK); early["next"] != nil {
		t.Error(early)
	}
	s.get("/v1/upgrade?height=0").problem(http.StatusBadRequest, codeInvalidParameter)
}
