package api

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"blink/tx"
)

func TestATransactionIsTakenInEveryForm(t *testing.T) {
	s := serve(t, nil)
	text := func(signed tx.Signed) []byte {
		b, err := json.Marshal(signed)
		must(t, err)
		return b
	}
	quoted := func(v map[string]string) []byte {
		b, err := json.Marshal(v)
		must(t, err)
		return b
	}
	forms := []struct {
		name, media string
		body        func(tx.Signed) []byte
	}{
		{"raw", mediaBytes, tx.Signed.Raw},
		{"protobuf", mediaProto, tx.Signed.Raw},
		{"raw without a type", "", tx.Signed.Raw},
		{"text", mediaJSON + "; charset=utf-8", text},
		{"text without a type", "", text},
		{"base64", mediaJSON, func(t tx.Signed) []byte {
			return quoted(map[string]string{"tx": base64.StdEncoding.EncodeToString(t.Raw())})
		}},
		{"parts", mediaJSON, func(t tx.Signed) []byte {
			return quoted(map[string]string{"body_bytes": hex.EncodeToString(t.BodyBytes()), "witness": hex.EncodeToString(t.Witness())})
		}},
	}
	for nonce, form := range forms {
		signed := s.transfer(uint64(nonce), 5)
		got := s.do(http.MethodPost, "/v1/txs?wait=final", form.media, form.body(signed)).is(http.StatusOK)
		if got["id"] != signed.ID().String() || got["status"] != "final" || got["code"] != "ok" || got["ttf_ms"] == nil {
			t.Errorf("%s: %v", form.name, got)
		}
	}
	bob := s.get("/v1/accounts/" + s.bob().Address().String()).is(http.StatusOK)
	if want := s.net.Demo[1].Balance + 7*5; bob["balance"] != want.String() {
		t.Errorf("bob has %v, want %v", bob["balance"], want)
	}
}

func TestPrepareAndSignElsewhere(t *testing.T) {
	s := serve(t, nil)
	request := map[string]any{
		"sender": s.alice().Address(),
		"msgs":   []any{map[string]any{"type": "transfer", "to": s.bob().Address(), "amount": "7"}},
	}
	got := s.post("/v1/txs/prepare", request).is(http.StatusOK)
	hash, err := hex.DecodeString(got["hash"].(string))
	must(t, err)
	signature, err := s.alice().Sign([32]byte(hash))
	must(t, err)
	final := s.post("/v1/txs?wait=final", map[string]any{"body_bytes": got["body_bytes"], "witness": hex.EncodeToString(signature[:])}).is(http.StatusOK)
	if final["status"] != "final" || final["code"] != "ok" {
		t.Error(final)
	}
	again := s.post("/v1/txs/prepare", request).is(http.StatusOK)
	if nonce := again["body"].(map[string]any)["nonce"]; nonce != 1.0 {
		t.Errorf("the next nonce is %v", nonce)
	}
	request["surprise"] = 1
	if p := s.post("/v1/txs/prepare", request).problem(http.StatusBadRequest, codeInvalidBody); p["field"] != "surprise" {
		t.Error(p)
	}
	s.post("/v1/txs/prepare", map[string]any{"sender": "alice", "msgs": []any{}}).problem(http.StatusBadRequest, codeInvalidBody)
	s.post("/v1/txs/prepare", map[string]any{"sender": s.alice().Address(), "msgs": []any{}}).problem(http.StatusBadRequest, "invalid_field")
}

func TestAcceptedIsNotFinal(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	signed := s.transfer(0, 5)
	path := "/v1/txs/" + signed.ID().String()
	accepted := s.submit("/v1/txs", signed)
	if got := accepted.is(http.StatusAccepted); got["status"] != statusAccepted || got["url"] != path || accepted.header.Get("Location") != path {
		t.Errorf("%v, %v", got, accepted.header)
	}
	if got := s.get(path).is(http.StatusOK); got["status"] != "pending" {
		t.Error(got)
	}
	if got := s.submit("/v1/txs?wait=final&timeout=20ms", signed).is(http.StatusAccepted); got["status"] != "pending" {
		t.Errorf("a timeout is no error: %v", got)
	}
	account := s.get("/v1/accounts/" + s.alice().Address().String()).is(http.StatusOK)
	if account["nonce"] != 0.0 || account["pending_nonce"] != 1.0 {
		t.Error(account)
	}
	go func() {
		time.Sleep(20 * time.Millisecond)
		s.block(0)
	}()
	if got := s.get(path + "?wait=5s").is(http.StatusOK); got["status"] != "final" || got["tx"] == nil || got["stages"] == nil {
		t.Error(got)
	}
	if got := s.submit("/v1/txs", signed).is(http.StatusOK); got["status"] != "final" {
		t.Errorf("the same bytes again: %v", got)
	}
}

