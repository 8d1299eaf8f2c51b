package lab

import (
	"fmt"
	"math"
	"slices"
	"time"

	"blink/api/client"
)

// recoveryWindow is how many transactions in succession a median is taken of: enough that one slow block decides nothing,
// few enough that a second of load fills it.
const recoveryWindow = 20

// recoveryOf is the time from the last healing until TTF is back to within 10 % of the baseline, in seconds: until the
// intended send time of the first transaction that is itself within the limit, and whose 20, it and the 19 after it, have
// a median within the limit, which is
//
//	max(1.1 x p50 of the baseline, 95th percentile of the medians of 20 within the baseline).
//
// The second keeps a baseline that itself wavers by more than 10 % from being called not recovered. If that transaction is
// the first one after the healing, recovery took no time that could be measured: 0. Transactions that never became
// final count as slower than any that did; refused ones count likewise, since whoever sent them waits.
// It is nil, with the reason, if there is nothing to recover from, nothing to compare with, or no recovery.
func recoveryOf(records []Record, s span, timeout time.Duration) (*float64, string) {
	switch {
	case !s.faulty:
		return nil, "no fault"
	case !s.healed:
		return nil, "not everything was healed within the load"
	}
	var before, after []Record
	for _, r := range records {
		if r.Measured() && r.Intended < s.begin && r.Answered < s.begin { // not one that the fault has hit
			before = append(before, r)
		} else if r.Measured() && r.Intended >= s.end {
			after = append(after, r)
		}
	}
	if len(before) < recoveryWindow || len(after) < recoveryWindow {
		return nil, fmt.Sprintf("needs at least %d transactions before the first fault and after the last healing, had %d and %d",
			recoveryWindow, len(before), len(after))
	}
	limit := recoveryLimit(before, timeout)
	for i, m := range windowMedians(after, timeout) {
		if m <= limit && waited(after[i], timeout) <= limit {
			took := 0.0
			if i > 0 {
				took = (after[i].Intended - s.end).Seconds()
			}
			return &took, ""
		}
	}
	return nil, fmt.Sprintf("the median of %d transactions did not come down to %.1f ms again", recoveryWindow, float64(limit.Microseconds())/1000)
}

// recoveryLimit is the median below which the network has recovered.
func recoveryLimit(baseline []Record, timeout time.Duration) time.Duration {
	all := make([]time.Duration, len(baseline))
	for i, r := range baseline {
		all[i] = waited(r, timeout)
	}
	slices.Sort(all)
	medians := windowMedians(baseline, timeout)
	slices.Sort(medians)
	p95 := medians[int(math.Ceil(0.95*float64(len(medians))))-1]
	return max(all[(len(all)-1)/2]*11/10, p95)
}

// windowMedians are the medians of each 20 transactions in succession.
func windowMedians(records []Record, timeout time.Duration) []time.Duration {
	var out []time.Duration
	window := make([]time.Duration, recoveryWindow)
	for i := 0; i+recoveryWindow <= len(records); i++ {
		for j := range window {
			window[j] = waited(records[i+j], timeout)
		}
		slices.Sort(window)
		out = append(out, window[(recoveryWindow-1)/2])
	}
	return out
}

// waited is how long the sender of a transaction waited for finality: for ever, if it never came.
func waited(r Record, timeout time.Duration) time.Duration {
	if r.Status != client.StatusFinal {
		return 2 * timeout
	}
	return r.TTF()
}
