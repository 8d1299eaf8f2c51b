package receipt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cometbft/cometbft/types"

	"blink/finality/receipt"
	"blink/tx"
)

func TestAReceiptIsVerified(t *testing.T) {
	c := newChain(t)
	for n := 1; n <= 9; n++ {
		raw := c.receipt(n)
		must(t, receipt.Verify(raw, c.net.Genesis))
		facts, err := c.trust().Verify(raw)
		must(t, err)
		var written struct{ ID tx.ID }
		must(t, json.Unmarshal(raw, &written))
		if facts.ID != written.ID || facts.Height != 10 || facts.Code != tx.Code(n-1).String() || facts.ChainID != "blink-test" {
			t.Errorf("%d transactions: %+v", n, facts)
		}
		if want := (receipt.Share{Validators: 4, Of: 4, Power: 4_000_000, OfPower: 4_000_000}); facts.Signed != want || facts.Trusted != want {
			t.Errorf("signed by %+v, trusted %+v", facts.Signed, facts.Trusted)
		}
	}
}

func TestAReceiptWithoutTheNextBlockProvesNoCode(t *testing.T) {
	c := newChain(t)
	source := c.source(10, 3, c.set(0, 1, 2, 3), c.set(0, 1, 2, 3))
	source.Next = nil
	facts, err := c.trust().Verify(c.make(source))
	if err != nil || facts.Code != "" {
		t.Fatalf("%+v, %v", facts, err)
	}
}

// One of four may be away, or vote for no block; two are too many.
func TestMoreThanTwoThirdsMustSign(t *testing.T) {
	c := newChain(t)
	set := c.set(0, 1, 2, 3)
	source := c.source(10, 1, set, set)
	source.Commit = c.sign(source.Header, set, 2)
	facts, err := c.trust().Verify(c.make(source))
	if err != nil || facts.Signed.Validators != 3 || facts.Signed.Power != 3_000_000 {
		t.Fatalf("%+v, %v", facts, err)
	}
	source.Commit.Signatures[2] = types.CommitSig{BlockIDFlag: types.BlockIDFlagNil, ValidatorAddress: set.Validators[2].Address, Timestamp: start, Signature: make([]byte, 64)}
	if facts, err := c.trust().Verify(c.make(source)); err != nil || facts.Signed.Validators != 3 {
		t.Fatalf("%+v, %v", facts, err)
	}
	source.Commit = c.sign(source.Header, set, 0, 3)
	refused(t, receipt.Verify(c.make(source), c.net.Genesis), "insufficient voting power")
	source.Commit = c.sign(source.Header, set)
	source.Next.Commit = c.sign(source.Next.Header, set, 1, 2)
	refused(t, receipt.Verify(c.make(source), c.net.Genesis), "result: block:")
}

// White space and the order of members are free: databases and tools change them.
func TestAReceiptMayBeLaidOutInAnotherWay(t *testing.T) {
	c := newChain(t)
	raw := c.receipt(3)
	var indented bytes.Buffer
	must(t, json.Indent(&indented, raw, "", "    "))
	for _, text := range [][]byte{indented.Bytes(), append(raw, '\n'), edit(t, raw, func(object) {})} {
		must(t, receipt.Verify(text, c.net.Genesis))
	}
}

// What is true of one receipt says nothing about another.
func TestPartsOfOtherReceiptsAreRefused(t *testing.T) {
	c := newChain(t)
	set := c.set(0, 1, 2, 3)
	source := c.source(10, 4, set, set)
	mine := c.make(source)
	source.Index = 1
	var other, later object
	must(t, json.Unmarshal(c.make(source), &other))
	must(t, json.Unmarshal(c.make(c.source(11, 4, set, set)), &later))
	for _, x := range []struct {
		name, want string
		change     func(object)
	}{
		{"another transaction", "is not in the block", func(o object) { o["tx"], o["id"] = other["tx"], other["id"] }},
		{"another id", "id must be that", func(o object) { o["id"] = other["id"] }},
		{"another block", "must be the next one", func(o object) { o["block"] = later["block"] }},
		{"another transaction's result", "of the same place", func(o object) { o["result"] = other["result"] }},
		{"another block's result", "must be the next one", func(o object) { o["result"] = later["result"] }},
		{"another code", "the code is not in the next block", func(o object) { o["result"].(object)["code"] = 0 }},
		{"another header", "header is block", func(o object) { o["block"].(object)["header"].(object)["app_hash"] = strings.Repeat("00", 32) }},
		{"another commit", "", func(o object) { o["block"].(object)["commit"] = later["block"].(object)["commit"] }},
		{"more power", "match validator set hash", func(o object) {
			o["block"].(object)["validators"].([]any)[0].(object)["power"] = 1_000_001
		}},
		{"a proof that is too long", "at most 32 steps", func(o object) {
			for range 33 {
				o["proof"] = append(o["proof"].([]any), o["proof"].([]any)[0])
			}
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			refused(t, receipt.Verify(edit(t, mine, x.change), c.net.Genesis), x.want)
		})
	}
}