// Whether a client or a peer was first, the transaction was checked here.
func TestWhenATransactionWasChecked(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	peers, mine := s.transfer(0, 5), s.transfer(1, 5)
	must(t, s.Submit(t.Context(), peers)[0]) // not by way of the server
	for _, signed := range []tx.Signed{mine, peers} {
		s.submit("/v1/txs", signed).is(http.StatusAccepted)
	}
	s.block(0)
	for _, signed := range []tx.Signed{mine, peers} {
		got := s.get("/v1/txs/" + signed.ID().String()).is(http.StatusOK)
		if stages := got["stages"].(map[string]any); got["status"] != "final" || stages["checked"] == nil {
			t.Error(got)
		}
	}
}

func TestAResubmissionAfterARestartIsFinal(t *testing.T) {
	s := serve(t, nil)
	signed := s.transfer(0, 5)
	s.submit("/v1/txs?wait=final", signed).is(http.StatusOK)
	fresh := serve(t, func(c *Config) { // a tracker that remembers nothing, on the same chain
		c.Node, c.Store = s.chain, s.chain.store
	})
	if got := fresh.submit("/v1/txs?wait=final", signed).is(http.StatusOK); got["status"] != "final" || got["height"] != 2.0 || got["ttf_ms"] != nil {
		t.Error(got)
	}
	if got := fresh.get("/v1/txs/" + signed.ID().String()).is(http.StatusOK); got["status"] != "final" || got["tx"] == nil {
		t.Error(got)
	}
	if got := fresh.get("/v1/finality").is(http.StatusOK); got["outcomes"].(map[string]any)["submitted"] != 0.0 {
		t.Errorf("it was counted as a submission: %v", got)
	}
}

func TestExpiredAndUnknown(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	signed := s.transfer(0, 5)
	s.submit("/v1/txs", signed).is(http.StatusAccepted)
	s.mu.Lock()
	s.waiting = nil // the mempool loses it
	s.mu.Unlock()
	s.block(2 * time.Minute)
	if got := s.get("/v1/txs/" + signed.ID().String()).is(http.StatusOK); got["status"] != "expired" && got["status"] != "rejected" {
		t.Error(got)
	}
	if got := s.get("/v1/txs/" + tx.ID{1}.String()).is(http.StatusOK); got["status"] != "unknown" {
		t.Error(got)
	}
}

