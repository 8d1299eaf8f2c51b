// Growth measures whether time to finality or throughput gets worse as a chain grows: with its height, its accounts, its
// transactions and its validators. It runs the real blinkd as a user would, networks of real processes and blinkd bench.
// README.md says how to read what it prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

// run measures what the arguments ask for. Tables go to out, progress to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	if runtime.GOOS != "linux" {
		return errors.New("it needs Linux: all of 127.0.0.0/8 for its networks, and /proc for their memory")
	}
	s, err := parseSettings(args, progress)
	if err != nil {
		return err
	}
	// The kernel ends a child with the thread that started it (PR_SET_PDEATHSIG in prctl(2)): this one stays until all have
	// been stopped, and takes them with it if the program is killed.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir, err := os.MkdirTemp("", "blink-growth-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rows, err := openRows(s.json)
	if err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	defer func() { err = errors.Join(err, rows.close()) }()

	r := &runner{settings: s, dir: dir, rows: rows, progress: progress}
	for _, name := range s.series {
		if failed := r.one(ctx, name); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", name, failed))
		}
		writeTable(out, name, rows.of(name)) // of a series that failed, what there is
		if ctx.Err() != nil {
			break
		}
	}
	return err
}
