package node

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"blink/genesis"
)

const crashHome = "BLINK_TEST_CRASH_HOME"

// A crash at any point of the first block of a chain that begins at a later
// height loses nothing: the node starts again and goes on.
func TestACrashInTheFirstBlock(t *testing.T) {
	net := testnet(t)
	net.Genesis.InitialHeight = 1000
	for point := range 9 { // the points at which CometBFT can be told to crash (fail.Fail), in the order of one block
		home := makeHome(t, net)
		cmd := exec.Command(os.Args[0], "-test.run=^TestANodeThatCrashes$")
		cmd.Env = append(os.Environ(), crashHome+"="+home.Dir, "FAIL_TEST_INDEX="+strconv.Itoa(point))
		if out, err := cmd.CombinedOutput(); err == nil || !bytes.Contains(out, []byte("*** fail-test")) {
			t.Fatalf("point %d: the node did not crash:\n%s", point, out)
		}
		n := mustStart(t, home, net.Genesis)
		if out := n.final(t, transfer(t, net, 0)); out.Height < 1000 {
			t.Fatalf("point %d: final at height %d", point, out.Height)
		}
		n.stop(t)
	}
}

// TestANodeThatCrashes is the process that the test above crashes.
func TestANodeThatCrashes(t *testing.T) {
	dir := os.Getenv(crashHome)
	if dir == "" {
		t.Skip("runs in a process of its own")
	}
	home := Home{Dir: dir}
	doc, err := genesis.Load(home.GenesisFile())
	if err != nil {
		t.Fatal(err)
	}
	n, err := startNode(t, home, doc)
	if err == nil {
		_ = n.Wait()
	}
}
