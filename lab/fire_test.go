package lab

import (
	"net/http"
	"testing"

	"blink/api/client"
)

// A network that comes back answers "not ready" for a while. That is no outcome, and leaves no trace in the one that follows.
func TestNotReadyIsNoOutcome(t *testing.T) {
	var r Record
	notReady := &client.Problem{Status: http.StatusServiceUnavailable, Code: "not_ready"}
	if r.judge(client.TxStatus{}, notReady) {
		t.Error("not ready was taken for an outcome")
	}
	if !r.judge(client.TxStatus{Status: client.StatusFinal, Code: "ok"}, nil) || r.Status != client.StatusFinal || r.Code != "" {
		t.Errorf("after not ready and final: %q %q", r.Status, r.Code)
	}
}
