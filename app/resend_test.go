package app

import (
	"testing"
	"time"

	"blink/coin"
	"blink/tx"
)

// TestResendTakesTurns: the turn follows from the height alone, far from genesis too; nothing is sent between.
func TestResendTakesTurns(t *testing.T) {
	set := powers(1, 2, 3)
	for height, want := range map[int64]Power{500: 2, 1000: 3, 1500: 1, 500 * 700: 2, 500 * 1_000_000: 2} {
		if got := resend(height, set); len(got) != 1 || got[0] != (ValidatorUpdate{set[want-1].key, want}) {
			t.Errorf("height %d: %v, want power %d", height, got, want)
		}
		if got := resend(height+1, set); got != nil {
			t.Errorf("height %d: %v", height+1, got)
		}
		if got := resend(height, set[:1]); len(got) != 1 {
			t.Errorf("height %d, a set of one: %v", height, got)
		}
	}
	if got := resend(500, nil); got != nil {
		t.Errorf("an empty set: %v", got)
	}
}

// TestResendWithoutNews: a block in which stake moved and came back has nothing to tell either, so it sends one again.
func TestResendWithoutNews(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a"}, []string{"v", "w"}, 10*coin.Blink, 10*coin.Blink))
	a, v := newPerson("a"), newPerson("v").address
	for c.height < ResendInterval-1 {
		c.next(time.Second, nil, nil, nil)
	}
	there := []tx.Msg{tx.Delegate{Validator: v, Amount: coin.Blink}, tx.Undelegate{Validator: v, Amount: coin.Blink}}
	in := Input{Tx: signed(t, a, tx.Body{Fee: 1000, ValidUntil: c.time.Unix() + 60, Msgs: there})}
	result, _ := c.next(time.Second, []Input{in}, nil, nil)
	if result.Receipts[0].Code != tx.OK || len(result.Updates) != 1 || result.Updates[0].Power != 10 {
		t.Errorf("%v, updates %v, want one validator as it is", result.Receipts[0].Code, result.Updates)
	}
}
