package main

import "github.com/spf13/cobra"

func newLabCmd(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "Run experiments on networks, and check what they left behind",
	}
	cmd.AddCommand(newLabRunCmd(env), newLabListCmd(env), newLabShowCmd(env), newLabCheckCmd(env))
	return cmd
}
