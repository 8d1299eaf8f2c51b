package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"blink/tx"
)

func TestAccountsAndTheirHistory(t *testing.T) {
	s := serve(t, nil)
	operator := s.net.Nodes[0].Operator.Address()
	for nonce := range 5 {
		s.submit("/v1/txs?wait=final", s.transfer(uint64(nonce), 5)).is(http.StatusOK)
	}
	s.submit("/v1/txs?wait=final", s.sign(5, tx.Delegate{Validator: operator, Amount: 3_000_000})).is(http.StatusOK)
	s.submit("/v1/txs?wait=final", s.sign(6, tx.Undelegate{Validator: operator, Amount: 1_000_000})).is(http.StatusOK)
	alice := "/v1/accounts/" + s.alice().Address().String()

	if got := s.get(alice).is(http.StatusOK); got["nonce"] != 7.0 || got["pending_nonce"] != 7.0 || got["height"] != 8.0 {
		t.Error(got)
	}
	if got := s.get(alice + "?height=3").is(http.StatusOK); got["nonce"] != 2.0 || got["pending_nonce"] != nil {
		t.Errorf("two blocks after the first: %v", got)
	}
	seen := 0
	for path := alice + "/txs?limit=3"; path != ""; {
		page := s.get(path).is(http.StatusOK)
		seen += len(page["txs"].([]any))
		path = ""
		if next, more := page["next_cursor"].(string); more {
			path = alice + "/txs?limit=3&cursor=" + next
		}
	}
	if seen != 7 {
		t.Errorf("the pages hold %d transactions, want 7", seen)
	}
	if list := s.get(alice + "/delegations").is(http.StatusOK)["delegations"].([]any); len(list) != 1 || list[0].(map[string]any)["amount"] != "2000000" {
		t.Error(list)
	}
	if list := s.get(alice + "/unbonding").is(http.StatusOK)["unbonding"].([]any); len(list) != 1 || list[0].(map[string]any)["amount"] != "1000000" {
		t.Error(list)
	}
	s.get("/v1/accounts/alice").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get(alice+"?height=99").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get(alice+"?height=-1").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get(alice+"/txs?limit=1000").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get(alice+"/txs?cursor=no").problem(http.StatusBadRequest, codeInvalidParameter)
}

func TestValidatorsWithMarkupInTheirNames(t *testing.T) {
	s := serve(t, nil)
	r := s.get("/v1/validators?status=active")
	list := r.is(http.StatusOK)["validators"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["moniker"] != `<img src=x onerror=alert(1)>` {
		t.Error(list)
	}
	if strings.Contains(string(r.body), "<img") {
		t.Errorf("markup leaves the server unescaped: %s", r.body)
	}
	s.get("/v1/validators/" + s.net.Nodes[0].Operator.Address().String()).is(http.StatusOK)
	s.get("/v1/validators/"+s.alice().Address().String()).problem(http.StatusNotFound, codeNotFound)
	if got := s.get("/v1/validators?status=jailed").is(http.StatusOK); got["total"] != 0.0 {
		t.Error(got)
	}
	s.get("/v1/validators?status=gone").problem(http.StatusBadRequest, codeInvalidParameter)
}

func TestBlocks(t *testing.T) {
	s := serve(t, nil)
	for nonce := range 4 {
		s.submit("/v1/txs?wait=final", s.transfer(uint64(nonce), 5)).is(http.StatusOK)
	}
	page := s.get("/v1/blocks?limit=3").is(http.StatusOK)
	if len(page["blocks"].([]any)) != 3 || page["next_before"] != 3.0 {
		t.Error(page)
	}
	rest := s.get(fmt.Sprintf("/v1/blocks?before=%v", page["next_before"])).is(http.StatusOK)
	if len(rest["blocks"].([]any)) != 2 || rest["next_before"] != nil {
		t.Error(rest)
	}
	latest := s.get("/v1/blocks/latest").is(http.StatusOK)
	if txs := latest["txs"].([]any); latest["height"] != 5.0 || len(txs) != 1 || txs[0].(map[string]any)["code"] != "ok" {
		t.Error(latest)
	}
	s.get("/v1/blocks/1").is(http.StatusOK)
	s.get("/v1/blocks/99").problem(http.StatusNotFound, codeNotFound)
	s.get("/v1/blocks/0").problem(http.StatusBadRequest, codeInvalidParameter)
	s.get("/v1/blocks/first").problem(http.StatusBadRequest, codeInvalidParameter)
}

// A chain that begins at a later height says so when it is asked for what was before.
func TestHeightsBeforeTheFirstBlock(t *testing.T) {
	s := startOn(newChainFrom(t, 1000), nil)
	s.block(0)
	for nonce := range 3 {
		s.submit("/v1/txs?wait=final", s.transfer(uint64(nonce), 5)).is(http.StatusOK)
	}
	if got := s.get("/v1/status").is(http.StatusOK); got["height"] != 1003.0 {
		t.Error(got)
	}
	page := s.get("/v1/blocks?limit=4").is(http.StatusOK)
	if len(page["blocks"].([]any)) != 4 || page["next_before"] != nil {
		t.Error(page)
	}
	if page = s.get("/v1/blocks?before=1000").is(http.StatusOK); len(page["blocks"].([]any)) != 0 {
		t.Error(page)
	}
	s.get("/v1/blocks/1000").is(http.StatusOK)
	if p := s.get("/v1/blocks/999").problem(http.StatusNotFound, codeNotFound); p["detail"] != "there is no such block: this chain begins with block 1000" {
		t.Error(p)
	}
	alice := "/v1/accounts/" + s.alice().Address().String()
	if got := s.get(alice + "?height=1001").is(http.StatusOK); got["nonce"] != 1.0 {
		t.Error(got)
	}
	if p := s.get(alice+"?height=999").problem(http.StatusBadRequest, codeInvalidParameter); p["detail"] != `height must be a whole number from 1000 to 1003, was "999"` {
		t.Error(p)
	}
}

func TestChainAndNode(t *testing.T) {
	s := serve(t, nil)
	s.submit("/v1/txs?wait=final", s.transfer(0, 5)).is(http.StatusOK)
	for _, path := range []string{"/v1/supply", "/v1/supply?height=1"} {
		if got := s.get(path).is(http.StatusOK); got["conserved"] != true {
			t.Errorf("%s: %v", path, got)
		}
	}
	s.get("/v1/params").is(http.StatusOK)
	if got := s.get("/v1/genesis"); string(got.body) != string(s.net.Genesis.Encode()) {
		t.Error("not the genesis document, byte for byte")
	}
	if got := s.get("/v1/status").is(http.StatusOK); got["ready"] != true || got["height"] != 2.0 {
		t.Error(got)
	}
	s.get("/v1/health").is(http.StatusOK)
	s.get("/v1/ready").is(http.StatusOK)
	s.fails(nil, fmt.Errorf("no block for 12 s"))
	if p := s.get("/v1/ready").problem(http.StatusServiceUnavailable, codeNotReady); p["detail"] != "no block for 12 s" {
		t.Error(p)
	}
	if got := s.get("/v1/status").is(http.StatusOK); got["ready"] != false || got["not_ready_reason"] != "no block for 12 s" {
		t.Error(got)
	}
	s.get("/v1/health").is(http.StatusOK)
}

func TestFinalityAndItsChart(t *testing.T) {
	s := serve(t, nil)
	s.get("/v1/finality/comparison").is(http.StatusOK)
	s.submit("/v1/txs?wait=final", s.transfer(0, 5)).is(http.StatusOK)
	for _, window := range []string{"1m", "5m", "15m", "all"} {
		if got := s.get("/v1/finality?window=" + window).is(http.StatusOK); got["window"] != window || got["ttf_ms"].(map[string]any)["count"] != 1.0 {
			t.Error(got)
		}
	}
	s.get("/v1/finality?window=1h").problem(http.StatusBadRequest, codeInvalidParameter)
	byAccept := s.get("/v1/finality/comparison", "Accept", "image/svg+xml")
	byFormat := s.get("/v1/finality/comparison?format=svg&window=5m")
	for _, r := range []reply{byAccept, byFormat} {
		if r.is(http.StatusOK); !strings.HasPrefix(string(r.body), "<svg") || r.header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("%s", r.body)
		}
	}
	s.get("/v1/finality/comparison?format=png").problem(http.StatusBadRequest, codeInvalidParameter)
}

