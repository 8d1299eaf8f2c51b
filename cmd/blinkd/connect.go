package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"blink/api/client"
	"blink/tx"
)

// connect returns a client of the nodes that --node names.
func (env *environment) connect() (*client.Client, error) {
	c, err := client.New(env.nodes, client.Options{Timeout: 5 * time.Second, UserAgent: "blinkd"})
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// explain adds to a node's answer what the user can do about it.
func (env *environment) explain(err error) error {
	var down *client.Unreachable
	var refused *client.Problem
	var wrong *tx.Refusal // found here, before anything was sent
	switch {
	case err == nil || isHint(err):
		return err
	case errors.As(err, &down):
		return hint{err, fmt.Sprintf("is a node running there? name others with --node (now %s), or start a network with: blinkd localnet", strings.Join(env.nodes, ", "))}
	case errors.As(err, &wrong) && wrong.Hint != "":
		return hint{err, wrong.Hint}
	case errors.As(err, &refused) && refused.Hint != "":
		return hint{err, refused.Hint}
	case errors.As(err, &refused) && refused.RetryAfter > 0:
		return hint{err, fmt.Sprintf("try again in %v", refused.RetryAfter)}
	}
	return err
}
