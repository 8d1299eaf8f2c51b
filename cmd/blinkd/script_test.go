package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output (cmp) of the transcripts in testdata/script")

// TestMain makes this test binary serve as blinkd in the transcripts. It is the real program but for one number: the
// keys that it encrypts are cheap to guess, and so quick to make.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"blinkd": func() {
			os.Exit(run(os.Args[1:], &environment{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, keyWorkFactor: 4}))
		},
	})
}

// TestScripts runs every transcript in testdata/script: what a user types, and what blinkd must answer. HOME is a
// fresh folder in each, so that ~/.blink is empty, and no BLINK_ variable is set.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // under -race every command would sleep a second at its end
			return os.Mkdir(home, 0o700)
		},
	})
}
