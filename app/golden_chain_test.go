package app

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"blink/tx"
)

const goldenChain = "testdata/golden_chain.golden"

const goldenChainHead = `# What a fixed random chain of 1000 blocks, with every type of message, comes to: go test ./app -run GoldenChain.
# Each line has, up to its block, digests of the inputs and of the answers (codes, validator updates, parameters), and the
# AppHash. A line that differs means that a binary of before and one of now DISAGREE about a block: a consensus change. It
# needs an upgrade proposal on a chain that lives, and a line in CHANGELOG.md; then run the test with -update.
# If the first line that differs has other inputs, the test's own generator of blocks was changed, and that alone is no
# change of the rules.
`

// TestGoldenChain notices every change of the rules, wanted or not.
func TestGoldenChain(t *testing.T) {
	blocks := 1000
	if !*update && (testing.Short() || raceDetector) {
		blocks = 200
	}
	r := newRecord(t, 1, blocks)
	p := &replayed{t: t}
	p.options.Dir = t.TempDir()
	p.begin(r)
	defer p.close()
	var out strings.Builder
	out.WriteString(goldenChainHead)
	in, answers := sha256.New(), sha256.New()
	executed := make(map[string]bool)
	for i, b := range r.blocks {
		inputs(in, b)
		for j, receipt := range r.results[i].Receipts {
			for _, m := range b.Txs[j].Tx.Body().Msgs {
				executed[m.Type()] = executed[m.Type()] || receipt.Code == tx.OK
			}
		}
		digest(answers, p.apply(b))
		if b.Height%50 == 0 {
			fmt.Fprintf(&out, "%4d inputs %x answers %x app_hash %x\n", b.Height, in.Sum(nil)[:8], answers.Sum(nil)[:8], p.root())
		}
	}
	for _, name := range tx.MsgTypes() {
		if !executed[name] {
			t.Errorf("the chain has no %s that was executed", name)
		}
	}
	if *update {
		if err := os.WriteFile(goldenChain, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(goldenChain)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(want), out.String()) {
		t.Error(firstDifference(string(want), out.String()))
	}
}
