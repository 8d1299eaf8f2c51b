package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"blink/finality/receipt"
	"blink/genesis"
	"blink/lab"
)

// makeVerifier lets the benchmark verify receipts: against the genesis of --genesis, or that of the nodes, which is asked
// for after the load.
func (f *benchFlags) makeVerifier(env *environment) error {
	trusted := sync.OnceValues(func() (receipt.Trust, error) { return env.trustNodes() })
	if f.genesis != "" {
		trust, err := trustFile(f.genesis)
		if err != nil {
			return err
		}
		trusted = func() (receipt.Trust, error) { return trust, nil }
	}
	f.cfg.Verify = func(raw json.RawMessage) (lab.Proof, error) {
		trust, err := trusted()
		if err != nil {
			return lab.Proof{}, errors.Join(lab.ErrUndecided, err)
		}
		facts, err := trust.Verify(raw)
		if errors.Is(err, receipt.ErrUntrusted) {
			err = errors.Join(lab.ErrUndecided, err) // the validators have changed too much since genesis
		}
		return lab.Proof{ID: facts.ID, Height: facts.Height, Code: facts.Code}, err
	}
	return nil
}

// trustNodes trusts the genesis that the nodes tell.
func (env *environment) trustNodes() (receipt.Trust, error) {
	c, err := env.connect()
	if err != nil {
		return receipt.Trust{}, err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(env.ctx), 10*time.Second) // after Ctrl-C too
	defer cancel()
	text, err := c.Raw(ctx, "/v1/genesis")
	if err != nil {
		return receipt.Trust{}, fmt.Errorf("the genesis: %w", err)
	}
	doc, err := genesis.Parse(text)
	if err != nil {
		return receipt.Trust{}, fmt.Errorf("the genesis of the nodes: %w", err)
	}
	return receipt.FromGenesis(doc)
}
