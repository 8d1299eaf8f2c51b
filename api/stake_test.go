package api

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// send puts messages of a key into a block of their own.
func (s *served) send(key crypto.PrivateKey, msgs ...tx.Msg) {
	s.t.Helper()
	nonce := s.PendingNonce(key.Address())
	if got := s.submit("/v1/txs?wait=final", s.signAs(key, nonce, msgs...)).is(http.StatusOK); got["code"] != "ok" {
		s.t.Fatalf("%v: %v", msgs, got)
	}
}

// list asks for a path and gives the list in the answer under the name.
func (s *served) list(path, name string) []map[string]any {
	s.t.Helper()
	var all []map[string]any
	for _, v := range s.get(path).is(http.StatusOK)[name].([]any) {
		all = append(all, v.(map[string]any))
	}
	return all
}

// pages reads a list to its end by its cursors, and fails on a page that is larger than atMost.
func (s *served) pages(path, name string, atMost int) []map[string]any {
	s.t.Helper()
	var all []map[string]any
	for cursor := ""; ; {
		next := s.get(path + cursor).is(http.StatusOK)
		page := s.list(path+cursor, name)
		if all = append(all, page...); len(page) > atMost {
			s.t.Fatalf("%s%s has %d entries", path, cursor, len(page))
		}
		if next["next_cursor"] == nil {
			return all
		}
		cursor = "&cursor=" + next["next_cursor"].(string)
	}
}

func amountOf(t testing.TB, v any) uint64 {
	t.Helper()
	a, err := coin.Parse(v.(string))
	must(t, err)
	return uint64(a)
}

// secondValidator makes bob one.
func (s *served) secondValidator() crypto.Address {
	s.t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	s.send(s.bob(), tx.CreateValidator{ConsensusKey: tx.ConsensusKey{Type: tx.Ed25519, Key: key}, SelfBond: 1_000_000,
		Commission: tx.Commission{Rate: 500, MaxRate: 2000, MaxDailyChange: 100}, Moniker: "12345"})
	return s.bob().Address()
}

func TestRewardsGrowAndAreWithdrawn(t *testing.T) {
	s := serve(t, nil)
	operator := s.net.Nodes[0].Operator
	s.send(s.alice(), tx.Delegate{Validator: operator.Address(), Amount: 500_000_000_000})
	s.block(24 * time.Hour)
	alice := "/v1/accounts/" + s.alice().Address().String()
	s.send(s.bob(), tx.Transfer{To: s.alice().Address(), Amount: 1}) // a busy block, a day later
	quiet := s.get(alice + "/rewards").is(http.StatusOK)
	rewards := quiet["rewards"].([]any)[0].(map[string]any)
	if len(quiet["rewards"].([]any)) != 1 || amountOf(t, rewards["amount"]) == 0 || rewards["amount"] != quiet["total"] || rewards["commission"] != nil {
		t.Errorf("after a day: %v", quiet)
	}
	if quiet["withdraw_address"] != s.alice().Address().String() {
		t.Error(quiet)
	}
	if d := s.list(alice+"/delegations", "delegations")[0]; d["reward"] != rewards["amount"] {
		t.Errorf("the delegation says %v, the rewards %v", d, rewards)
	}
	if before := s.get(alice + "/rewards?height=2").is(http.StatusOK); before["total"] != "0" || before["at"].(string) >= quiet["at"].(string) {
		t.Errorf("when it was delegated: %v", before)
	}

	s.send(s.alice(), tx.SetWithdrawAddress{Address: s.bob().Address()})
	s.send(s.alice(), tx.WithdrawRewards{Validator: operator.Address()})
	after := s.get(alice + "/rewards").is(http.StatusOK)
	if amountOf(t, after["total"]) >= amountOf(t, quiet["total"]) || after["withdraw_address"] != s.bob().Address().String() {
		t.Errorf("withdrawn: %v", after)
	}
	own := s.get("/v1/accounts/" + operator.Address().String() + "/rewards").is(http.StatusOK)
	mine := own["rewards"].([]any)[0].(map[string]any)
	if sum := amountOf(t, mine["amount"]) + amountOf(t, mine["commission"]); sum == 0 || sum != amountOf(t, own["total"]) || mine["commission"] == "0" {
		t.Errorf("of the operator: %v", own)
	}
	if v := s.get("/v1/validators/" + operator.Address().String()).is(http.StatusOK); v["commission_unwithdrawn"] == "0" || v["commission_changed"] == nil {
		t.Error(v)
	}
	if got := s.get("/v1/supply").is(http.StatusOK); got["conserved"] != true || got["rewards"] == "0" {
		t.Error(got)
	}
	if none := s.get("/v1/accounts/" + s.bob().Address().String() + "/rewards").is(http.StatusOK); none["total"] != "0" || len(none["rewards"].([]any)) != 0 {
		t.Errorf("of one without stake: %v", none)
	}
	s.get(alice+"/rewards?height=99").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get("/v1/accounts/alice/rewards").problem(http.StatusBadRequest, codeInvalidParameter)
}

