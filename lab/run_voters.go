package lab

import (
	"context"
	"slices"
	"sync"
	"time"

	"blink/api/client"
)

// votersEvery is how often a run looks who votes.
const votersEvery = 500 * time.Millisecond

// watchValidators looks who votes until the returned function is called, which gives the changes that were seen.
func (r *trial) watchValidators(ctx context.Context, start time.Time) (stop func() []ValidatorChange) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var changes []ValidatorChange
	last := make([]ValidatorChange, len(r.nodes))
	known := false
	wg.Go(func() {
		for pause(ctx, votersEvery) {
			list, err := r.client.Validators(ctx)
			if err != nil {
				continue
			}
			now := r.standings(list)
			for i := range now {
				if known && (now[i].Status != last[i].Status || (now[i].Power == 0) != (last[i].Power == 0)) {
					now[i].AtS = time.Since(start).Seconds()
					changes = append(changes, now[i])
				}
			}
			last, known = now, true
		}
	})
	return func() []ValidatorChange { cancel(); wg.Wait(); return slices.Clone(changes) }
}

// standings is what each node is as a validator.
func (r *trial) standings(list []client.Validator) []ValidatorChange {
	out := make([]ValidatorChange, len(r.nodes))
	for i, n := range r.nodes {
		out[i] = ValidatorChange{Node: n.Name, Status: "none"}
	}
	for _, v := range list {
		if i, ours := r.byOperator[v.Operator]; ours {
			out[i].Status, out[i].Power = v.Status, v.Power
		}
	}
	return out
}

// countValidators books who votes in the end.
func (r *trial) countValidators(ctx context.Context, result *Result) error {
	list, err := r.client.Validators(ctx)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.Status == "active" {
			result.ActiveValidators++
		}
	}
	return nil
}
