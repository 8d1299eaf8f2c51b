package tx_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"blink/coin"
	"blink/tx"
)

// State keeps a proposal's content as a kind and bytes.
func TestContentSurvivesItsBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		content := genSubmitProposal(rt, rapid.Just(coin.Blink), rapid.StringMatching(`[a-z]{1,9}`)).(tx.SubmitProposal).Content
		kind, raw := tx.EncodeContent(content)
		again, err := tx.DecodeContent(kind, raw)
		if err != nil || !reflect.DeepEqual(again, content) {
			rt.Fatalf("%+v became kind %d %x, then %+v, %v", content, kind, raw, again, err)
		}
	})
}

func TestContentIsRefused(t *testing.T) {
	for _, c := range []struct {
		kind uint8
		raw  []byte
		want string
	}{
		{0, nil, "proposal kind 0 is unknown to this version (unsupported)"},
		{4, nil, "proposal kind 4 is unknown to this version (unsupported)"},
		{255, nil, "proposal kind 255 is unknown to this version (unsupported)"},
		{tx.ContentText, number(1, 1), "text: field 1 is unknown (malformed)"},
		{tx.ContentParams, nil, "params.changes: must be 1 to 16 changes, was 0 (invalid_field)"},
		{tx.ContentParams, chunk(1, chunk(1)), "params.changes[0].name: must be left out when it is empty (non_canonical)"},
		{tx.ContentUpgrade, cat(number(1, 2), chunk(2, []byte("v2"))),
			"upgrade.height: must be a height from 1 to 4611686018427387904, was 0 (invalid_field)"},
	} {
		content, err := tx.DecodeContent(c.kind, c.raw)
		if wantRefusal(t, err, c.want); content != nil {
			t.Errorf("%s, and yet %+v", c.want, content)
		}
	}
}

// Numbers that the table of kinds and the wire share may never move.
func TestContentKinds(t *testing.T) {
	for i, c := range []tx.ProposalContent{tx.TextProposal{}, tx.ParamsProposal{}, tx.UpgradeProposal{}} {
		if kind, _ := tx.EncodeContent(c); int(kind) != i+1 {
			t.Errorf("%s has kind %d", c.Type(), kind)
		}
	}
}

// The JSON forms that say less, or it otherwise, than what is written.
func TestParseMessages(t *testing.T) {
	bob := testKey(t, "bob").Address().String()
	for _, c := range []struct {
		text string
		want string // empty: accepted; else after "body.msgs[0]."
	}{
		{`{"type":"edit_validator","details":""}`, ""},
		{`{"type":"edit_validator"}`,
			"edit_validator: must change something: moniker, details, commission_rate or min_self_bond (invalid_field)"},
		{`{"type":"edit_validator","moniker":""}`, "edit_validator.moniker: must be left out to stay as it is, was empty (malformed)"},
		{`{"type":"edit_validator","min_self_bond":"0"}`,
			"edit_validator.min_self_bond: must be left out to stay as it is, was 0 (malformed)"},
		{`{"type":"edit_validator","commission_rate":null}`,
			"edit_validator.commission_rate: must be a whole number of 32 bits, written as a JSON number, was null (malformed)"},
		{`{"type":"withdraw_rewards","all":false,"validator":"` + bob + `"}`, ""},
		{`{"type":"withdraw_rewards"}`, "withdraw_rewards.validator: must be an address, was empty (invalid_field)"},
		{`{"type":"cancel_unbonding","validator":"` + bob + `","created_height":"5","all":true}`,
			"cancel_unbonding.created_height: must be a whole number of 64 bits, written as a JSON number, was \"5\" (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","text":{}}`, ""},
		{`{"type":"submit_proposal","title":"t","deposit":"0"}`,
			"submit_proposal: must hold text, params or upgrade, had none (invalid_field)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","text":null}`, "submit_proposal.text: must be a JSON object (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","text":{"a":1}}`, "submit_proposal.text.a: unknown field (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","text":{},"params":{"changes":{}}}`,
			"submit_proposal: must hold one of text, params and upgrade, had more (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","params":{"changes":{"b":"2","a":"1"}}}`, ""},
		{`{"type":"submit_proposal","title":"t","deposit":"0","params":{"changes":{"a":"1","a":"2"}}}`,
			"submit_proposal.params.changes.a: must occur once, was repeated (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","params":{"changes":{"a":1}}}`,
			"submit_proposal.params.changes.a: must be a string, was 1 (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","params":{"changes":{"a":"01"}}}`,
			"submit_proposal.params.changes.a: must be a string of a whole number of 64 bits, like \"12500000\", was \"01\" (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","params":{"changes":{"a":"-1"}}}`,
			"submit_proposal.params.changes.a: must be a string of a whole number of 64 bits, like \"12500000\", was \"-1\" (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","params":{"changes":[]}}`,
			"submit_proposal.params.changes: must be a JSON object (malformed)"},
		{`{"type":"submit_proposal","title":"t","deposit":"0","upgrade":{"app_version":2,"name":"v2"}}`,
			"submit_proposal.upgrade.height: must be present (malformed)"},
		{`{"type":"vote","proposal":1,"option":"veto"}`, ""},
		{`{"type":"vote","proposal":1,"option":"Yes"}`, "vote.option: must be yes, no, abstain or veto, was \"Yes\" (invalid_field)"},
		{`{"type":"vote","proposal":1,"option":""}`, "vote.option: must be yes, no, abstain or veto, was \"\" (invalid_field)"},
		{`{"type":"vote","proposal":1,"option":1}`, "vote.option: must be a string, was 1 (malformed)"},
	} {
		t.Run(c.text, func(t *testing.T) {
			valid, err := json.Marshal(bodyOf(t, tx.Unjail{}))
			if err != nil {
				t.Fatal(err)
			}
			body, err := tx.ParseBody([]byte(strings.Replace(string(valid), `{"type":"unjail"}`, c.text, 1)))
			if err == nil {
				_, err = body.Encode()
			}
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantRefusal(t, err, "body.msgs[0]."+c.want)
		})
	}
}

func TestVoteOption(t *testing.T) {
	var names []string
	for o := range tx.VoteOption(6) {
		names = append(names, o.String())
		parsed, err := tx.ParseVoteOption(o.String())
		if known := o >= tx.VoteYes && o <= tx.VoteVeto; known != (err == nil) || known && parsed != o {
			t.Errorf("%s is read as %d, %v", o, parsed, err)
		}
		text, err := json.Marshal(o)
		if err != nil || string(text) != fmt.Sprintf("%q", o.String()) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if want := []string{"option_0", "yes", "no", "abstain", "veto", "option_5"}; !reflect.DeepEqual(names, want) {
		t.Errorf("%v", names)
	}
	var o tx.VoteOption
	if err := json.Unmarshal([]byte(`"abstain"`), &o); err != nil || o != tx.VoteAbstain {
		t.Errorf("%v, %v", o, err)
	}
	if json.Unmarshal([]byte(`""`), &o) == nil {
		t.Error("an empty option is read")
	}
}
