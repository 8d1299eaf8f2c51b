package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// killedChain has blocks large enough that kills fall into writes.
var killedChain = testChain{seed: 4, keys: 400, changes: 60, value: 200}

const childDir = "BLINK_STORE_TEST_CHILD_DIR"

// TestMain runs the child of TestKill when it is asked to.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Println(commitForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// commitForever prints each height once it is committed.
func commitForever(dir string) error {
	s, err := Open(Options{Dir: dir, KeepVersions: 5})
	if err != nil {
		return err
	}
	for start := time.Now(); time.Since(start) < 20*time.Second; { // should the parent die first
		if _, err := killedChain.stage(s); err != nil {
			return err
		}
		if err := s.Commit(); err != nil {
			return err
		}
		fmt.Println(s.Height())
	}
	return errors.New("nobody killed me")
}

// A process that is killed while it commits leaves a store that opens at the last height it reported, or the next one.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	last := int64(0)
	for round := range 6 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		reported := last
		for lines := bufio.NewScanner(out); lines.Scan(); {
			h, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Fatalf("child: %s", strings.TrimSpace(lines.Text()))
			}
			if h != reported+1 {
				t.Fatalf("child went from height %d to %d", reported, h)
			}
			if reported = h; h == last+int64(4+round) { // by blocks, not by time: the machine may be busy
				time.AfterFunc(time.Duration(11*round)*time.Millisecond, func() { child.Process.Kill() })
			}
		}
		child.Wait()

		s := openTest(t, Options{Dir: dir, KeepVersions: 5})
		if h := s.Height(); h != reported && h != reported+1 {
			t.Fatalf("height %d after a kill at %d", h, reported)
		}
		last = s.Height()
		killedChain.check(t, s, killedChain.stateAt(last))
		s.Close()
	}
	t.Logf("%d blocks over 6 kills", last)
}
