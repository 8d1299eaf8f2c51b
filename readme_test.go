package blink_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var updateReadme = flag.Bool("update-readme", false, "rewrite README.md with what its commands print now, where it differs")

// TestReadme types the README's commands into a shell and compares what they
// print, so that the first page a newcomer reads cannot rot.
//
// By default it follows the way of a machine with only Go: the blocks marked
// ```console and ```console go. With README_WAY=docker it follows the other way,
// against the compose network whose REST ports are in BLINK_PORT0 and so on;
// deploy/e2e/run does that. transcript_test.go says how outputs are compared.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a network of four processes")
	}
	source, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	way := "go"
	if os.Getenv("README_WAY") == "docker" {
		way = "docker"
	}
	sh := newShell(t, way)
	script := parseTranscript(string(source))
	for _, c := range script.commands {
		if c.way != "" && c.way != way {
			continue
		}
		got, err := sh.run(c)
		if err != nil && !*updateReadme {
			t.Fatalf("README.md:%d: $ %s\n%v\nIf the new output is right: go test -run Readme -update-readme . && git diff README.md", c.line, c.text, err)
		}
		if err != nil {
			script.replace(c, sh.known.undoIn(got))
		}
	}
	if *updateReadme {
		if err := os.WriteFile("README.md", []byte(script.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// shell runs the commands of a transcript in a home folder of its own.
type shell struct {
	t     *testing.T
	env   []string
	known substitutions // values of the README -> values of this run
}

func newShell(t *testing.T, way string) *shell {
	t.Helper()
	home, bin := t.TempDir(), t.TempDir()
	sh := &shell{t: t, known: substitutions{}}
	sh.env = append(os.Environ(),
		"HOME="+home,
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOPATH="+goEnv(t, "GOPATH"),
	)
	if way == "docker" {
		for i := range 5 {
			if port := os.Getenv(fmt.Sprintf("BLINK_PORT%d", i)); port != "" {
				sh.known.learn(fmt.Sprintf("127.0.0.1:%d", 8080+i), "127.0.0.1:"+port)
			}
		}
		alias := "#!/bin/sh\nexec ${COMPOSE:-docker compose} run --rm -T cli \"$@\"\n"
		if err := os.WriteFile(filepath.Join(bin, "blinkd"), []byte(alias), 0o755); err != nil {
			t.Fatal(err)
		}
		return sh
	}
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "blinkd"), "./cmd/blinkd")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return sh
}

// run types one command and compares its output. A command of an "eventually"
// block is typed again until its output is right. One of a "foreground" block
// stays until the test ends, as it would in a terminal of its own.
func (sh *shell) run(c command) (output string, err error) {
	text := sh.known.replaceIn(c.text)
	if compose := os.Getenv("COMPOSE"); compose != "" {
		text = strings.ReplaceAll(text, "docker compose", compose)
	}
	sh.t.Logf("$ %s", text)
	if strings.HasPrefix(text, "alias blinkd=") {
		return "", nil // newShell has put a blinkd into PATH
	}
	if setting, ok := strings.CutPrefix(text, "export "); ok {
		sh.env = append(sh.env, setting)
		return "", nil
	}
	if c.foreground {
		return sh.start(c, text)
	}
	deadline := time.Now().Add(patience(time.Minute))
	for {
		output, err = sh.execute(text)
		if err == nil {
			err = c.match(output, sh.known)
		}
		if err == nil || !c.eventually || time.Now().After(deadline) {
			return output, err
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// command makes a process of text, and a group of its own for all that it starts.
func (sh *shell) command(ctx context.Context, text string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", text)
	cmd.Env = sh.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// buildTime is how long a command may take: the first ones build blinkd from nothing, beside all other tests.
const buildTime = 8 * time.Minute

func (sh *shell) execute(text string) (string, error) {
	ctx, cancel := context.WithTimeout(sh.t.Context(), buildTime)
	defer cancel()
	cmd := sh.command(ctx, text)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%w\n%s%s", err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}

// start runs a command that does not end by itself, and returns once it has
// printed what it should.
func (sh *shell) start(c command, text string) (string, error) {
	file := filepath.Join(sh.t.TempDir(), "output")
	out, err := os.Create(file)
	if err != nil {
		return "", err
	}
	cmd := sh.command(context.Background(), text)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	sh.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(30 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			sh.t.Errorf("$ %s: did not end within 30 s of Ctrl-C", text)
		}
		out.Close()
	})
	deadline := time.Now().Add(patience(buildTime))
	for {
		output, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if err = c.match(string(output), sh.known); err == nil || time.Now().After(deadline) {
			return string(output), err
		}
		select {
		case exit := <-ended:
			ended <- exit
			return string(output), fmt.Errorf("ended early: %v\n%s", exit, output)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// patience is how long output may take to become right. When the README is
// being rewritten it may be wrong for good.
func patience(d time.Duration) time.Duration {
	if *updateReadme {
		return min(d, 20*time.Second)
	}
	return d
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
