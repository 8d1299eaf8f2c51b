package tx_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"blink/tx"
)

func TestParseBody(t *testing.T) {
	bob := testKey(t, "bob").Address().String()
	valid, err := json.Marshal(bodyOf(t, transferTo(t, "bob", 5)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string // a change of the valid text
		want           string // empty: accepted
	}{
		{"as written", "", "", ""},
		{"no memo", `"memo":"",`, ``, ""},
		{"spaces", `,`, " ,\n ", ""},
		{"unknown field", `"memo"`, `"note"`, "body.note: unknown field (malformed)"},
		{"another case", `"memo"`, `"Memo"`, "body.Memo: unknown field (malformed)"},
		{"field twice", `"memo":""`, `"memo":"","nonce":8`, "body.nonce: must occur once, was repeated (malformed)"},
		{"field missing", `"nonce":7,`, ``, "body.nonce: must be present (malformed)"},
		{"nonce as string", `:7,`, `:"7",`, "body.nonce: must be a whole number of 64 bits, written as a JSON number, was \"7\" (malformed)"},
		{"nonce with fraction", `:7,`, `:7.0,`, "body.nonce: must be a whole number of 64 bits, written as a JSON number, was 7.0 (malformed)"},
		{"negative nonce", `:7,`, `:-7,`, "body.nonce: must be a whole number of 64 bits, written as a JSON number, was -7 (malformed)"},
		{"time too large", `1790000000`, `9223372036854775808`,
			"body.valid_until: must be a whole number of 64 bits, written as a JSON number, was 9223372036854775808 (malformed)"},
		{"fee as number", `"1000"`, `1000`, "body.fee: must be a string of whole ublink, like \"12500000\", was 1000 (malformed)"},
		{"fee with unit", `"1000"`, `"1blink"`, "body.fee: must be a string of whole ublink, like \"12500000\", was \"1blink\" (malformed)"},
		{"null memo", `"memo":""`, `"memo":null`, "body.memo: must be a string, was null (malformed)"},
		{"half a surrogate pair", `"memo":""`, `"memo":"\ud83d"`, "body.memo: must be valid UTF-16 in its escapes, was \"\\ud83d\" (malformed)"},
		{"a surrogate pair", `"memo":""`, `"memo":"\ud83d\ude80 \ufffd \uFFFD"`, ""},
		{"messages not an array", `[`, `{"a":[`, "body: must be valid JSON"},
		{"message not an object", `[{`, `[1,{`, "body.msgs[0]: must be a JSON object (malformed)"},
		{"unknown type", `"transfer"`, `"mint"`, "body.msgs[0].type: message type \"mint\" is unknown to this version (unsupported)"},
		{"unknown field of a message", `"amount"`, `"amuont":"1","amount"`, "body.msgs[0].transfer.amuont: unknown field (malformed)"},
		{"address mistyped", bob, bob[:len(bob)-1] + "!", "body.msgs[0].transfer.to: "},
		{"amount too large", `"5"`, `"18446744073709551616"`,
			"body.msgs[0].transfer.amount: must be a string of whole ublink, like \"12500000\", was \"18446744073709551616\" (malformed)"},
		{"not UTF-8", `"memo":""`, "\"memo\":\"\xff\"", "body: must be valid UTF-8 (malformed)"},
		{"more after it", `}]}`, `}]}{}`, "body: must be one JSON object, had more after it (malformed)"},
		{"cut short", `}]}`, `}]`, "body: must be valid JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(string(valid), c.old, c.new, 1)
			_, err := tx.ParseBody([]byte(text))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case strings.HasSuffix(c.want, ")"):
				wantRefusal(t, err, c.want)
			case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestUnknownFieldHintListsTheKnown(t *testing.T) {
	_, err := tx.ParseSigned([]byte(`{"body":{},"sig":""}`))
	mustBeRefusal(t, err)
	valid, err := json.Marshal(mustSign(t, bodyOf(t, tx.Unjail{})))
	if err != nil {
		t.Fatal(err)
	}
	var refusal *tx.Refusal
	_, err = tx.ParseSigned([]byte(strings.Replace(string(valid), `{"body"`, `{"sig":"","body"`, 1)))
	if !errors.As(err, &refusal) || refusal.Field != "sig" || refusal.Hint != "known here: body, witness" {
		t.Errorf("%v", err)
	}
}

// encoding/json hands refusals through unchanged, so that a handler may decode a larger document.
func TestRefusalSurvivesEncodingJSON(t *testing.T) {
	var doc struct {
		Tx tx.Signed `json:"tx"`
	}
	err := json.Unmarshal([]byte(`{"tx":{"body":{"chain_id":5}}}`), &doc)
	wantRefusal(t, err, "body.chain_id: must be a string, was 5 (malformed)")
}

func TestID(t *testing.T) {
	id := mustSign(t, examples(t)[0].body).ID()
	if parsed, err := tx.ParseID(strings.ToUpper(id.String())); err != nil || parsed != id {
		t.Errorf("%s: %v", parsed, err)
	}
	for _, bad := range []string{"", id.String()[1:], id.String() + "00", strings.Repeat("zz", 32)} {
		if _, err := tx.ParseID(bad); err == nil {
			t.Errorf("ParseID(%q) succeeded", bad)
		}
	}
	text, err := json.Marshal(map[tx.ID]tx.ID{id: id})
	var back map[tx.ID]tx.ID
	if err != nil || json.Unmarshal(text, &back) != nil || back[id] != id {
		t.Errorf("%s: %v", text, err)
	}
}