func TestMetricsAndPages(t *testing.T) {
	s := serve(t, nil)
	s.submit("/v1/txs?wait=final", s.transfer(0, 5)).is(http.StatusOK)
	s.submit("/v1/txs", s.transfer(0, 6)).is(http.StatusUnprocessableEntity)
	text := string(s.get("/metrics").body)
	for _, want := range []string{`blink_ttf_seconds_bucket{le="0.001"}`, `blink_ttf_seconds_bucket{le="30"} 1`, `blink_ttf_seconds_count 1`,
		`blink_tx_outcomes_total{outcome="final"} 1`, `blink_tx_outcomes_total{outcome="rejected"} 1`, `blink_tx_outcomes_total{outcome="expired"} 0`,
		`blink_ttf_stage_seconds_count{stage="executed"} 1`, `blink_http_request_seconds_count{method="POST",route="/v1/txs",status="200"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for _, path := range []string{"/", "/dashboard.js", "/dashboard.css", "/openapi.yaml"} {
		r := s.get(path)
		if r.is(http.StatusOK); len(r.body) < 1000 {
			t.Errorf("%s has %d bytes", path, len(r.body))
		}
		if head := s.do(http.MethodHead, path, "", nil); head.status != http.StatusOK || len(head.body) != 0 {
			t.Errorf("HEAD %s: %d", path, head.status)
		}
	}
	for _, word := range []string{"innerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://"} {
		if strings.Contains(string(dashboardJS), word) {
			t.Errorf("the dashboard's script uses %s", word)
		}
	}
	if page := string(dashboardHTML); strings.Contains(page, "style=") || strings.Contains(page, "onclick") || strings.Count(page, "<script") != 1 {
		t.Error("the page has inline style or script, which its policy forbids")
	}
}

func TestBeforeTheFirstBlock(t *testing.T) {
	s := start(t, nil)
	alice := s.alice().Address().String()
	for _, path := range []string{"/v1/accounts/" + alice, "/v1/accounts/" + alice + "/rewards", "/v1/accounts/" + alice + "/redelegations", "/v1/validators",
		"/v1/validators/" + alice + "/uptime", "/v1/proposals", "/v1/proposals/1", "/v1/upgrade", "/v1/blocks/latest", "/v1/supply", "/v1/params"} {
		s.get(path).problem(http.StatusServiceUnavailable, codeNotReady)
	}
	for _, path := range []string{"/v1/blocks", "/v1/status", "/v1/config", "/v1/genesis", "/v1/finality", "/v1/finality/comparison"} {
		s.get(path).is(http.StatusOK)
	}
}
