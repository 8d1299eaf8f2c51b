package main

import (
	"fmt"

	"blink/genesis"

	"github.com/spf13/cobra"
)

// addParamFlag adds the flag that gives parameters of a new chain other values than those of a test network.
func addParamFlag(cmd *cobra.Command, list *[]string) {
	cmd.Flags().StringSliceVar(list, "param", nil, "`NAME=VALUE` of a parameter of the new chain, in the units of blinkd query params -o json;\nrepeat it for others (default: those of a test network)")
	_ = cmd.RegisterFlagCompletionFunc("param", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, name := range genesis.ParamNames() {
			names = append(names, name+"=")
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// testnetParams are the parameters of a test network with changes, as NAME=VALUE, checked together. Without changes it
// is the zero value, which means the same.
func testnetParams(changes []string) (genesis.Params, error) {
	if len(changes) == 0 {
		return genesis.Params{}, nil
	}
	parsed, err := parseChanges(changes)
	if err != nil {
		return genesis.Params{}, fmt.Errorf("--param: %w", err)
	}
	p := genesis.TestnetParams()
	for i, c := range parsed {
		if i > 0 && c.Name == parsed[i-1].Name {
			return p, usageError{fmt.Errorf("--param %s must be given once, was given more often", c.Name)}
		}
		if p, err = p.With(c.Name, c.Value); err != nil {
			return p, usageError{fmt.Errorf("--param: %w", err)}
		}
	}
	if err := p.Validate(); err != nil {
		return p, usageError{fmt.Errorf("--param: %w", err)}
	}
	return p, nil
}
