package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"blink/finality/receipt"
	"blink/genesis"
)

// verifyFlags is the command line of blinkd verify.
type verifyFlags struct {
	genesis string
	trust   []string // files of receipts
}

func newVerifyCmd(env *environment) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify FILE|-",
		Short: "Verify a finality receipt, without any network",
		Long: "Verify the finality receipt in a file, or on standard input: that its transaction is in a block which can never\n" +
			"be undone, and what came of it. Nothing is asked of any node. What it starts from is the genesis: docs/receipts.md\n" +
			"says what that trust means. The exit status is 0 when the receipt is verified and 1 when it is refused.",
		Example: "  blinkd verify receipt.json --genesis genesis.json\n  blinkd query receipt 4d1f... | blinkd verify - --genesis genesis.json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return env.verify(args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.genesis, "genesis", "", "`FILE` of the chain's genesis, from a source that you trust")
	flags.StringArrayVar(&f.trust, "trust", nil, "`FILE` of a receipt of a block in between, when the validators have changed\nsince genesis; repeat it, the oldest first")
	_ = cmd.MarkFlagRequired("genesis")
	return cmd
}

// trustFile is the trust that a genesis file gives.
func trustFile(path string) (receipt.Trust, error) {
	doc, err := genesis.Load(path)
	if err != nil {
		return receipt.Trust{}, err
	}
	return receipt.FromGenesis(doc)
}

func (env *environment) verify(path string, f verifyFlags) error {
	trust, err := trustFile(f.genesis)
	if err != nil {
		return err
	}
	for _, step := range f.trust {
		raw, err := env.readReceipt(step)
		if err != nil {
			return err
		}
		if trust, err = trust.Through(raw); err != nil {
			return explainReceipt(fmt.Errorf("--trust %s: %w", step, err))
		}
	}
	raw, err := env.readReceipt(path)
	if err != nil {
		return err
	}
	facts, err := trust.Verify(raw)
	if err != nil {
		return explainReceipt(err)
	}
	return env.print(func(w io.Writer) { writeFacts(w, facts, time.Now()) }, struct {
		Verified bool `json:"verified"`
		receipt.Facts
	}{true, facts})
}

// readReceipt reads at most one byte more than a receipt may have, which is then refused.
func (env *environment) readReceipt(path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(env.stdin, receipt.MaxBytes+1))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, receipt.MaxBytes+1))
}

func explainReceipt(err error) error {
	if errors.Is(err, receipt.ErrUntrusted) {
		return hint{err, "if the genesis is the right one, its validators have changed: give receipts of blocks in between with --trust, the oldest first"}
	}
	return err
}

// writeFacts says what was proven. now is only for the note about a trust that has grown old.
func writeFacts(w io.Writer, f receipt.Facts, now time.Time) {
	code := f.Code
	if code == "" {
		code = "not in this receipt: it was made before there was a next block"
	}
	share := func(s receipt.Share) string {
		return fmt.Sprintf("%d of %d validators, %d of %d power", s.Validators, s.Of, s.Power, s.OfPower)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "verified\ttransaction %s is final\n", f.ID)
	fmt.Fprintf(tw, "chain\t%s\n", f.ChainID)
	fmt.Fprintf(tw, "block\t%d, %s\n", f.Height, f.Hash)
	fmt.Fprintf(tw, "block time\t%s\n", f.Time.Format(time.RFC3339))
	fmt.Fprintf(tw, "code\t%s\n", code)
	fmt.Fprintf(tw, "signed by\t%s\n", share(f.Signed))
	fmt.Fprintf(tw, "trusted\t%s\n", share(f.Trusted))
	_ = tw.Flush()
	if now.After(f.TrustUntil) {
		fmt.Fprintf(w, "note: the genesis is of %s, and stake is free after an unbonding time, here %v: those who had it then may\n"+
			"have none now, and lose nothing by a lie. Compare the hash of the block with a source that you trust.\n",
			f.TrustSince.Format(time.DateOnly), f.TrustUntil.Sub(f.TrustSince))
	}
}
