package main

import "context"

// slowRate is at which time to finality is measured besides --rate: few enough that a transaction mostly has the network
// to itself, so that what grows is the work of one block alone.
const slowRate = 2.0 // per second

// growValidators measures a fresh network of each size, at both rates.
func (r *runner) growValidators(ctx context.Context) error {
	for _, size := range r.sizes {
		for _, rate := range []float64{slowRate, r.rate} {
			if err := r.withValidators(ctx, size, rate); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *runner) withValidators(ctx context.Context, size int, rate float64) error {
	n, err := r.startNetwork(ctx, size)
	if err != nil {
		return err
	}
	defer r.remove(n)
	return r.measure(ctx, n, int64(size), r.loadAt(rate))
}
