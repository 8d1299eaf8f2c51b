package app

import (
	"errors"
	"testing"

	"blink/coin"
	"blink/store"
	"blink/tx"
)

func admitCode(err error) tx.Code {
	var r *tx.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return tx.OK
}

// TestAdmitSize: this chain's own bound on a transaction holds, to the byte.
func TestAdmitSize(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v"}, coin.Blink, coin.Blink))
	v := signed(t, newPerson("a"), tx.Body{Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: []tx.Msg{tx.Transfer{To: newPerson("b").address, Amount: 1}}})
	for extra, want := range map[int64]tx.Code{-1: tx.TooLarge, 0: tx.OK, 1: tx.OK} {
		params := testParams()
		params.MaxTxBytes = int64(len(v.Raw())) + extra
		o := store.NewOverlay(c.state())
		o.Set([]byte{prefixParams}, encodeParams(params))
		if got := admitCode(AdmissionOn(o, c.time).Admit(v, Pending{})); got != want {
			t.Errorf("%d bytes more than needed: %s, want %s", extra, got, want)
		}
	}
}

// TestAdmitOverflow: what waits and a transaction may cost more than 64 bits hold.
func TestAdmitOverflow(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v"}, coin.Blink, coin.Blink))
	v := signed(t, newPerson("a"), tx.Body{Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: []tx.Msg{tx.Transfer{To: newPerson("b").address, Amount: 1}}})
	if got := admitCode(AdmissionOn(c.state(), c.time).Admit(v, Pending{Spent: coin.Max - 1000})); got != tx.AmountOverflow {
		t.Errorf("got %s", got)
	}
	if got := admitCode(AdmissionOn(c.state(), c.time).Admit(v, Pending{Spent: coin.Max - 1001})); got != tx.InsufficientBalance {
		t.Errorf("one less: got %s", got)
	}
}
