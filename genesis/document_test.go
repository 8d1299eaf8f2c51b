package genesis_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
)

func TestDocumentSurvivesItsText(t *testing.T) {
	doc := mustTestnet(t, testSpec()).Genesis
	text := doc.Encode()
	parsed, err := genesis.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(parsed, doc) || !bytes.Equal(parsed.Encode(), text) {
		t.Errorf("became\n%s", parsed.Encode())
	}
	if parsed.Hash() != sha256.Sum256(text) {
		t.Error("hash is not that of the text")
	}

	path := filepath.Join(t.TempDir(), "genesis.json")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	loaded, err := genesis.Load(path)
	if err != nil || loaded.Hash() != doc.Hash() {
		t.Errorf("load: %v", err)
	}
	if _, err := genesis.Load(path + "x"); err == nil || !strings.Contains(err.Error(), path+"x") {
		t.Errorf("load of a missing file: %v", err)
	}
}

// A chain that begins at height 1 has one text and one hash, whether or not its document says so.
func TestInitialHeight(t *testing.T) {
	doc := mustTestnet(t, testSpec()).Genesis
	one := strings.Replace(string(doc.Encode()), `"params"`, `"initial_height": 1, "params"`, 1)
	parsed, err := genesis.Parse([]byte(one))
	if err != nil || parsed.Hash() != doc.Hash() || !reflect.DeepEqual(parsed, doc) || parsed.FirstHeight() != 1 {
		t.Errorf("initial_height 1 gives %v, first height %d and\n%s", err, parsed.FirstHeight(), parsed.Encode())
	}
	later := doc
	later.InitialHeight = 1000
	if parsed, err = genesis.Parse(later.Encode()); err != nil || parsed.FirstHeight() != 1000 || parsed.Hash() == doc.Hash() {
		t.Errorf("initial_height 1000 gives %v, first height %d and\n%s", err, parsed.FirstHeight(), parsed.Encode())
	}
}

func TestParseIsStrict(t *testing.T) {
	text := string(mustTestnet(t, testSpec()).Genesis.Encode())
	for _, c := range []struct{ old, new, want string }{
		{`"chain_id"`, `"chainid"`, `unknown field "chainid"`},
		{`"min_fee"`, `"min_fees"`, `unknown field "min_fees"`},
		{`"1000"`, `1000`, "must be a string of ublink"},
		{`"2026-01-02T02:04:05Z"`, `"2026-01-02T03:04:05+01:00"`, "genesis_time must be in UTC"},
		{"\n}\n", "\n}{}\n", "must be one JSON object"},
		{`{`, `[`, "genesis: "},
	} {
		if _, err := genesis.Parse([]byte(strings.Replace(text, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.new, err, c.want)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		change func(*genesis.Document)
		want   string
	}{
		{func(d *genesis.Document) { d.ChainID = "a b" }, "chain_id must be letters, digits"},
		{func(d *genesis.Document) { d.GenesisTime = time.Unix(1, 1).UTC() }, "genesis_time must be in UTC, after 1970, in whole milliseconds, was 1970-01-01T00:00:01.000000001Z"},
		{func(d *genesis.Document) { d.GenesisTime = time.Time{} }, "genesis_time must be in UTC, after 1970"},
		{func(d *genesis.Document) { d.InitialHeight = -1 }, "initial_height must be 0 to 9007199254740992, was -1"},
		{func(d *genesis.Document) { d.Validators = nil }, "validators must be at least 1, was 0"},
		{func(d *genesis.Document) { d.Accounts[1] = d.Accounts[0] }, "accounts[1].address must be unique, was blink1"},
		{func(d *genesis.Document) { d.Accounts[1].Address = crypto.Address{} }, "accounts[1].address must be an address of kind 0 or 1, was 00"},
		{func(d *genesis.Document) { d.Accounts[0].Balance = 0 }, "accounts[0].balance must be greater than 0, was 0"},
		{func(d *genesis.Document) { d.Accounts[0].Balance = 1 << 62 }, "supply must be at most 4611686018427387904 ublink, was 46"},
		{func(d *genesis.Document) { d.Accounts[0].Balance, d.Accounts[1].Balance = coin.Max, coin.Max },
			"supply must be at most 4611686018427387904 ublink, was more than 64 bits hold"},
		{func(d *genesis.Document) { d.Validators[1].Operator = d.Validators[0].Operator }, "validators[1].operator must be unique"},
		{func(d *genesis.Document) { d.Validators[1].ConsensusKey = d.Validators[0].ConsensusKey }, "validators[1].consensus_key must be unique"},
		{func(d *genesis.Document) { d.Validators[0].ConsensusKey = nil }, "validators[0].consensus_key must be 32 bytes, was 0"},
		{func(d *genesis.Document) { d.Validators[0].ConsensusKey = make([]byte, 32) }, "validators[0].consensus_key must not be a point of small order"},
		{func(d *genesis.Document) { d.Validators[0].SelfBond = coin.Blink - 1 }, "validators[0].self_bond must be at least 1000000 ublink, was 999999"},
		{func(d *genesis.Document) { d.Validators[0].Moniker = "" }, "validators[0].moniker must be 1 to 64 bytes, was 0"},
		{func(d *genesis.Document) { d.Validators[0].Commission.Rate = 2001 }, "validators[0].commission.rate must be at most max_rate (2000), was 2001"},
		{func(d *genesis.Document) { d.Params.MaxBlockBytes = 8 << 20 }, "params.max_block_bytes must be 1048576 to 4194304, was 8388608"},
	} {
		doc := mustTestnet(t, testSpec()).Genesis
		c.change(&doc)
		if err := doc.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// All problems are told at once.
func TestValidateJoinsProblems(t *testing.T) {
	err := genesis.Document{}.Validate()
	for _, want := range []string{"chain_id", "genesis_time", "params.unbonding_seconds", "params.jail_seconds", "validators"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is missing in\n%v", want, err)
		}
	}
}
