package node

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"

	cmtlog "github.com/cometbft/cometbft/libs/log"
)

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

// NewLogger is the log that c asks for, written to w.
func NewLogger(c LogConfig, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: logLevels[c.Level]}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// cometLog passes CometBFT's lines on to slog, quieter by far: what CometBFT
// calls an error is mostly a peer that went away, so it comes as a warning,
// and everything below comes at debug. The exception is the line by which
// consensus says that it has ended itself: nothing else in the process tells.
type cometLog struct {
	to       *slog.Logger
	with     []any
	failure  *atomic.Pointer[string] // why consensus ended
	stopping *atomic.Bool            // from here on what CometBFT warns of is that it is being stopped
}

// consensusFailure is what consensus logs when it recovers from its panic
// (consensus/state.go, receiveRoutine).
const consensusFailure = "CONSENSUS FAILURE!!!"

// staleTimeout is logged for each peer some time after catching up, by timers
// that nobody stopped (blocksync/pool.go, onTimeout). Nothing follows from it.
const staleTimeout = "SendTimeout"

func newCometLog(to *slog.Logger, stopping *atomic.Bool) cometLog {
	return cometLog{to: to, failure: new(atomic.Pointer[string]), stopping: stopping}
}

func (l cometLog) Debug(string, ...any)            {} // far too much even for debugging
func (l cometLog) Info(msg string, keyvals ...any) { l.log(slog.LevelDebug, msg, keyvals) }
func (l cometLog) Warn(msg string, keyvals ...any) { l.log(slog.LevelDebug, msg, keyvals) }
func (l cometLog) With(keyvals ...any) cmtlog.Logger {
	// Consensus does this several times per block: keep it to one append.
	l.with = append(l.with[:len(l.with):len(l.with)], keyvals...)
	return l
}

func (l cometLog) Error(msg string, keyvals ...any) {
	switch {
	case msg == staleTimeout || l.stopping.Load():
		l.log(slog.LevelDebug, msg, keyvals)
		return
	case msg != consensusFailure:
		l.log(slog.LevelWarn, msg, keyvals)
		return
	}
	why := "unknown reason"
	for i := 0; i+1 < len(keyvals); i += 2 {
		if keyvals[i] == "err" {
			why = fmt.Sprint(keyvals[i+1])
		}
	}
	l.failure.Store(&why)
	l.log(slog.LevelError, msg, keyvals)
}

func (l cometLog) log(level slog.Level, msg string, keyvals []any) {
	ctx := context.Background()
	if !l.to.Enabled(ctx, level) {
		return
	}
	args := append(l.with[:len(l.with):len(l.with)], keyvals...)
	for i := 0; i < len(args); i++ {
		if s, ok := args[i].(fmt.Stringer); ok && i%2 == 1 {
			args[i] = s.String() // lazy values of CometBFT's
		}
	}
	l.to.Log(ctx, level, msg, args...)
}
