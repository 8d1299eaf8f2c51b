package node

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	cmtstore "github.com/cometbft/cometbft/store"

	"blink/abci"
	"blink/genesis"
	"blink/store"
	"blink/tx"
)

// Set in the environment of a process that is to stand still with a block that it has told of and not synced.
const (
	cutHome = "BLINK_TEST_CUT_HOME"
	cutTx   = "BLINK_TEST_CUT_TX" // to submit, in base64
)

// A transaction that was reported final is final after a power cut of all nodes at the worst moment: when clients were told,
// and no node had synced the block store or written the application's. What is left are the journals of those who signed.
func TestAPowerCutOfAllNodesAfterTheAnswer(t *testing.T) {
	m := makeMesh(t, 26300, true, nil)
	signed := transfer(t, m.net, 0)
	told := make(chan string)
	var nodes []*exec.Cmd
	for _, home := range m.homes {
		node, lines := tellAndStand(t, home, signed)
		nodes = append(nodes, node)
		go func() { told <- nextTold(lines) }()
	}
	before := make(map[string]int) // by block
	for range nodes {
		select {
		case text := <-told:
			before[text]++
		case <-time.After(time.Minute):
			t.Fatalf("after a minute told is %v", before)
		}
	}
	if len(before) != 1 {
		t.Fatalf("the nodes told of different blocks: %v", before)
	}
	kill(nodes...)
	lost := 0
	for _, home := range m.homes {
		if loseBlock(t, home) {
			lost++
		}
	}
	if lost < 3 { // one of four may have been late with its precommit, and so has synced first
		t.Fatalf("only %d of four nodes had told of a block that they had not synced", lost)
	}
	for range m.homes {
		m.start(t)
	}
	m.atOne(t)
	for i, n := range m.nodes {
		entry, found, err := n.Store().Tx(signed.ID())
		if err != nil || !found || entry.Code != 0 {
			t.Fatalf("node %d: it was final and is %+v, %v, %v", i, entry, found, err)
		}
		block, err := n.Block(entry.Height)
		if err != nil {
			t.Fatal(err)
		}
		if after := fmt.Sprint(entry.Height, block.Time.UnixNano()); before[after] == 0 {
			t.Fatalf("node %d: it is in block %s, told was %v", i, after, before)
		}
	}
	m.nonce++
	m.transfer(t, 1)
	m.atOne(t)
}

// Nor does a network of one validator lose it.
func TestAPowerCutAfterTheAnswer(t *testing.T) {
	net := testnet(t)
	home := makeHome(t, net)
	signed := transfer(t, net, 0)
	node, lines := tellAndStand(t, home, signed)
	if nextTold(lines) == "" {
		t.Fatal("the node told of nothing")
	}
	kill(node)
	if !loseBlock(t, home) {
		t.Fatal("the block was synced before the node told of it")
	}
	n := mustStart(t, home, net.Genesis)
	n.tracker.Submitted(signed.ID(), signed.Body().ValidUntil, time.Now())
	if entry, found, _ := n.Store().Tx(signed.ID()); !found {
		n.becomesFinal(t, signed)
	} else if entry.Code != 0 {
		t.Fatalf("it is %+v", entry)
	}
	n.final(t, transfer(t, net, 1))
	n.stop(t)
}

// tellAndStand starts a process that submits a transaction, and stands still once it has told of its block.
func tellAndStand(t *testing.T, home Home, signed tx.Signed) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestANodeThatTellsAndStands$")
	cmd.Env = append(os.Environ(), cutHome+"="+home.Dir, cutTx+"="+base64.StdEncoding.EncodeToString(signed.Raw()))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

// nextTold is the block that the process tells of; "" if it ends without that.
func nextTold(lines *bufio.Scanner) string {
	for lines.Scan() {
		if block, ok := strings.CutPrefix(lines.Text(), "told "); ok {
			return block
		}
	}
	return ""
}

func kill(nodes ...*exec.Cmd) {
	for _, node := range nodes {
		_ = node.Process.Kill()
		_ = node.Wait()
	}
}

// loseBlock does to the block store what a power cut may: a block that the application has not committed was perhaps not
// synced. It reports whether there was one.
func loseBlock(t *testing.T, home Home) bool {
	t.Helper()
	s, err := store.Open(store.Options{Dir: home.Data("blink")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db, err := dbm.NewGoLevelDB("blockstore", home.Data(""))
	if err != nil {
		t.Fatal(err)
	}
	blocks := cmtstore.NewBlockStore(db)
	defer blocks.Close()
	if blocks.Height() == s.Height() {
		return false
	}
	if err := blocks.DeleteLatestBlock(); err != nil {
		t.Fatal(err)
	}
	return true
}

// TestANodeThatTellsAndStands is the process of the tests above.
func TestANodeThatTellsAndStands(t *testing.T) {
	dir := os.Getenv(cutHome)
	if dir == "" {
		t.Skip("runs in a process of its own")
	}
	home := Home{Dir: dir}
	doc, err := genesis.Load(home.GenesisFile())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(os.Getenv(cutTx))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := tx.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	n, err := startWatched(t, home, doc, func(m *Monitor) abci.Observer { return standing{m} })
	if err != nil {
		t.Fatal(err)
	}
	// Not in the first block, after which the block store is not as if it had never been when that is taken away.
	for n.Ready() != nil || n.Store().Height() == 0 || n.Submit(context.Background(), signed)[0] != nil {
		time.Sleep(10 * time.Millisecond)
	}
	_ = n.Wait()
}

// standing stops a node for good when it has told of a block with a transaction.
type standing struct{ *Monitor }

func (s standing) Committed(height int64, blockTime time.Time, appHash []byte, txs []abci.CommittedTx) {
	s.Monitor.Committed(height, blockTime, appHash, txs)
	if len(txs) > 0 {
		fmt.Println("told", height, blockTime.UnixNano())
		select {}
	}
}
