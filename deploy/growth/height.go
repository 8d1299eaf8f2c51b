package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// growHeight drives one chain to each height and measures there.
func (r *runner) growHeight(ctx context.Context) error {
	n, err := r.startNetwork(ctx, r.validators)
	if err != nil {
		return err
	}
	defer r.remove(n)
	for _, height := range r.heights {
		if err := r.drive(ctx, n, int64(height)); err != nil {
			return fmt.Errorf("on the way to %d of --heights: %w", height, err)
		}
		if err := r.measure(ctx, n, int64(height), r.loadAt(r.rate)); err != nil {
			return err
		}
	}
	return nil
}

// funder is the demo account that pays for all loads: a faucet gives too little for long ones.
const funder = "growth"

func (n *network) keyring() string { return filepath.Join(n.dir, "keys") }

// drive makes blocks until the chain has a height, by transfers one after the other: each is a block of its own. Several
// at once would share blocks.
func (r *runner) drive(ctx context.Context, n *network, height int64) error {
	d, err := newDriver(ctx, n)
	if err != nil {
		return err
	}
	defer d.client.Close()
	begun, first, told := time.Now(), d.height, time.Now()
	for d.height < height {
		if err := d.step(ctx); err != nil {
			return fmt.Errorf("at height %d: %w", d.height, err)
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			fmt.Fprintf(r.progress, "height %d of %d, %.0f per second\n", d.height, height, float64(d.height-first)/told.Sub(begun).Seconds())
		}
	}
	return nil
}

// driver sends transfers of the funder to itself.
type driver struct {
	client *client.Client
	key    crypto.PrivateKey
	body   tx.Body // the next transfer
	height int64   // of the last one, or of the chain at the start
}

func newDriver(ctx context.Context, n *network) (*driver, error) {
	ring, err := crypto.OpenKeyring(n.keyring())
	if err != nil {
		return nil, err
	}
	d := &driver{}
	if d.key, err = ring.Load(funder, nil); err != nil {
		return nil, err
	}
	if d.client, err = client.New(n.urls, client.Options{UserAgent: "growth"}); err != nil {
		return nil, err
	}
	if err := d.prepare(ctx); err != nil {
		d.client.Close()
		return nil, err
	}
	return d, nil
}

func (d *driver) prepare(ctx context.Context) error {
	status, err := d.client.Status(ctx)
	if err != nil {
		return err
	}
	params, err := d.client.Params(ctx)
	if err != nil {
		return err
	}
	account, err := d.client.Account(ctx, d.key.Address())
	if err != nil {
		return err
	}
	d.height = status.Height
	d.body = tx.Body{ChainID: status.ChainID, Sender: account.Address, Nonce: account.PendingNonce, Fee: params.MinFee,
		Msgs: []tx.Msg{tx.Transfer{To: account.Address, Amount: 1 * coin.Blink}}}
	return nil
}

// step sends one transfer and waits until it is final.
func (d *driver) step(ctx context.Context) error {
	const patience = 30 * time.Second
	d.body.ValidUntil = time.Now().Add(patience).Unix()
	signed, err := tx.Sign(d.body, d.key)
	if err != nil {
		return err
	}
	status, err := d.client.SubmitFinal(ctx, signed, patience)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case status.Status != client.StatusFinal || status.Code != "ok":
		return fmt.Errorf("transfer %s is %s (%s) after %v", status.ID, status.Status, status.Code, patience)
	}
	d.height = status.Height
	d.body.Nonce++
	return nil
}
