package api

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"blink/crypto"
)

// stranger is an address that nobody has used.
func stranger(t testing.TB, n byte) crypto.Address {
	t.Helper()
	key, err := crypto.PrivateKeyFromBytes(append(make([]byte, 31), n))
	must(t, err)
	return key.Address()
}

func TestTheFaucetPays(t *testing.T) {
	s := serve(t, nil)
	to := stranger(t, 1)
	got := s.post("/v1/faucet", map[string]any{"address": to}).is(http.StatusOK)
	if got["status"] != "final" || got["code"] != "ok" || got["amount"] != "100000000" {
		t.Error(got)
	}
	if got := s.get("/v1/accounts/" + to.String()).is(http.StatusOK); got["balance"] != "100000000" {
		t.Error(got)
	}
	r := s.post("/v1/faucet", map[string]any{"address": to})
	r.problem(http.StatusTooManyRequests, codeFaucetLimited)
	if r.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if got := s.post("/v1/faucet?wait=accepted", map[string]any{"address": stranger(t, 2)}); got.status != http.StatusOK && got.status != http.StatusAccepted {
		t.Errorf("%d %s", got.status, got.body)
	}
	s.post("/v1/faucet", map[string]any{"address": "bob"}).problem(http.StatusBadRequest, codeInvalidBody)
	s.post("/v1/faucet", map[string]any{"address": to, "amount": "5"}).problem(http.StatusBadRequest, codeInvalidBody)
	s.post("/v1/faucet", map[string]any{}).problem(http.StatusBadRequest, codeInvalidBody)
	s.do(http.MethodPost, "/v1/faucet", "text/plain", []byte(`{}`)).problem(http.StatusUnsupportedMediaType, codeMediaType)
}

func TestPaymentsAtOnceAllArrive(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	var wg sync.WaitGroup
	for n := range 10 {
		wg.Go(func() {
			if got := s.post("/v1/faucet", map[string]any{"address": stranger(t, byte(n+1))}).is(http.StatusOK); got["status"] != "final" {
				t.Error(got)
			}
		})
	}
	for s.get("/v1/finality").is(http.StatusOK)["waiters"] != 10.0 {
		time.Sleep(5 * time.Millisecond)
	}
	s.block(0)
	wg.Wait()
}

func TestLimitsSurviveARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "faucet.json")
	limited := func(c *Config) { c.Faucet.Journal, c.Faucet.PerIP = file, 2 }
	s := serve(t, limited)
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 1)}).is(http.StatusOK)
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 2)}).is(http.StatusOK)
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 3)}).problem(http.StatusTooManyRequests, codeFaucetLimited)

	again := serve(t, limited)
	again.post("/v1/faucet", map[string]any{"address": stranger(t, 3)}).problem(http.StatusTooManyRequests, codeFaucetLimited)

	must(t, os.WriteFile(file, []byte("{"), 0o600))
	if _, err := openJournal(file); err == nil {
		t.Error("a damaged journal was taken for an empty one")
	}
}

func TestAPaymentThatFailedDoesNotCount(t *testing.T) {
	s := serve(t, nil)
	s.fails(ErrMempoolFull, nil)
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 1)}).problem(http.StatusServiceUnavailable, codeMempoolFull)
	s.fails(nil, nil)
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 1)}).is(http.StatusOK)
}

func TestANodeWithoutAFaucet(t *testing.T) {
	s := serve(t, func(c *Config) { c.Faucet = Faucet{} })
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 1)}).problem(http.StatusForbidden, codeFaucetDisabled)
}

func TestADryFaucetSaysSo(t *testing.T) {
	s := serve(t, func(c *Config) {
		c.Faucet.Amount = 2_000_000_000_000_000
	})
	s.post("/v1/faucet", map[string]any{"address": stranger(t, 1)}).problem(http.StatusServiceUnavailable, codeFaucetEmpty)
}

func TestOldPaymentsAreForgotten(t *testing.T) {
	j := &journal{path: filepath.Join(t.TempDir(), "f")}
	limits := Faucet{Interval: time.Minute, PerIP: 1}
	now := time.Now()
	must(t, j.note("a", "ip", now))
	if j.allow("b", "ip", now.Add(59*time.Minute), limits) == nil {
		t.Error("the client's limit was forgotten too early")
	}
	if err := j.allow("a", "ip", now.Add(61*time.Minute), limits); err != nil || len(j.payments) != 0 {
		t.Errorf("%v, %d remembered", err, len(j.payments))
	}
}
