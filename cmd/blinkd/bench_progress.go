package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"blink/lab"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// benchProgress shows how a load goes on stderr: a bar when that is a terminal, and a line per minute of a soak.
func (env *environment) benchProgress(soak bool) (show func(lab.Progress), done func()) {
	f, ok := env.stderr.(*os.File)
	switch {
	case soak:
		return minuteLines(env.stderr), func() {}
	case !ok || !term.IsTerminal(int(f.Fd())):
		return func(lab.Progress) {}, func() {}
	}
	bar := progressbar.NewOptions(1000, progressbar.OptionSetWriter(f), progressbar.OptionSetWidth(20),
		progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	show = func(p lab.Progress) {
		bar.Describe(describeProgress(p))
		if p.Total > 0 {
			_ = bar.Set(int(1000 * p.Elapsed / p.Total))
		}
	}
	return show, func() { _ = bar.Finish() }
}

func describeProgress(p lab.Progress) string {
	if p.Total == 0 {
		return p.Phase
	}
	text := p.Phase
	if p.Rate > 0 {
		text += fmt.Sprintf("  %.4g/s", p.Rate)
	}
	text += fmt.Sprintf("  sent %d  final %d", p.Sent, p.Final)
	if lost := p.Rejected + p.Undecided; lost > 0 {
		text += fmt.Sprintf("  not final %d", lost)
	}
	if p.P50 > 0 {
		text += fmt.Sprintf("  p50 %s  p99 %s", shortTime(p.P50), shortTime(p.P99))
	}
	return text
}

// minuteLines writes one line per full minute of the load; the report follows the last.
func minuteLines(w io.Writer) func(lab.Progress) {
	next := time.Minute
	return func(p lab.Progress) {
		if p.Total == 0 || p.Elapsed < next {
			return
		}
		for next <= p.Elapsed {
			next += time.Minute
		}
		fmt.Fprintf(w, "%s %v of %v: %s\n", time.Now().UTC().Format(time.RFC3339), p.Elapsed.Round(time.Second), p.Total, describeProgress(p))
	}
}

func shortTime(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
