package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"blink/lab"

	"golang.org/x/term"
)

// labProgress shows a run as it goes: what happens, a line each, and on a terminal a last line that is written again and
// again.
type labProgress struct {
	out      io.Writer
	terminal bool

	mu   sync.Mutex
	line bool // the last line is a passing one
}

func (env *environment) labProgress() *labProgress {
	f, ok := env.stderr.(*os.File)
	return &labProgress{out: env.stderr, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// say prints a line that stays.
func (p *labProgress) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintln(p.out, text)
}

// clear ends the passing line.
func (p *labProgress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

func (p *labProgress) erase() {
	if p.line {
		fmt.Fprint(p.out, "\r\033[K")
		p.line = false
	}
}

// progress prints the passing line.
func (p *labProgress) progress(now lab.Progress) {
	if !p.terminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	text := now.Phase
	if now.Total > 0 {
		text = fmt.Sprintf("%5.1f of %.0f s  %s  %.4g/s  sent %d  final %d", now.Elapsed.Seconds(), now.Total.Seconds(), now.Phase, now.Rate, now.Sent, now.Final)
		if lost := now.Rejected + now.Undecided; lost > 0 {
			text += fmt.Sprintf("  not final %d", lost)
		}
		if now.P50 > 0 {
			text += fmt.Sprintf("  p50 %.1f ms", float64(now.P50.Microseconds())/1000)
		}
	}
	fmt.Fprint(p.out, "\r\033[K"+text)
	p.line = true
}
