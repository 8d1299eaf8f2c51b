package lab

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"blink/api/client"
)

// Transactions go in few requests. Each gets its own outcome: one that the node refuses, one for which it has no room at
// first, and those whose answer is lost.
func TestBatches(t *testing.T) {
	l := newLedger()
	l.answer = func(n int) (int, string) {
		switch n % 25 {
		case 7:
			return http.StatusServiceUnavailable, `{"status":503,"code":"mempool_full","detail":"the mempool is full"}`
		case 11:
			return http.StatusOK, `{"status":"pending"}`
		case 19:
			return http.StatusUnprocessableEntity, `{"status":422,"code":"unsupported","detail":"not that one"}`
		}
		return 0, ""
	}
	l.failBatch = func(n int) bool { return n%10 == 0 }
	server := httptest.NewServer(l)
	defer server.Close()
	load, err := PrepareLoad(t.Context(), LoadConfig{Nodes: []string{server.URL}, Plan: []Phase{{500, time.Second}},
		Batch: 20 * time.Millisecond, Accounts: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer load.Close()
	if err := load.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(l.problems) > 0 {
		t.Fatal(l.problems)
	}
	counts := map[string]int{}
	records := load.Records()
	for _, r := range records {
		counts[r.Status+r.Code]++
		if done := l.done[r.ID]; done != (r.Status == client.StatusFinal) {
			t.Errorf("%d is %s, in the ledger: %v", r.Number, r.Status, done)
		}
		if late := r.Sent - r.Intended; late < 0 {
			t.Errorf("%d was sent %v early", r.Number, -late)
		}
	}
	final, full, refused := counts[client.StatusFinal], counts["rejectedmempool_full"], counts["rejectedunsupported"]
	if n := len(records); n < 400 || final+full+refused != n || full < n/50 || refused < n/50 {
		t.Errorf("%d transactions: %v", n, counts)
	}
	if l.batches > len(records)/5 {
		t.Errorf("%d requests for %d transactions", l.batches, len(records))
	}
}
