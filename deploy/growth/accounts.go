package main

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	"blink/coin"
	"blink/crypto"
	"blink/genesis"
)

// growAccounts starts a network per number of accounts. Those that were made up are never used: they make the tree deeper
// and the database larger, below what the load's own accounts do.
func (r *runner) growAccounts(ctx context.Context) error {
	for _, total := range r.accounts {
		if err := r.withAccounts(ctx, total); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) withAccounts(ctx context.Context, total int) error {
	n, err := r.makeNetwork(ctx, r.validators)
	if err != nil {
		return err
	}
	defer r.remove(n)
	if total, err = n.setAccounts(total, r.seed); err != nil {
		return err
	}
	if err := n.start(ctx); err != nil {
		return err
	}
	first := r.loadAt(r.rate)
	again := first
	again.again = true // when the node has recovered from reading the genesis
	for _, l := range []load{first, {rate: r.burst, length: r.burstFor, warmup: r.warmup, batch: true}, again} {
		if err := r.measure(ctx, n, int64(total), l); err != nil {
			return err
		}
	}
	return nil
}

// madeUp gives accounts of kind 1, whose addresses are hashes, so that any 32 bytes are one.
func madeUp(count int, seed uint64) []genesis.Account {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	random := rand.NewChaCha8(key)
	accounts := make([]genesis.Account, max(count, 0))
	for i := range accounts {
		accounts[i].Address[0], accounts[i].Balance = crypto.KindThreshold, 1*coin.Blink
		_, _ = random.Read(accounts[i].Address[1:]) // never fails
	}
	return accounts
}
