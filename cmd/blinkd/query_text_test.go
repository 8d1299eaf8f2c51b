package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"blink/crypto"
)

func textOf(t *testing.T, names keyNames, raw string) string {
	t.Helper()
	var b strings.Builder
	answerText{&b, names}.answer(json.RawMessage(raw))
	return b.String()
}

// What strangers wrote, and names that a hostile node made up, cannot move the cursor, look like an amount or stand where
// a member's name stands.
func TestStrangersTextReachesNoTerminal(t *testing.T) {
	const nasty = `\u001b]0;owned\u0007\r\u202e\u0085\u2028`
	for _, raw := range []string{
		`{"moniker":"` + nasty + `","details":"` + nasty + `","code":"` + nasty + `"}`,
		`{"proposals":[{"id":1,"title":"` + nasty + `","status":"voting"}]}`,
		`{"title":"` + nasty + `","summary":"` + nasty + `\n` + nasty + `","upgrade":{"name":"` + nasty + `"}}`,
		`{"` + nasty + `":"x","list":["` + nasty + `"],"rows":[{"` + nasty + `":"` + nasty + `"}],"` + nasty + `":{"x":1}}`,
		`{"params":{"changes":{"` + nasty + `":"5"}}}`,
		`"` + nasty + `"`,
		"no JSON \x1b[2J\x9b",
	} {
		text := textOf(t, nil, raw)
		for _, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: %q reaches the terminal:\n%q", raw, r, text)
			}
		}
	}
	forged := textOf(t, nil, `{"status":"rejected","summary":"fine\nstatus  passed\n\ttab"}`)
	if want := "status   rejected\nsummary  fine\n         status  passed\n             tab\n"; forged != want {
		t.Errorf("got\n%s\nwant\n%s", forged, want)
	}
}

// Nor does what a node answers instead.
func TestErrorsReachNoTerminal(t *testing.T) {
	var b strings.Builder
	env := &environment{stderr: &b}
	env.fail(hint{errors.New("no \x1b[2J\u009b\u202e\xff\nsecond line"), "\atry"})
	if got, want := b.String(), "error: no \\x1b[2J\\u009b\\u202e\ufffd\nsecond line\nhint: \\atry\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOnlyAmountsAreShownAsAmounts(t *testing.T) {
	got := textOf(t, nil, `{"moniker":"1000000","title":"1000000","summary":"1000000","details":"1000000","name":"1000000","memo":"1000000",
		"chain_id":"1000000","next_cursor":"1000000","shares":"1000000","time":"2026-01-02T03:04:05.678901Z","moniker":"2026-01-02T03:04:05.678901Z",
		"upgrade":{"name":"1000000"},"params":{"changes":{"min_fee":"1000000"}},"list":["1000000"]}`)
	if strings.Count(got, "BLINK") != 1 || !strings.Contains(got, "list\n1 BLINK\n") {
		t.Errorf("only the list holds an amount:\n%s", got)
	}
	if !strings.Contains(got, "time         2026-01-02T03:04:05Z\nmoniker      2026-01-02T03:04:05.678901Z\n") {
		t.Errorf("times are shortened, names are not:\n%s", got)
	}
}

func TestTablesNameKnownAddressesAndLackNoColumn(t *testing.T) {
	key, err := crypto.PrivateKeyFromBytes([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	address := key.Address()
	raw := `{"address":"` + address.String() + `","rewards":[{"validator":"blink1other","amount":"1"},{"validator":"` + address.String() + `","amount":"2000000","commission":"3000000"}],
		"validators":[{"operator":"x","commission":{"rate":1}}]}`
	want := "address  " + address.String() + `

rewards
VALIDATOR    AMOUNT          COMMISSION
blink1other  0.000001 BLINK  
alice        2 BLINK         3 BLINK

validators
OPERATOR
x
`
	if got := textOf(t, keyNames{address: "alice"}, raw); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The messages of a transaction are shown whole, each by itself.
func TestMessagesAreShownWhole(t *testing.T) {
	got := textOf(t, nil, `{"tx":{"body":{"msgs":[{"type":"delegate","validator":"v","amount":"1000000"},{"type":"submit_proposal","summary":"why","deposit":"10000000","text":{}}]}}}`)
	for _, want := range []string{"tx.body.msgs\n", "amount     1 BLINK\n\n", "summary  why\ndeposit  10 BLINK\n\ntx.body.msgs.text\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
