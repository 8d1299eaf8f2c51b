//go:build unix

package lab

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blink/genesis"
)

// script writes a program that stands for a node that does not do what it should.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// makeFolders is a WriteHomes that makes just the folders.
func makeFolders(n genesis.Testnet, dir string, _ func(i, j int) string) error {
	for _, node := range n.Nodes {
		if err := os.MkdirAll(filepath.Join(dir, node.Name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

func TestNodeThatEndsWhileStarting(t *testing.T) {
	_, err := StartLocalnet(t.Context(), LocalnetConfig{
		Home: t.TempDir(), Binary: script(t, "echo the disk is full >&2; exit 3"), Validators: 2, WriteHomes: makeFolders,
	})
	if err == nil || !strings.Contains(err.Error(), "ended while starting (exit 3)") || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v", err)
	}
}

func TestNodeThatIsNeverReady(t *testing.T) {
	begun := time.Now()
	_, err := StartLocalnet(t.Context(), LocalnetConfig{
		Home: t.TempDir(), Binary: script(t, "trap '' TERM; while :; do sleep 1; done"), Validators: 2, WriteHomes: makeFolders,
		ReadyTimeout: 200 * time.Millisecond, StopGrace: 200 * time.Millisecond,
	})
	if err == nil || !strings.Contains(err.Error(), "not ready in time") {
		t.Errorf("got %v", err)
	}
	if d := time.Since(begun); d > 5*time.Second {
		t.Errorf("nodes that do not hear held up the end for %v", d)
	}
}

func TestHalfMadeFolderIsMadeAgain(t *testing.T) {
	home := t.TempDir()
	cfg := LocalnetConfig{Home: home, Validators: 1, WriteHomes: makeFolders}
	if h, err := prepareHome(cfg); err != nil || h.resumed {
		t.Fatalf("resumed %v, %v", h.resumed, err)
	}
	if h, err := prepareHome(cfg); err != nil || !h.resumed {
		t.Fatalf("resumed %v, %v", h.resumed, err)
	}
	m, _, err := readManifest(home)
	if err != nil {
		t.Fatal(err)
	}
	m.Complete = false
	if err := m.write(home); err != nil {
		t.Fatal(err)
	}
	if h, err := prepareHome(cfg); err != nil || h.resumed {
		t.Errorf("a folder that was left half-made was taken for a network (%v)", err)
	}
	cfg.WriteHomes = func(genesis.Testnet, string, func(i, j int) string) error { return errors.New("no space left") }
	cfg.Reset = true
	if _, err := prepareHome(cfg); err == nil {
		t.Error("no error")
	}
	if exists(manifestPath(home)) || exists(nodeHome(home, "node0")) {
		t.Error("what could not be written was left behind")
	}
}

func TestLinksAreForNewNetworks(t *testing.T) {
	dialled := 0
	cfg := LocalnetConfig{Home: t.TempDir(), Validators: 4, Links: true}
	cfg.WriteHomes = func(n genesis.Testnet, dir string, dial func(i, j int) string) error {
		for i := range n.Nodes {
			for j := range n.Nodes {
				if dial(i, j) != "" {
					dialled++
				}
			}
		}
		return makeFolders(n, dir, dial)
	}
	h, err := prepareHome(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer h.mesh.Close()
	if pairs := len(h.mesh.Pairs()); pairs != 6 || dialled != 6 {
		t.Errorf("%d links, %d dialled", pairs, dialled)
	}
	if _, err := prepareHome(cfg); err == nil || !strings.Contains(err.Error(), "--reset") {
		t.Errorf("took up a network whose nodes know other links: %v", err)
	}
}

func TestPorts(t *testing.T) {
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	var occupied *portTaken
	if _, err := choosePorts(1, taken, 0, "--rest-port"); !errors.As(err, &occupied) || occupied.port != taken {
		t.Errorf("got %v", err)
	}
	got, err := choosePorts(4, 0, taken, "--rest-port")
	if err != nil || (got <= taken && taken < got+4) {
		t.Errorf("chose %d although %d is taken (%v)", got, taken, err)
	}
	if _, err := choosePorts(4, 65534, 0, "--rest-port"); err == nil {
		t.Error("ports beyond 65535")
	}
}

func TestLastLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if lastLines(path, 3) != nil {
		t.Error("lines of no file")
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x\n", 20_000)+"a\nb\nc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(lastLines(path, 3), " "); got != "a b c" {
		t.Errorf("got %q", got)
	}
}

func TestChildEnvironment(t *testing.T) {
	got := childEnvironment([]string{"HOME=/x", "BLINK_API_LISTEN=127.0.0.1:1", "PATH=/bin"})
	if strings.Join(got, " ") != "HOME=/x PATH=/bin" {
		t.Errorf("got %q", got)
	}
}
