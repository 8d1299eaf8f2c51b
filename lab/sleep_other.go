//go:build !linux

package lab

import (
	"context"
	"time"
)

// sleeper waits for a moment.
type sleeper struct{}

func newSleeper() sleeper { return sleeper{} }

// until sleeps until the moment at; false if ctx ended first.
func (sleeper) until(ctx context.Context, at time.Time) bool { return pause(ctx, time.Until(at)) }
