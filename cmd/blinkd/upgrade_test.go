//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	cmtstore "github.com/cometbft/cometbft/store"

	"blink/app"
	"blink/coin"
	"blink/genesis"
	"blink/lab"
	"blink/tx"
)

const upgradeSeed = "the seed of the network that is upgraded"

// TestUpgrade takes a network of four through a vote on parameters and one on an upgrade, with real processes: the old
// blinkd stops at the height, the next one goes on from the same homes.
func TestUpgrade(t *testing.T) {
	if testing.Short() {
		t.Skip("starts networks of processes, and waits for a vote")
	}
	old, next := build(t, "old"), build(t, "next", "-tags", "next")
	home := filepath.Join(t.TempDir(), "net")
	ports := 6000 + 10*(os.Getpid()%200)
	process, net := old.localnet(t, "--home", home, "--seed", upgradeSeed, "--param", "voting_seconds=20", "--rest-port", strconv.Itoa(ports), "--p2p-port", strconv.Itoa(ports+5))
	g := &governed{t: t, net: net, operators: operators(t, net)}

	height := g.vote()
	g.expectParams()
	g.driveTo(height)
	g.expectEnd(process, height)
	old.expectRefusal(t, net.Nodes[0], height, "block "+strconv.FormatInt(height, 10)+" needs app version 2 (the release")

	process, g.net = next.localnet(t, "--home", home)
	for range 3 {
		g.send(0, tx.Transfer{To: g.net.Accounts[0].Address, Amount: 1})
	}
	eventually(t, "all four at one height and app hash", func() bool { return agreed(t, g.net) })
	g.checkBlockSync(old, next, height)
	process.stop(syscall.SIGTERM)

	for _, n := range g.net.Nodes {
		checkVersions(t, n, height)
	}
	old.expectRefusal(t, net.Nodes[0], height, " needs app version 2, this blinkd knows version 1")
}

// operators are the accounts of the network's operators: all keys follow from its seed.
func operators(t *testing.T, net lab.Network) []wallet {
	t.Helper()
	again, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: net.ChainID, Validators: 4, Seed: []byte(upgradeSeed), GenesisTime: time.Now(), Demo: []string{"alice", "bob"}, Faucet: true,
		P2PPort: 1000, RESTPort: 2000,
	})
	if err != nil {
		t.Fatal(err)
	}
	all := make([]wallet, 4)
	for i := range all {
		all[i] = wallet{t, again.Nodes[i].Operator, net.ChainID}
	}
	return all
}

// governed is a network whose operators vote.
type governed struct {
	t         *testing.T
	net       lab.Network
	operators []wallet
}

// sign makes a transaction of operator i with its next nonce.
func (g *governed) sign(i int, msgs ...tx.Msg) tx.Signed {
	g.t.Helper()
	w := g.operators[i]
	var account struct {
		Pending uint64 `json:"pending_nonce"`
	}
	ask(g.t, "GET", g.net.Nodes[i].REST+"/v1/accounts/"+w.key.Address().String(), nil, &account)
	signed, err := tx.Sign(tx.Body{
		ChainID: w.chainID, Sender: w.key.Address(), Nonce: account.Pending, Fee: app.LeastFee(msgs, 1000),
		ValidUntil: time.Now().Add(time.Minute).Unix(), Msgs: msgs,
	}, w.key)
	if err != nil {
		g.t.Fatal(err)
	}
	return signed
}

// send sends it through the operator's own node and expects it executed, and returns the height.
func (g *governed) send(i int, msgs ...tx.Msg) int64 {
	g.t.Helper()
	var answer struct {
		Status, Code string
		Height       int64
	}
	ask(g.t, "POST", g.net.Nodes[i].REST+"/v1/txs?wait=final&timeout=30s", g.sign(i, msgs...), &answer)
	if answer.Status != "final" || answer.Code != "ok" {
		g.t.Fatalf("%T through node%d: %+v", msgs[0], i, answer)
	}
	return answer.Height
}

// vote puts a change of parameters and an upgrade to the vote, and all operators vote for them. It returns the height of
// the upgrade.
func (g *governed) vote() int64 {
	g.t.Helper()
	deposit := 10 * coin.Blink
	now := g.send(0, tx.SubmitProposal{Title: "Longer jail", Deposit: deposit,
		Content: tx.ParamsProposal{Changes: []tx.ParamChange{{Name: "jail_seconds", Value: 90}, {Name: "max_block_bytes", Value: 2 << 20}}}})
	height := now + 80
	g.send(1, tx.SubmitProposal{Title: "v9.9.9", Deposit: deposit, Content: tx.UpgradeProposal{AppVersion: 2, Name: "v9.9.9", Height: height}})
	for i := range g.operators {
		g.send(i, tx.Vote{Proposal: 1, Option: tx.VoteYes}, tx.Vote{Proposal: 2, Option: tx.VoteYes})
	}
	return height
}

// expectParams waits until every node says that the parameters have changed.
func (g *governed) expectParams() {
	g.t.Helper()
	deadline := time.Now().Add(100 * time.Second) // the vote takes 20 s, and blocks come each 10 s
	for _, n := range g.net.Nodes {
		for {
			var p struct {
				JailSeconds   int64 `json:"jail_seconds"`
				MaxBlockBytes int64 `json:"max_block_bytes"`
			}
			ask(g.t, "GET", n.REST+"/v1/params", nil, &p)
			if p.JailSeconds == 90 && p.MaxBlockBytes == 2<<20 {
				break
			}
			if time.Now().After(deadline) {
				g.t.Fatalf("%s still has the parameters %+v", n.Name, p)
			}
			time.Sleep(time.Second)
		}
	}
}

