package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"blink/tx"

	"github.com/spf13/cobra"
)

// createValidatorFlags describe the new validator as a user writes it.
type createValidatorFlags struct {
	key, keyFile                     string
	moniker, details, minSelfBond    string
	commission, maxCommission, daily string
}

func newTxCreateValidatorCmd(env *environment) *cobra.Command {
	var f createValidatorFlags
	cmd := &cobra.Command{
		Use:   "create-validator FROM SELF_BOND",
		Short: "Become a validator",
		Long: `Become a validator: bond SELF_BOND and let the node that holds the consensus key vote with it. FROM is the operator's
account, which stays with the validator; its consensus key can never be used for another one.

Start the node first (blinkd start) and let it catch up, or the validator is absent from its first block on.`,
		Example:           "  blinkd tx create-validator carol 1000blink --moniker carol --home ~/.blink",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: env.suggestKeys,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.key, "consensus-key", "", "ed25519 public `KEY` of the node, as base64")
	flags.StringVar(&f.keyFile, "consensus-key-file", "", "`FILE` with the consensus key (default <home>/config/priv_validator_key.json);\nonly its public half is used")
	flags.StringVar(&f.moniker, "moniker", "", "`NAME` to be shown (default: FROM)")
	flags.StringVar(&f.details, "details", "", "`TEXT` about the validator")
	flags.StringVar(&f.minSelfBond, "min-self-bond", "0", "`AMOUNT` below which the operator's own stake may never fall by undelegation")
	flags.StringVar(&f.commission, "commission", "5%", "`PERCENT` of its delegators' rewards that the operator keeps")
	flags.StringVar(&f.maxCommission, "max-commission", "20%", "`PERCENT` that the commission may never exceed")
	flags.StringVar(&f.daily, "max-commission-change", "1%", "`PERCENT` by which the commission may move in a day")
	cmd.MarkFlagsMutuallyExclusive("consensus-key", "consensus-key-file")
	shared := addTxFlags(env, cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		msg, err := f.message(env, args[0], args[1])
		if err != nil {
			return err
		}
		return shared.run(args[0], msg)
	}
	return cmd
}

// message reads the flags.
func (f createValidatorFlags) message(env *environment, from, selfBond string) (tx.CreateValidator, error) {
	m := tx.CreateValidator{Moniker: first(f.moniker, from), Details: f.details, ConsensusKey: tx.ConsensusKey{Type: tx.Ed25519}}
	var errs [6]error
	m.SelfBond, errs[0] = parseAmount("SELF_BOND", selfBond)
	m.MinSelfBond, errs[1] = parseAmount("--min-self-bond", f.minSelfBond)
	m.Commission.Rate, errs[2] = parsePercent("--commission", f.commission)
	m.Commission.MaxRate, errs[3] = parsePercent("--max-commission", f.maxCommission)
	m.Commission.MaxDailyChange, errs[4] = parsePercent("--max-commission-change", f.daily)
	m.ConsensusKey.Key, errs[5] = f.consensusKey(env)
	return m, errors.Join(errs[:]...)
}

// consensusKey decodes the key, or reads it from the node's home.
func (f createValidatorFlags) consensusKey(env *environment) ([]byte, error) {
	if f.key != "" {
		key, err := base64.StdEncoding.DecodeString(f.key)
		if err != nil {
			return nil, usageError{fmt.Errorf("--consensus-key must be base64: %w", err)}
		}
		return key, nil
	}
	path := first(f.keyFile, filepath.Join(env.home, "config", "priv_validator_key.json"))
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, hint{err, "name the node's key with --consensus-key-file or --consensus-key, or its folder with --home"}
	}
	var file struct {
		PubKey struct {
			Type  string `json:"type"`
			Value []byte `json:"value"`
		} `json:"pub_key"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if file.PubKey.Type != "tendermint/PubKeyEd25519" {
		return nil, fmt.Errorf("%s: the consensus key must be of type ed25519, was %q", path, file.PubKey.Type)
	}
	return file.PubKey.Value, nil
}

// parsePercent reads "5", "5%" or "0.25%" as basis points.
func parsePercent(flag, s string) (uint32, error) {
	whole, hundredths, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(s), "%"), ".")
	if len(hundredths) <= 2 {
		digits := whole + (hundredths + "00")[:2]
		if n, err := strconv.ParseUint(digits, 10, 32); err == nil && whole != "" && n <= tx.MaxBasisPoints {
			return uint32(n), nil
		}
	}
	return 0, usageError{fmt.Errorf("%s must be from 0%% to 100%% with at most two decimals, was %q", flag, s)}
}
