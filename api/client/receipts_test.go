package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"blink/tx"
)

// A receipt is given as the node wrote it; AwaitReceipt asks until it has the result.
func TestReceipts(t *testing.T) {
	id := tx.ID{1}
	var asked atomic.Int64
	node := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1/txs/" + id.String():
			io.WriteString(w, `{"status":"final","height":3}`)
		case "/v1/txs/" + id.String() + "/receipt":
			if asked.Add(1) < 3 {
				io.WriteString(w, `{"id": "a"}`)
				return
			}
			io.WriteString(w, `{"id": "a", "result": {}}`)
		default:
			w.WriteHeader(http.StatusConflict)
			io.WriteString(w, `{"code":"not_final","detail":"in no block"}`)
		}
	}))
	defer node.Close()
	c := newClient(t, Options{}, node.URL)
	ctx := context.Background()
	if raw, err := c.Receipt(ctx, id); err != nil || string(raw) != `{"id": "a"}` {
		t.Fatalf("%s, %v", raw, err)
	}
	raw, err := c.AwaitReceipt(ctx, id, time.Minute)
	if err != nil || !strings.Contains(string(raw), "result") || asked.Load() != 3 {
		t.Fatalf("%s, %v after %d questions", raw, err, asked.Load())
	}
	asked.Store(0)
	if raw, err := c.AwaitReceipt(ctx, id, 0); err != nil || strings.Contains(string(raw), "result") {
		t.Fatalf("without waiting: %s, %v", raw, err)
	}
	var p *Problem
	if _, err := c.Receipt(ctx, tx.ID{2}); !errors.As(err, &p) || p.Code != "not_final" {
		t.Fatal(err)
	}
}
