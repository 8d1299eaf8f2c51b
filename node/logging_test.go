package node

import (
	"bytes"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
)

func TestCometLogIsQuiet(t *testing.T) {
	var out bytes.Buffer
	var stopping atomic.Bool
	log := newCometLog(NewLogger(LogConfig{Level: "info", Format: "text"}, &out), &stopping)

	log.Info("finalized block", "height", 1)
	log.Warn("slow")
	log.Debug("anything")
	if out.Len() > 0 {
		t.Fatalf("printed %s", out.String())
	}
	log.With("module", "p2p").Error("Stopping peer for error", "err", errors.New("EOF"))
	if got := out.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, "module=p2p err=EOF") {
		t.Fatalf("printed %s", got)
	}
	out.Reset()
	stopping.Store(true)
	log.Error("Stopped accept routine, as transport is closed")
	if out.Len() > 0 {
		t.Fatalf("printed %s while stopping", out.String())
	}
}

func TestCometLogHearsConsensusFail(t *testing.T) {
	var out bytes.Buffer
	log := newCometLog(NewLogger(LogConfig{Level: "error", Format: "json"}, &out), new(atomic.Bool))
	log.With("module", "consensus").Error(consensusFailure, "err", "supply is broken", "stack", "...")
	if why := log.failure.Load(); why == nil || *why != "supply is broken" {
		t.Fatalf("heard %v", why)
	}
	if !strings.Contains(out.String(), `"level":"ERROR"`) {
		t.Fatalf("printed %s", out.String())
	}
}