// A chain that sleeps issues all the same: what the next block will share out is shown before it comes.
func TestRewardsOfAQuietChain(t *testing.T) {
	s := serve(t, nil)
	s.send(s.alice(), tx.Delegate{Validator: s.net.Nodes[0].Operator.Address(), Amount: 500_000_000_000})
	path := "/v1/accounts/" + s.alice().Address().String() + "/rewards"
	first := amountOf(t, s.get(path).is(http.StatusOK)["total"])
	s.block(time.Hour) // with nothing in it
	if later := amountOf(t, s.get(path).is(http.StatusOK)["total"]); later <= first {
		t.Errorf("%d, then %d", first, later)
	}
}

func TestStakeThatMoves(t *testing.T) {
	s := serve(t, nil)
	first, second := s.net.Nodes[0].Operator.Address(), s.secondValidator()
	s.send(s.alice(), tx.Delegate{Validator: first, Amount: 3_000_000})
	s.send(s.alice(), tx.Redelegate{From: first, To: second, Amount: 1_000_000})
	s.send(s.alice(), tx.Undelegate{Validator: first, Amount: 500_000})
	alice := "/v1/accounts/" + s.alice().Address().String()
	list := s.list(alice+"/redelegations", "redelegations")
	if len(list) != 1 || list[0]["from"] != first.String() || list[0]["to"] != second.String() || list[0]["amount"] != "1000000" || list[0]["created_height"] != 4.0 {
		t.Error(list)
	}
	if len(s.list(alice+"/redelegations?height=3", "redelegations")) != 0 {
		t.Error("it was there before it was made")
	}
	s.get("/v1/accounts/blink1x/redelegations").problem(http.StatusBadRequest, codeInvalidParameter)
	if got := s.get("/v1/validators/" + second.String() + "?height=2").is(http.StatusOK); got["tokens"] != "1000000" || got["moniker"] != "12345" {
		t.Error(got)
	}
	p := s.post("/v1/txs/prepare", map[string]any{"sender": s.alice().Address(), "msgs": []any{
		map[string]any{"type": "redelegate", "from": first, "to": first, "amount": "1"}}}).problem(http.StatusBadRequest, "self_redelegation")
	if p["field"] == nil {
		t.Error(p)
	}
}