// What validators have signed is still checked: a third and more of them may lie about the block before, or take in
// what is no transaction.
func TestWhatValidatorsSignIsChecked(t *testing.T) {
	c := newChain(t)
	set := c.set(0, 1, 2, 3)
	source := c.source(10, 1, set, set)
	source.Next.Header.LastBlockID.Hash = source.Next.Header.AppHash
	source.Next.Commit = c.sign(source.Next.Header, set)
	refused(t, receipt.Verify(c.make(source), c.net.Genesis), "last_block must be the transaction's block")

	raw := c.transfer(0).Raw()
	forged, longer := bytes.Clone(raw), append(bytes.Clone(raw), 0)
	forged[len(forged)-1]++
	for _, x := range []struct {
		tx   types.Tx
		want string
	}{{forged, "tx: witness: is not the sender's signature"}, {longer, "tx: "}, {nil, "tx: "}} {
		source := c.source(10, 1, set, set)
		source.Txs = types.Txs{x.tx}
		source.Header.DataHash = source.Txs.Hash()
		source.Commit, source.Next = c.sign(source.Header, set), nil
		refused(t, receipt.Verify(c.make(source), c.net.Genesis), x.want)
	}
}

// A node that keeps the wrong results notices.
func TestNewComparesTheResults(t *testing.T) {
	c := newChain(t)
	source := c.source(10, 2, c.set(0, 1, 2, 3), c.set(0, 1, 2, 3))
	source.Next.Results[1].Code = 7
	_, err := receipt.New(source)
	refused(t, err, "the results of block 10 are not those of the next header")
	source.Next.Results = source.Next.Results[:1]
	_, err = receipt.New(source)
	refused(t, err, "block 10 has 1 results")
	source.Index = 2
	_, err = receipt.New(source)
	refused(t, err, "block 10 has 2 transactions")
}

func TestTheFormIsStrict(t *testing.T) {
	c := newChain(t)
	raw := string(c.receipt(2))
	set := func(path string, v any) string {
		return string(edit(t, []byte(raw), func(o object) {
			names := strings.Split(path, ".")
			for _, name := range names[:len(names)-1] {
				o = o[name].(object)
			}
			o[names[len(names)-1]] = v
		}))
	}
	many := make([]any, 501)
	for _, x := range []struct{ name, text, want string }{
		{"nothing", "", "JSON of a receipt"},
		{"null", "null", "format must be"},
		{"another format", set("format", "blink-receipt/2"), "format must be"},
		{"more after it", raw + "{}", "more after it"},
		{"too long", raw + strings.Repeat(" ", receipt.MaxBytes), "at most 1048576 bytes"},
		{"an unknown member", set("memo", 1), `unknown field "memo"`},
		{"a long unknown member", set(strings.Repeat("x", 10_000), 1), "unknown field"},
		{"an unknown member inside", set("block.header.memo", 1), `unknown field "memo"`},
		{"a member twice", strings.Replace(raw, `{"format":`, `{"format":"x","format":`, 1), "repeated"},
		{"a member in capitals", strings.Replace(raw, `"tx":`, `"TX":`, 1), "written differently"},
		{"no result", set("result", nil), "written differently"},
		{"a proof of null", set("proof", nil), "must be a list"},
		{"both sides", set("proof", []any{object{"left": strings.Repeat("00", 16), "right": strings.Repeat("00", 16)}}), "either left or right"},
		{"no side", set("proof", []any{object{}}), "either left or right"},
		{"no validators", set("block.validators", nil), "must be 1 to 500, were 0"},
		{"too many validators", set("block.validators", many), "must be 1 to 500, were 501"},
		{"a validator twice", string(edit(t, []byte(raw), func(o object) {
			list := o["block"].(object)["validators"].([]any)
			list[1] = list[0]
		})), "a key of its own"},
		{"validators in another order", string(edit(t, []byte(raw), func(o object) {
			list := o["block"].(object)["validators"].([]any)
			list[0], list[1] = list[1], list[0]
		})), "wrong order of a list"},
		{"too few signatures", set("block.commit.signatures", []any{nil}), "must be 4, one per validator"},
		{"a zone", set("block.header.time", "2026-01-02T04:04:15+01:00"), "must be in UTC"},
		{"a time before 1970", set("block.header.time", "0000-01-02T04:04:15Z"), "after 1970"},
		{"an escape", strings.Replace(raw, `"blink-test"`, `"blink\u002dtest"`, 1), "written differently"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if x.text == raw {
				t.Fatal("nothing was changed")
			}
			refused(t, receipt.Verify([]byte(x.text), c.net.Genesis), x.want)
		})
	}
}

