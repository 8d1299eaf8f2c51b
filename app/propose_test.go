package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"blink/coin"
	"blink/tx"
)

// TestOrder: letters are senders, numbers nonces, candidates in the order of their arrival. Everyone owns 10 BLINK and a
// candidate costs 1; aN! costs 9, aN$ pays too small a fee, aN@ is expired.
func TestOrder(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a", "b", "c"}, []string{"v"}, 10*coin.Blink, coin.Blink))
	for _, test := range []struct{ name, candidates, want string }{
		{"as they arrive", "a0 b0 c0", "a0 b0 c0"},
		{"by nonce, in the places of arrival", "a1 b0 a0", "a0 b0 a1"},
		{"no gaps", "a0 a2 b1 c0", "a0 c0"},
		{"the first of two with one nonce", "a0 a0! a1", "a0 a1"},
		{"what the balance covers", "a0! a1 a2 b0", "a0! b0"},
		{"enough fee", "a0$ a1 b0", "b0"},
		{"not expired", "a0 a1@ a2 b0", "a0 b0"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := order(t, c, test.candidates, -1, 100); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	size := 0
	for _, v := range candidates(t, c, "a0 b0 c0") {
		size += int(wireSize(len(v.Raw())))
	}
	for limit, want := range map[int]string{size: "a0 b0 c0", size - 1: "a0 b0", 0: "", size * 2: "a0 b0 c0"} {
		if got := order(t, c, "a0 b0 c0", int64(limit), 100); got != want {
			t.Errorf("within %d bytes: got %q, want %q", limit, got, want)
		}
	}
}

// TestOrderIsAdmissible: what Order proposes executes.
func TestOrderIsAdmissible(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a", "b", "c"}, []string{"v"}, 10*coin.Blink, coin.Blink))
	var txs []Input
	for _, v := range Order(c.state(), candidates(t, c, "b2 a1 a0 c0! c1 b0 b1 a2 b4"), -1, 100, c.time) {
		txs = append(txs, Input{ID: v.ID(), Tx: v})
	}
	result, _ := c.next(time.Second, txs, nil, nil)
	for i, r := range result.Receipts {
		if r.Code != tx.OK {
			t.Errorf("%d: %s", i, r.Code)
		}
	}
	if len(txs) != 7 {
		t.Errorf("%d proposed, want 7", len(txs))
	}
}

// A proposal of so many holds the first to arrive.
func TestOrderOfAFew(t *testing.T) {
	c := newMemoryChain(t, testGenesis(testParams(), []string{"a", "b", "c"}, []string{"v"}, 10*coin.Blink, coin.Blink))
	for most, want := range []string{"", "a0", "a0 b0", "a0 b0 c0", "a0 b0 c0"} {
		if got := order(t, c, "a2 a0 b0 c0", -1, most); got != want {
			t.Errorf("at most %d: %q, want %q", most, got, want)
		}
	}
}

func candidates(t *testing.T, c *chain, list string) []tx.Verified {
	var out []tx.Verified
	for _, word := range strings.Fields(list) {
		var nonce uint64
		var mark string
		fmt.Sscanf(word[1:], "%d%s", &nonce, &mark)
		fee, amount, valid := coin.Amount(1000), coin.Blink-1000, c.time.Unix()+60
		switch mark {
		case "!":
			amount = 9*coin.Blink - 1000 + 1
		case "$":
			fee = 999
		case "@":
			valid = c.time.Unix() - 1
		}
		out = append(out, signed(t, newPerson(word[:1]), tx.Body{Nonce: nonce, Fee: fee, ValidUntil: valid, Memo: word,
			Msgs: []tx.Msg{tx.Transfer{To: newPerson("v").address, Amount: amount}}}))
	}
	return out
}

func order(t *testing.T, c *chain, list string, maxBytes int64, most int) string {
	var got []string
	for _, v := range Order(c.state(), candidates(t, c, list), maxBytes, most, c.time) {
		got = append(got, v.Body().Memo)
	}
	return strings.Join(got, " ")
}
