package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"
	"time"

	"blink/tx"
)

// batchOf is the body of a batch in both its forms.
func batchOf(txs ...tx.Signed) (asJSON map[string]any, asProto []byte) {
	var list []string
	var raws [][]byte
	for _, t := range txs {
		list, raws = append(list, base64.StdEncoding.EncodeToString(t.Raw())), append(raws, t.Raw())
	}
	return map[string]any{"txs": list}, tx.EncodeBatch(raws)
}

// entries are the statuses of a batch's answer, with the code or the code of the problem.
func (r reply) entries(status int) (list []string) {
	r.t.Helper()
	for _, e := range r.is(status)["txs"].([]any) {
		e := e.(map[string]any)
		text := e["status"].(string)
		if code, ok := e["code"]; ok {
			text += " " + code.(string)
		}
		if p, ok := e["problem"].(map[string]any); ok {
			text += ": " + p["code"].(string)
		}
		list = append(list, text)
	}
	return list
}

func expectEntries(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestABatchInBothForms(t *testing.T) {
	s := serve(t, nil)
	asJSON, _ := batchOf(s.transfer(0, 5), s.transfer(1, 5))
	expectEntries(t, s.post("/v1/txs/batch?wait=final", asJSON).entries(http.StatusOK), "final ok", "final ok")
	_, asProto := batchOf(s.transfer(2, 5), s.transfer(3, 5), s.transfer(2, 5))
	expectEntries(t, s.do(http.MethodPost, "/v1/txs/batch?wait=final", mediaProto, asProto).entries(http.StatusOK), "final ok", "final ok", "final ok")
	expectEntries(t, s.post("/v1/txs/batch", asJSON).entries(http.StatusOK), "final ok", "final ok")
}

// What is wrong with one transaction is told of it, and the others are taken.
func TestOneOfABatchIsRefused(t *testing.T) {
	s := serve(t, nil)
	good, other := s.transfer(0, 5), s.transfer(1, 5)
	forged, err := tx.Assemble(other.BodyBytes(), good.Witness())
	must(t, err)
	batch, _ := batchOf(forged, good, s.transfer(500, 1), other)
	batch["txs"] = append(batch["txs"].([]string), base64.StdEncoding.EncodeToString(good.Raw()[1:]), "")
	got := s.post("/v1/txs/batch?wait=final", batch)
	expectEntries(t, got.entries(http.StatusOK), "rejected bad_signature: bad_signature", "final ok",
		"rejected nonce_too_high: nonce_too_high", "final ok", "rejected malformed: malformed", "rejected malformed: malformed")
	tooHigh := got.is(http.StatusOK)["txs"].([]any)[2].(map[string]any)["problem"].(map[string]any)
	if tooHigh["field"] != "body.nonce" || tooHigh["expected"] == nil {
		t.Error(tooHigh)
	}
}

func TestABatchThatIsNotFinalInTime(t *testing.T) {
	s := serve(t, nil)
	s.hold(true)
	batch, _ := batchOf(s.transfer(0, 5), s.transfer(1, 5))
	expectEntries(t, s.post("/v1/txs/batch", batch).entries(http.StatusAccepted), "accepted", "accepted")
	expectEntries(t, s.post("/v1/txs/batch?wait=final&timeout=20ms", batch).entries(http.StatusAccepted), "pending", "pending")
	go func() {
		time.Sleep(20 * time.Millisecond)
		s.block(0)
	}()
	expectEntries(t, s.post("/v1/txs/batch?wait=final&timeout=5s", batch).entries(http.StatusOK), "final ok", "final ok")
	s.fails(ErrMempoolFull, nil)
	batch, _ = batchOf(s.transfer(2, 5))
	expectEntries(t, s.post("/v1/txs/batch?wait=final", batch).entries(http.StatusAccepted), "unknown: mempool_full")
	s.fails(nil, nil)
	expectEntries(t, s.post("/v1/txs/batch?wait=accepted", batch).entries(http.StatusAccepted), "accepted")
}

func TestABatchThatIsNone(t *testing.T) {
	s := serve(t, nil)
	_, many := batchOf(make([]tx.Signed, maxBatch+1)...)
	whole, cut := batchOf(s.transfer(0, 5))
	for name, body := range map[string][]byte{
		"nothing": {}, "too many": many,
	} {
		if p := s.do(http.MethodPost, "/v1/txs/batch", mediaProto, body).problem(http.StatusBadRequest, codeInvalidBody); p["field"] != "txs" {
			t.Error(name, p)
		}
	}
	for name, body := range map[string][]byte{
		"another field": {0x12, 0}, "another type": {0x08, 1}, "cut off": cut[:len(cut)-1],
	} {
		if p := s.do(http.MethodPost, "/v1/txs/batch", mediaProto, body).problem(http.StatusBadRequest, "malformed"); p["field"] != "txs[0]" {
			t.Error(name, p)
		}
	}
	for _, v := range []any{
		map[string]any{}, map[string]any{"txs": []string{}}, map[string]any{"txs": "AA=="}, map[string]any{"txs": []string{"?"}},
		map[string]any{"txs": whole["txs"], "wait": "final"}, []string{},
	} {
		s.post("/v1/txs/batch", v).problem(http.StatusBadRequest, codeInvalidBody)
	}
	s.do(http.MethodPost, "/v1/txs/batch", mediaBytes, cut).problem(http.StatusUnsupportedMediaType, codeMediaType)
	s.do(http.MethodPost, "/v1/txs/batch", mediaProto, make([]byte, maxBody+1)).problem(http.StatusRequestEntityTooLarge, codeBodyTooLarge)
	s.post("/v1/txs/batch?wait=soon", whole).problem(http.StatusBadRequest, codeInvalidParameter)
}

// Each transaction of a batch counts as a request.
func TestABatchIsCharged(t *testing.T) {
	s := serve(t, func(c *Config) { c.Limits.RequestsPerSecond, c.Limits.Burst = 1, 3 })
	batch, _ := batchOf(s.transfer(0, 5), s.transfer(1, 5), s.transfer(2, 5))
	s.post("/v1/txs/batch?wait=final", batch).is(http.StatusOK)
	s.post("/v1/txs/batch?wait=final", batch).problem(http.StatusTooManyRequests, codeRateLimited)
}