// driveTo makes blocks until the next one is that of the upgrade, and sends a transaction that will be in it.
func (g *governed) driveTo(height int64) {
	g.t.Helper()
	for at := int64(0); at < height-2; {
		at = g.send(0, tx.Transfer{To: g.net.Accounts[1].Address, Amount: 1})
	}
	// Its answer may not come any more: the nodes stop before they execute it.
	for range 3 {
		signed := g.sign(1, tx.Transfer{To: g.net.Accounts[1].Address, Amount: 1})
		text, _ := json.Marshal(signed)
		resp, err := http.Post(g.net.Nodes[1].REST+"/v1/txs?wait=final&timeout=2s", "application/json", strings.NewReader(string(text)))
		if err != nil {
			return
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return
		}
	}
}

// expectEnd waits for the end of the localnet, all of whose nodes must have stopped in good order.
func (g *governed) expectEnd(process *running, height int64) {
	g.t.Helper()
	_ = process.awaitEnd(60 * time.Second)
	for _, n := range g.net.Nodes {
		if !strings.Contains(process.said(), n.Name+" stopped (exit 3)") {
			g.t.Errorf("%s did not stop with status 3", n.Name)
		}
		checkLog(g.t, n.Log, height)
	}
	g.t.Logf("localnet said:\n%s", process.said())
}

// checkLog reads the log of a node that stopped before the block of the upgrade.
func checkLog(t *testing.T, file string, height int64) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := lines[len(lines)-1]
	if !strings.HasPrefix(last, "error: block "+strconv.FormatInt(height, 10)+" needs app version 2") || !strings.Contains(last, `"v9.9.9"`) {
		t.Errorf("the last words in %s are %q", file, last)
	}
	for _, bad := range []string{"panic", "goroutine ", "CONSENSUS FAILURE"} {
		if strings.Contains(string(text), bad) {
			t.Errorf("%s holds %q:\n%s", file, bad, text)
		}
	}
}

// expectRefusal starts the old blinkd, which must end at once with status 3 and say why.
func (b builtBinary) expectRefusal(t *testing.T, n lab.NodeInfo, height int64, why string) {
	t.Helper()
	begun := time.Now()
	out, err := exec.Command(string(b), "start", "--home", n.Home).CombinedOutput()
	var status *exec.ExitError
	if !errors.As(err, &status) || status.ExitCode() != upgradeStatus || !strings.Contains(string(out), why) {
		t.Errorf("the old blinkd at block %d: %v\n%s", height, err, out)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the old blinkd took %s to refuse", took)
	}
	t.Logf("blinkd start:\n%s", out)
}

// checkBlockSync empties node3 and lets it fetch the chain again: the old blinkd up to the upgrade, the next one through it.
func (g *governed) checkBlockSync(old, next builtBinary, height int64) {
	g.t.Helper()
	n := g.net.Nodes[3]
	_ = syscall.Kill(n.PID, syscall.SIGTERM)
	eventually(g.t, "node3 has stopped", func() bool { return !alive(n.PID) })
	for _, name := range []string{"blink", "blockstore.db", "state.db", "evidence.db", "cs.wal"} {
		if err := os.RemoveAll(filepath.Join(n.Home, "data", name)); err != nil {
			g.t.Fatal(err)
		}
	}
	process := old.launch(g.t, "start", "--home", n.Home)
	_ = process.awaitEnd(30 * time.Second) // the status says how
	if code := process.cmd.ProcessState.ExitCode(); code != upgradeStatus {
		g.t.Errorf("the old blinkd that catches up ended with %d", code)
	}
	file := filepath.Join(g.t.TempDir(), "log")
	if err := os.WriteFile(file, []byte(process.said()), 0o600); err != nil {
		g.t.Fatal(err)
	}
	checkLog(g.t, file, height)

	process = next.launch(g.t, "start", "--home", n.Home)
	eventually(g.t, "node3 has caught up", func() bool {
		resp, err := http.Get(n.REST + "/v1/ready")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil && resp.StatusCode == http.StatusOK
	})
	g.send(3, tx.Transfer{To: g.net.Accounts[0].Address, Amount: 1})
	eventually(g.t, "all four at one height and app hash", func() bool { return agreed(g.t, g.net) })
	process.stop(syscall.SIGTERM)
}

// checkVersions reads the headers that a stopped node has stored: the version changes in the one after the upgrade.
func checkVersions(t *testing.T, n lab.NodeInfo, height int64) {
	t.Helper()
	db, err := dbm.NewGoLevelDB("blockstore", filepath.Join(n.Home, "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	blocks := cmtstore.NewBlockStore(db)
	for at, want := range map[int64]uint64{1: 1, height: 1, height + 1: 2, blocks.Height(): 2} {
		if got := blocks.LoadBlockMeta(at).Header.Version.App; got != want {
			t.Errorf("%s: the header of block %d has app version %d, want %d", n.Name, at, got, want)
		}
	}
}
