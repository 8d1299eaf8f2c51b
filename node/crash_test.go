package node

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	cmtstate "github.com/cometbft/cometbft/proto/tendermint/state"
	"github.com/cometbft/cometbft/state"

	"blink/genesis"
	"blink/tx"
)

// Set in the environment of a process that is to crash.
const (
	crashHome = "BLINK_TEST_CRASH_HOME"
	crashTxs  = "BLINK_TEST_CRASH_TXS" // it makes transactions until then, and says which were final
)

// pointsPerBlock is at how many points of a block CometBFT can be told to crash
// (fail.Fail).
const pointsPerBlock = 9

// A crash at any point of the first block of a chain that begins at a later
// height loses nothing: the node starts again and goes on.
func TestACrashInTheFirstBlock(t *testing.T) {
	net := testnet(t)
	net.Genesis.InitialHeight = 1000
	for point := range pointsPerBlock {
		home := makeHome(t, net)
		crash(t, home, point)
		n := mustStart(t, home, net.Genesis)
		if out := n.final(t, transfer(t, net, 0)); out.Height < 1000 {
			t.Fatalf("point %d: final at height %d", point, out.Height)
		}
		n.stop(t)
	}
}

// Nor does one in later blocks, which change the validators, whether it takes
// what was not synced or not.
func TestACrashInALaterBlock(t *testing.T) {
	if testing.Short() {
		t.Skip("starts dozens of processes")
	}
	net := testnet(t)
	lost := 0
	for point := 2 * pointsPerBlock; point < 4*pointsPerBlock; point++ {
		for _, powerCut := range []bool{false, true} {
			home := makeHome(t, net)
			final := crash(t, home, point, crashTxs+"=1")
			if powerCut {
				if !loseResponse(t, home) {
					continue // nothing was at stake
				}
				lost++
			}
			n := mustStart(t, home, net.Genesis)
			for _, id := range final {
				if entry, found, err := n.Store().Tx(id); err != nil || !found || entry.Code != 0 {
					t.Fatalf("point %d, power cut %v: %x was final and is %+v, %v, %v", point, powerCut, id, entry, found, err)
				}
			}
			n.final(t, signedBy(t, net, net.Demo[1].Key, 0, tx.Transfer{To: net.Demo[0].Key.Address(), Amount: 7}))
			n.stop(t)
		}
	}
	if lost == 0 {
		t.Fatal("no crash was at a point where the response could be lost")
	}
}

// crash runs a node in a process of its own until it crashes, and returns the
// transactions that were final.
func crash(t *testing.T, home Home, point int, env ...string) (final []tx.ID) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestANodeThatCrashes$")
	cmd.Env = append(os.Environ(), crashHome+"="+home.Dir, "FAIL_TEST_INDEX="+strconv.Itoa(point))
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("*** fail-test")) {
		t.Fatalf("point %d: the node did not crash:\n%s", point, out)
	}
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "final "); ok {
			id, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			final = append(final, tx.ID(id))
		}
	}
	return final
}

// loseResponse does to CometBFT's state what a power cut may: what the last block
// came to is gone, unless it was followed by something that was synced. It reports
// whether something is gone.
func loseResponse(t *testing.T, home Home) bool {
	t.Helper()
	db, err := dbm.NewGoLevelDB("state", home.Data(""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	last, err := state.NewStore(db, state.StoreOptions{}).Load()
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("lastABCIResponseKey")
	raw, err := db.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	var info cmtstate.ABCIResponsesInfo
	if err := info.Unmarshal(raw); err != nil {
		t.Fatal(err)
	}
	if info.Height <= last.LastBlockHeight {
		return false
	}
	for _, key := range [][]byte{key, fmt.Appendf(nil, "abciResponsesKey:%d", info.Height)} {
		if err := db.DeleteSync(key); err != nil {
			t.Fatal(err)
		}
	}
	return true
}

// TestANodeThatCrashes is the process that the tests above crash.
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
	if err != nil {
		return
	}
	if os.Getenv(crashTxs) != "" {
		n.delegateForEver(t, testnet(t))
	}
	_ = n.Wait()
}

// delegateForEver makes blocks that change the power of the validator.
func (r *running) delegateForEver(t *testing.T, net genesis.Testnet) {
	for nonce := uint64(0); ; nonce++ {
		signed := signedBy(t, net, net.Demo[0].Key, nonce, tx.Delegate{Validator: net.Nodes[0].Operator.Address(), Amount: 1_000_000})
		r.tracker.Submitted(signed.ID(), signed.Body().ValidUntil, time.Now())
		for r.Submit(context.Background(), signed)[0] != nil { // it is not ready yet
			time.Sleep(10 * time.Millisecond)
		}
		if _, err := r.tracker.Wait(context.Background(), signed.ID()); err != nil {
			t.Fatal(err)
		}
		fmt.Println("final", signed.ID())
	}
}