func TestWhoHasStakeWithAValidator(t *testing.T) {
	s := serve(t, nil)
	operator := s.net.Nodes[0].Operator.Address()
	for _, key := range []crypto.PrivateKey{s.alice(), s.bob(), s.net.Nodes[0].Faucet} {
		for range 2 {
			s.send(key, tx.Delegate{Validator: operator, Amount: 3_000_000}, tx.Undelegate{Validator: operator, Amount: 1_000_000})
		}
	}
	validator := "/v1/validators/" + operator.String()
	if all := s.pages(validator+"/delegations?limit=1", "delegations", 1); len(all) != 4 || all[0]["delegator"] == all[1]["delegator"] {
		t.Errorf("four have stake with it: %v", all)
	}
	if all := s.pages(validator+"/delegations?limit=3", "delegations", 3); len(all) != 4 {
		t.Error(all)
	}
	if all := s.pages(validator+"/unbonding?limit=1", "unbonding", 2); len(all) != 6 || all[0]["delegator"] != all[1]["delegator"] {
		t.Errorf("three have two entries each: %v", all)
	}
	if all := s.pages(validator+"/delegations?height=1&limit=2", "delegations", 2); len(all) != 1 {
		t.Errorf("after the first block: %v", all)
	}
	s.checkAddressPages(validator+"/delegations", validator+"/unbonding")
	nobody := "/v1/validators/" + s.alice().Address().String()
	for _, what := range []string{"", "/delegations", "/unbonding", "/slashes", "/uptime"} {
		s.get(nobody+what).problem(http.StatusNotFound, codeNotFound)
		s.get("/v1/validators/rubbish"+what).problem(http.StatusBadRequest, codeInvalidParameter)
	}
}

// checkAddressPages tries cursors and limits that no list ordered by address has given.
func (s *served) checkAddressPages(paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		for _, query := range []string{"cursor=42.0", "cursor=7", "cursor=" + strings.Repeat("q", 5000), "cursor=blink1%00", "limit=0", "limit=-1", "limit=1001",
			"limit=99999999999999999999", "limit=1e3", "height=99", "height=0", "offset=1"} {
			if p := s.get(path + "?" + query).is(http.StatusBadRequest); p["field"] != query[:strings.Index(query, "=")] {
				s.t.Errorf("%s?%s: %v", path, query, p)
			}
		}
		s.get(path + "?cursor=" + s.bob().Address().String()).is(http.StatusOK) // of another list: this one from there on
	}
}

func TestPunishmentsAndUptime(t *testing.T) {
	s := serve(t, nil)
	operator := s.net.Nodes[0].Operator.Address()
	validator := "/v1/validators/" + operator.String()
	if got := s.get(validator + "/slashes").is(http.StatusOK); got["total"] != 0.0 || len(got["slashes"].([]any)) != 0 {
		t.Error(got)
	}
	for range 3 {
		s.punish(0, s.store.Height())
	}
	list := s.list(validator+"/slashes", "slashes") // the last validator stays in office
	if len(list) != 3 || list[0]["kind"] != "duplicate_vote" || list[0]["infraction_height"] != 3.0 || list[0]["height"] != 4.0 || list[0]["burned"] != "50000000000" {
		t.Errorf("the latest first: %v", list)
	}
	if page := s.list(validator+"/slashes?limit=1&offset=2", "slashes"); len(page) != 1 || page[0]["infraction_height"] != 1.0 {
		t.Errorf("the last page: %v", page)
	}
	if got := s.get(validator + "/slashes?limit=1&offset=3").is(http.StatusOK); got["total"] != 3.0 || len(got["slashes"].([]any)) != 0 {
		t.Errorf("after it: %v", got)
	}
	for _, query := range []string{"limit=0", "limit=1001", "offset=-1", "offset=99999999999", "cursor=1"} {
		s.get(validator + "/slashes?" + query).is(http.StatusBadRequest)
	}
	if got := s.get(validator + "/uptime").is(http.StatusOK); got["missed"] != 0.0 || got["window_blocks"] != 20000.0 || got["max_missed"] != 10000.0 {
		t.Error(got)
	}
}

// punish makes a block with evidence that a validator of genesis signed twice at a height.
func (s *served) punish(i int, height int64) {
	s.t.Helper()
	address, err := hex.DecodeString(s.list("/v1/validators", "validators")[i]["consensus_address"].(string))
	must(s.t, err)
	s.mu.Lock()
	s.evidence = []abcitypes.Misbehavior{{Type: abcitypes.MisbehaviorType_DUPLICATE_VOTE, Validator: abcitypes.Validator{Address: address, Power: 1_000_000},
		Height: height, Time: s.lastTime, TotalVotingPower: 1_000_000}}
	s.mu.Unlock()
	s.block(0)
}