// TestEveryByteCounts changes each byte of a receipt: there is none that does not matter.
func TestEveryByteCounts(t *testing.T) {
	c := newChain(t)
	source := c.source(10, 3, c.set(0, 1, 2, 3), c.set(0, 1, 2, 4))
	raw := c.make(source)
	trust := c.trust()
	_, err := trust.Verify(raw)
	must(t, err)
	stride := 1
	if testing.Short() {
		stride = 7
	}
	for i := 0; i < len(raw); i += stride {
		doctored := bytes.Clone(raw)
		if doctored[i] = another(i, raw[i]); string(doctored) == string(raw) {
			t.Fatal("nothing was changed")
		}
		if _, err := trust.Verify(doctored); err == nil {
			t.Errorf("byte %d as %q instead of %q is accepted: ...%s...", i, doctored[i], raw[i], raw[max(0, i-30):min(len(raw), i+30)])
		}
	}
}

// another is what becomes of a byte: a neighbour, the other case, a digit, a space, by turns.
func another(i int, was byte) byte {
	all := []byte{was ^ 1, was ^ 2, was ^ 0x20, '0', '1', 'A', 'f', ' '}
	for ; all[i%len(all)] == was; i++ {
	}
	return all[i%len(all)]
}

func BenchmarkVerify(b *testing.B) {
	c := newChain(b)
	raw := c.receipt(9)
	for b.Loop() {
		must(b, receipt.Verify(raw, c.net.Genesis))
	}
}

const goldenReceipt, goldenGenesis = "testdata/receipt.json", "testdata/genesis.json"

// TestGolden holds the format: a receipt that was made once is verified for ever.
func TestGolden(t *testing.T) {
	c := newChain(t)
	if *update {
		must(t, os.WriteFile(goldenReceipt, append(c.receipt(5), '\n'), 0o644))
		must(t, os.WriteFile(goldenGenesis, c.net.Genesis.Encode(), 0o644))
	}
	raw, err := os.ReadFile(goldenReceipt)
	must(t, err)
	must(t, receipt.Verify(raw, loadGenesis(t)))
}

func FuzzVerify(f *testing.F) {
	c := newChain(f)
	doc := c.net.Genesis
	set := c.set(0, 1, 2, 3)
	source := c.source(10, 3, set, c.set(0, 1, 2, 4))
	f.Add(c.make(source))
	source.Next = nil
	f.Add(c.make(source))
	f.Add(c.receipt(1))
	golden, err := os.ReadFile(goldenReceipt)
	must(f, err)
	f.Add(golden)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if receipt.Verify(raw, doc) != nil {
			return
		}
		// Whoever gets this far without the validators' keys has found another text of a receipt that is there.
		again := edit(t, raw, func(object) {})
		must(t, receipt.Verify(again, doc))
	})
}

func refused(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	if err != nil && len(err.Error()) > 1000 {
		t.Errorf("an error of %d bytes: %s", len(err.Error()), fmt.Sprintf("%.200s", err))
	}
}
