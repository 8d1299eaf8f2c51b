package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/crypto"
	"blink/tx"

	"github.com/spf13/cobra"
)

func newTxCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tx",
		Short: "Sign and submit a transaction",
		Long: `Sign and submit a transaction, and wait until it is final: in a block that can never be undone.

FROM is the name of a key in the keyring (blinkd keys list); other accounts are given by name or address. Amounts are
written as 12.5blink, 12500000ublink or 12500000 (ublink). An account of several keys is signed for with --dry-run and
then blinkd keys musig, or sign and assemble below (docs/multisig.md).

With several --node the transaction goes to the next when one is down. Nothing can happen twice: a transaction is its
bytes, and they are the same each time.`,
	}
	cmd.AddCommand(
		newTxTransferCmd(env),
		newTxDelegateCmd(env), newTxUndelegateCmd(env), newTxRedelegateCmd(env), newTxCancelUnbondingCmd(env),
		newTxWithdrawRewardsCmd(env), newTxSetWithdrawAddressCmd(env),
		newTxCreateValidatorCmd(env), newTxEditValidatorCmd(env), newTxUnjailCmd(env),
		newTxSubmitProposalCmd(env), newTxVoteCmd(env),
		newTxSignCmd(env), newTxAssembleCmd(env),
	)
	return cmd
}

// txFlags are the flags that all transactions share.
type txFlags struct {
	env      *environment
	cmd      *cobra.Command
	fee      string
	memo     string
	nonce    uint64
	chainID  string
	validFor time.Duration
	timeout  time.Duration
	wait     bool
	noWait   bool
	dryRun   bool
}

func addTxFlags(env *environment, cmd *cobra.Command) *txFlags {
	f := &txFlags{env: env, cmd: cmd}
	flags := cmd.Flags()
	flags.StringVar(&f.fee, "fee", "", "`AMOUNT` of the fee (default: the least that the chain takes)")
	flags.StringVar(&f.memo, "memo", "", fmt.Sprintf("`TEXT` that goes with the transaction, public, at most %d bytes", tx.MaxMemoBytes))
	flags.Uint64Var(&f.nonce, "nonce", 0, "`NUMBER` of the transaction among those of FROM (default: asked of the node)")
	flags.StringVar(&f.chainID, "chain-id", "", "`ID` of the chain (default: asked of the node)")
	flags.DurationVar(&f.validFor, "valid-for", 2*time.Minute, "`TIME` after which the transaction expires if it is in no block, at most 1h\n(a shared account: 55m)")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "`TIME` to wait until it is final")
	flags.BoolVar(&f.wait, "wait", true, "wait until it is final")
	flags.BoolVar(&f.noWait, "no-wait", false, "return as soon as a node has accepted it")
	flags.BoolVar(&f.dryRun, "dry-run", false, "submit nothing: print the signed transaction as JSON, for\n  curl --json @- NODE/v1/txs?wait=final\n(a shared account: the unsigned body, for its keys to sign)")
	cmd.MarkFlagsMutuallyExclusive("wait", "no-wait")
	return f
}

// run signs msg as FROM and submits it.
func (f *txFlags) run(from string, msg tx.Msg) error {
	sender, err := f.env.keyInfo(from)
	if err != nil {
		return err
	}
	if sender.Shared != nil {
		if err := f.prepareShared(sender); err != nil {
			return err
		}
	}
	c, err := f.env.connect()
	if err != nil {
		return err
	}
	defer c.Close()
	body, err := f.body(c, sender.Address, msg)
	if err != nil {
		return f.env.explain(err)
	}
	if _, err := body.Encode(); err != nil {
		return f.env.explain(err) // before a passphrase is asked for
	}
	if sender.Shared != nil {
		return f.printUnsigned(sender, body)
	}
	key, err := f.env.loadKey(from)
	if err != nil {
		return err
	}
	signed, err := tx.Sign(body, key)
	if err != nil {
		return err
	}
	if f.dryRun {
		return f.env.print(func(w io.Writer) { printSigned(w, signed) }, signed)
	}
	return f.submit(c, signed)
}

// body fills in what the flags leave open from what the node says.
func (f *txFlags) body(c *client.Client, sender crypto.Address, msg tx.Msg) (tx.Body, error) {
	b := tx.Body{ChainID: f.chainID, Sender: sender, Nonce: f.nonce, Memo: f.memo, Msgs: []tx.Msg{msg}}
	if f.validFor <= 0 || f.validFor > tx.MaxValidFor*time.Second {
		return b, usageError{fmt.Errorf("--valid-for must be above 0 and at most %v, was %v", tx.MaxValidFor*time.Second, f.validFor)}
	}
	if f.timeout <= 0 {
		return b, usageError{fmt.Errorf("--timeout must be above 0, was %v", f.timeout)}
	}
	b.ValidUntil = time.Now().Add(f.validFor).Unix()
	if b.ChainID == "" {
		s, err := c.Status(f.env.ctx)
		if err != nil {
			return b, err
		}
		b.ChainID = s.ChainID
	}
	if !f.cmd.Flags().Changed("nonce") {
		a, err := c.Account(f.env.ctx, sender)
		if err != nil {
			return b, err
		}
		b.Nonce = a.PendingNonce
	}
	var err error
	b.Fee, err = f.feeOr(func() (coin.Amount, error) {
		p, err := c.Params(f.env.ctx)
		return p.MinFee, err
	})
	return b, err
}

// feeOr reads --fee, or asks for the least.
func (f *txFlags) feeOr(least func() (coin.Amount, error)) (coin.Amount, error) {
	if f.fee == "" {
		return least()
	}
	return parseAmount("--fee", f.fee)
}

// parseAmount reads an amount from the command line; what names it in the error.
func parseAmount(what, s string) (coin.Amount, error) {
	a, err := coin.Parse(s)
	if err != nil {
		return 0, usageError{fmt.Errorf("%s: %w", what, err)}
	}
	return a, nil
}

// printSigned prints the one line of JSON that curl can send.
func printSigned(w io.Writer, s tx.Signed) {
	b, err := s.MarshalJSON()
	if err != nil {
		panic("encode a signed transaction: " + err.Error()) // it was decoded before
	}
	fmt.Fprintf(w, "%s\n", b)
}

var errRejected = errors.New("the transaction was rejected")