func TestRefusalsNameTheFieldAndTheFix(t *testing.T) {
	s := serve(t, nil)
	s.submit("/v1/txs?wait=final", s.transfer(0, 5)).is(http.StatusOK)
	if p := s.submit("/v1/txs", s.transfer(0, 6)).problem(http.StatusUnprocessableEntity, "nonce_too_low"); p["expected"] != "1" || p["field"] == nil {
		t.Error(p)
	}
	s.submit("/v1/txs", s.transfer(500, 6)).problem(http.StatusUnprocessableEntity, "nonce_too_high")
	s.submit("/v1/txs", s.transfer(1, s.net.Demo[0].Balance)).problem(http.StatusUnprocessableEntity, "insufficient_balance")

	other, err := tx.Sign(tx.Body{ChainID: "other", Sender: s.alice().Address(), Nonce: 1, Fee: 1000, ValidUntil: time.Now().Unix() + 60,
		Msgs: []tx.Msg{tx.Transfer{To: s.bob().Address(), Amount: 1}}}, s.alice())
	must(t, err)
	s.submit("/v1/txs", other).problem(http.StatusUnprocessableEntity, "wrong_chain")

	forged, err := tx.Assemble(s.transfer(1, 9).BodyBytes(), s.transfer(1, 8).Witness())
	must(t, err)
	s.submit("/v1/txs", forged).problem(http.StatusUnprocessableEntity, "bad_signature")
	if got := s.get("/v1/finality").is(http.StatusOK)["outcomes"].(map[string]any); got["rejected"].(float64) < 4 {
		t.Errorf("refusals are not counted: %v", got)
	}

	for body, code := range map[string]string{
		`{"tx":"!"}`:                       codeInvalidBody,
		`{"tx":"AAAA"}`:                    "malformed",
		`{"tx":5}`:                         codeInvalidBody,
		`{"tx":"AAAA","witness":""}`:       codeInvalidBody,
		`{"body":{},"witness":"","x":1}`:   codeInvalidBody,
		`{"body":{"n":1},"witness":""}`:    "malformed",
		`{"body_bytes":"zz","witness":""}`: codeInvalidBody,
		`{"body_bytes":""}`:                codeInvalidBody,
		`{}`:                               codeInvalidBody,
		`null`:                             codeInvalidBody,
		`[1]`:                              codeInvalidBody,
		`{"tx":"AAAA"} {}`:                 codeInvalidBody,
		`{"tx":`:                           codeInvalidBody,
	} {
		r := s.do(http.MethodPost, "/v1/txs", mediaJSON, []byte(body))
		if r.status != http.StatusBadRequest {
			t.Errorf("%s: status %d: %s", body, r.status, r.body)
			continue
		}
		if p := r.is(http.StatusBadRequest); p["code"] != code && p["code"] != "invalid_field" {
			t.Errorf("%s: code %v, want %v", body, p["code"], code)
		}
	}
	s.do(http.MethodPost, "/v1/txs", mediaCurl, []byte(`{}`)).problem(http.StatusBadRequest, codeInvalidBody) // JSON by its first byte
	s.do(http.MethodPost, "/v1/txs", "text/plain", []byte(`{}`)).problem(http.StatusUnsupportedMediaType, codeMediaType)
	s.do(http.MethodPost, "/v1/txs", mediaBytes, make([]byte, maxBody+1)).problem(http.StatusRequestEntityTooLarge, codeBodyTooLarge)
	s.do(http.MethodPost, "/v1/txs", mediaBytes, make([]byte, tx.MaxTxBytes+1)).problem(http.StatusRequestEntityTooLarge, "too_large")
	s.do(http.MethodPost, "/v1/txs", mediaBytes, nil).problem(http.StatusBadRequest, "malformed")
}

func TestANodeThatCannotTakeMoreSaysWhenToComeAgain(t *testing.T) {
	s := serve(t, nil)
	for _, c := range []struct {
		err  error
		code string
	}{{ErrMempoolFull, codeMempoolFull}, {ErrNotReady, codeNotReady}} {
		s.fails(c.err, nil)
		r := s.submit("/v1/txs?wait=final", s.transfer(0, 5))
		r.problem(http.StatusServiceUnavailable, c.code)
		if r.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	s.fails(nil, nil)
	if got := s.get("/v1/finality").is(http.StatusOK)["outcomes"].(map[string]any); got["submitted"] != 0.0 {
		t.Errorf("what was never judged is counted: %v", got)
	}
	s.submit("/v1/txs?wait=final", s.transfer(0, 5)).is(http.StatusOK)
}

func TestStoppingEndsAWait(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	go func() {
		for s.get("/v1/finality").is(http.StatusOK)["waiters"] == 0.0 {
			time.Sleep(5 * time.Millisecond)
		}
		s.api.Close()
	}()
	begin := time.Now()
	if got := s.submit("/v1/txs?wait=final&timeout=60s", s.transfer(0, 5)).is(http.StatusAccepted); got["status"] != "pending" {
		t.Error(got)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func BenchmarkSubmitAndWait(b *testing.B) {
	s := serve(b, nil)
	var nonce uint64
	for b.Loop() {
		s.submit("/v1/txs?wait=final", s.transfer(nonce, 1))
		nonce++
	}
}
