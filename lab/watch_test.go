package lab

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// A stream that breaks is opened again, and what was missed meanwhile is known to be late.
func TestWatchFillsInWhatItMissed(t *testing.T) {
	t.Parallel()
	var streams atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/status" {
			fmt.Fprint(w, `{"height":15}`)
			return
		}
		from, to := 11, 12
		if streams.Add(1) > 1 {
			from, to = 17, 18
		}
		for h := from; h <= to; h++ {
			fmt.Fprintf(w, "event: block\ndata: {\"height\":%d}\n\n", h)
		}
		w.(http.Flusher).Flush()
		if to == 18 {
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	w := WatchBlocks(t.Context(), []string{server.URL}, time.Now)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && len(w.Blocks()) < 8; {
		time.Sleep(5 * time.Millisecond)
	}
	w.Stop()
	late := map[int64]bool{11: false, 12: false, 13: true, 14: true, 15: true, 16: true, 17: false, 18: false}
	blocks := w.Blocks()
	for i, b := range blocks {
		if b.Height != int64(11+i) || b.Late != late[b.Height] {
			t.Errorf("block %d, late %v", b.Height, b.Late)
		}
	}
	if len(blocks) != len(late) {
		t.Errorf("%d blocks: %v", len(blocks), blocks)
	}
}
