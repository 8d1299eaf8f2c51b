//go:build unix

package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"blink/coin"
	"blink/crypto"
	"blink/lab"
)

// Heights in testByzantine.
const (
	faultHeights = 12 // of garbage, then of silence: four validators of equal power take turns, so each comes three times
	calmHeights  = 10 // without a fault, before the next one: room to look, since the chain may go on for a block or two
)

// One of four validators breaks the protocol on purpose: it proposes garbage, then it is silent, then it signs twice, all
// by a clock that is an hour ahead. The others go on all the time, and so does block time; nothing but the double sign
// costs stake, and that once, however often it happened.
func (release builtBinary) testByzantine(t *testing.T) {
	byzantine := build(t, "byzantine", "-tags", "byzantine")
	release.testHoldsNothingByzantine(t, byzantine)

	_, net := release.localnet(t, "--home", filepath.Join(t.TempDir(), "net"))
	n := &besieged{t: t, honest: net, me: richWallet(t, net)}
	n.honest.Nodes = net.Nodes[:3]
	traitor := net.Nodes[3]
	if err := syscall.Kill(traitor.PID, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "node3 has ended", func() bool { return !alive(traitor.PID) })
	byzantine.testRefusesWrongHeights(t, traitor)

	garbage := n.height() + calmHeights
	silent := garbage + faultHeights
	silentEnd := silent + faultHeights
	double := silentEnd + calmHeights
	process := byzantine.launch(t, "start", "--home", traitor.Home,
		"--byzantine.clock_skew", "1h",
		"--byzantine.garbage", fmt.Sprintf("%d-%d", garbage, silent-1),
		"--byzantine.silent", fmt.Sprintf("%d-%d", silent, silentEnd-1),
		"--byzantine.double_prevote", fmt.Sprintf("%d-", double),
		"--byzantine.double_precommit", fmt.Sprintf("%d-", double))
	eventually(t, "the byzantine node is ready", func() bool { return answers(traitor.REST + "/v1/ready") })
	if !strings.Contains(process.said(), "BYZANTINE BUILD") {
		t.Errorf("it does not warn of itself:\n%s", process.said())
	}
	before := n.validator(n.honest.Nodes[0], traitor)
	if before.Status != "active" || before.Power == 0 {
		t.Fatalf("before any fault: %+v", before)
	}

	n.payUntil(silent)
	if ahead := time.Until(n.block(n.height()).Time); ahead > 30*time.Minute {
		t.Errorf("one wrong clock has put block time %s ahead", ahead)
	}
	n.checkGarbage(process, before)
	n.payUntil(silent + faultHeights/2)
	if !missesOne(t, n.honest.Nodes[0]) {
		t.Error("no vote is missing while node3 is silent")
	}
	n.payUntil(silentEnd)
	for height := silent; height < silentEnd; height++ {
		if n.block(height).Proposer == before.ConsensusAddress {
			t.Errorf("node3 proposed block %d, while silent", height)
		}
	}
	n.expectSame(before)

	n.checkDoubleSign(process, before)
	process.stop(syscall.SIGTERM)
}

// The release has neither the flags nor a trace of them; the byzantine build has both, and says what it is.
func (release builtBinary) testHoldsNothingByzantine(t *testing.T, byzantine builtBinary) {
	t.Helper()
	const flag, trace, tag = "--byzantine.silent", "double_precommit", "+byzantine"
	out, err := exec.Command(string(release), "start", "--home", t.TempDir(), flag, "5").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "unknown flag: "+flag) {
		t.Errorf("blinkd start %s: %v, %s", flag, err, out)
	}
	for binary, want := range map[builtBinary]bool{release: false, byzantine: true} {
		image, err := os.ReadFile(string(binary))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(image, []byte(trace)); got != want {
			t.Errorf("%s holds %q: %v, want %v", binary, trace, got, want)
		}
		for _, c := range []struct {
			args []string
			text string
		}{{[]string{"start", "--help"}, flag}, {[]string{"version"}, tag}} {
			out, err := exec.Command(string(binary), c.args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%s %v: %v, %s", binary, c.args, err, out)
			}
			if got := strings.Contains(string(out), c.text); got != want {
				t.Errorf("%s %v says %q: %v, want %v", binary, c.args, c.text, got, want)
			}
		}
	}
}

// What is no range of heights is refused, all of it at once, and with the name of the setting.
func (byzantine builtBinary) testRefusesWrongHeights(t *testing.T, node lab.NodeInfo) {
	t.Helper()
	out, err := exec.Command(string(byzantine), "start", "--home", node.Home, "--byzantine.garbage", "0",
		"--byzantine.silent", "9-3", "--byzantine.double_prevote", "-7", "--byzantine.double_precommit", "7-x").CombinedOutput()
	if err == nil {
		t.Error("it starts with heights that are none")
	}
	for _, want := range []string{`garbage must be heights such as 20, 20-25 or 20-, was "0"`, `silent must be heights such as 20, 20-25 or 20-, was "9-3"`,
		`double_prevote must be heights such as 20, 20-25 or 20-, was "-7"`, `double_precommit must be heights such as 20, 20-25 or 20-, was "7-x"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not say %s:\n%s", want, out)
		}
	}
}

// besieged is a network with a traitor, as one sees it who believes the honest nodes only.
type besieged struct {
	t      *testing.T
	honest lab.Network
	me     wallet
	paid   int
}

// richWallet has coins of the faucet.
func richWallet(t *testing.T, net lab.Network) wallet {
	t.Helper()
	key, err := crypto.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var gift struct{ Status string }
	ask(t, "POST", net.Faucet.URL, map[string]any{"address": key.Address()}, &gift)
	return wallet{t, key, net.ChainID}
}

func (n *besieged) height() int64 {
	n.t.Helper()
	var s struct{ Height int64 }
	ask(n.t, "GET", n.honest.Nodes[0].REST+"/v1/status", nil, &s)
	return s.Height
}

// pay makes one transfer final, through each honest node in turn.
func (n *besieged) pay() {
	n.t.Helper()
	n.me.pay(n.honest.Nodes[n.paid%len(n.honest.Nodes)], n.honest.Accounts[1].Address, 1)
	n.paid++
}

// payUntil makes transfers final until the last block has this height, or one soon after it.
func (n *besieged) payUntil(height int64) {
	n.t.Helper()
	for n.height() < height {
		n.pay()
	}
}

// validatorView is what the test compares of a validator.
type validatorView struct {
	Operator         crypto.Address
	ConsensusAddress string `json:"consensus_address"`
	Status           string
	Power            int64
	Tokens           coin.Amount
}

// validator returns what node says of the validator that subject runs.
func (n *besieged) validator(node, subject lab.NodeInfo) validatorView {
	n.t.Helper()
	var s struct{ Validator struct{ Address string } }
	ask(n.t, "GET", subject.REST+"/v1/status", nil, &s)
	var all struct{ Validators []validatorView }
	ask(n.t, "GET", node.REST+"/v1/validators", nil, &all)
	for _, v := range all.Validators {
		if v.ConsensusAddress == s.Validator.Address {
			return n.reread(node, v)
		}
	}
	n.t.Fatalf("%s runs none of %+v", subject.Name, all.Validators)
	return validatorView{}
}

// reread returns what node says of v now.
func (n *besieged) reread(node lab.NodeInfo, v validatorView) (now validatorView) {
	n.t.Helper()
	ask(n.t, "GET", node.REST+"/v1/validators/"+v.Operator.String(), nil, &now)
	return now
}

// burned is what node says of all coins ever burned.
func (n *besieged) burned(node lab.NodeInfo) coin.Amount {
	n.t.Helper()
	var supply struct{ Burned coin.Amount }
	ask(n.t, "GET", node.REST+"/v1/supply", nil, &supply)
	return supply.Burned
}

// blockView is what the test wants to know of a block.
type blockView struct {
	Round    int32
	Proposer string
	Time     time.Time
}

func (n *besieged) block(height int64) (b blockView) {
	n.t.Helper()
	ask(n.t, "GET", fmt.Sprintf("%s/v1/blocks/%d", n.honest.Nodes[0].REST, height), nil, &b)
	return b
}

// expectSame: all honest nodes say that v is what it was, and that nothing was burned.
func (n *besieged) expectSame(v validatorView) {
	n.t.Helper()
	for _, node := range n.honest.Nodes {
		if now, burned := n.reread(node, v), n.burned(node); now != v || burned != 0 {
			n.t.Errorf("%s: %+v, burned %s; want %+v, burned 0", node.Name, now, burned.Human(), v)
		}
	}
}

// checkGarbage: every height with garbage was decided in a later round, for the block of another proposer, and the
// proposer of garbage has lost nothing.
func (n *besieged) checkGarbage(process *running, v validatorView) {
	n.t.Helper()
	said := regexp.MustCompile(`byzantine: proposed garbage" height=(\d+)`).FindAllStringSubmatch(process.said(), -1)
	if len(said) == 0 {
		n.t.Fatalf("it proposed no garbage:\n%s", process.said())
	}
	for _, match := range said {
		height, _ := strconv.ParseInt(match[1], 10, 64)
		if b := n.block(height); b.Round == 0 || b.Proposer == v.ConsensusAddress {
			n.t.Errorf("block %d, where node3 (%s) proposed garbage, is %+v", height, v.ConsensusAddress, b)
		}
	}
	n.expectSame(v)
}

// checkDoubleSign: the others have seen it, and all agree what it cost.
func (n *besieged) checkDoubleSign(process *running, before validatorView) {
	n.t.Helper()
	for n.reread(n.honest.Nodes[0], before).Status == "active" {
		if n.pay(); n.paid > 200 {
			n.t.Fatalf("it is not found out; it said:\n%s", process.said())
		}
	}
	for range 2 * len(n.honest.Nodes) { // room for all the other evidence
		n.pay()
	}
	if times := strings.Count(process.said(), "byzantine: signed twice"); times < 2 {
		n.t.Errorf("it signed twice at %d places, which does not show that it is punished once only", times)
	}
	eventually(n.t, "the honest nodes at one height and app hash", func() bool { return agreed(n.t, n.honest) })
	const slash = 500 // basis points
	due := coin.Amount(before.Power) * coin.Blink * slash / 10_000
	want := before
	want.Status, want.Tokens, want.Power = "tombstoned", before.Tokens-due, before.Power-int64(due/coin.Blink)
	for _, node := range n.honest.Nodes {
		if now, burned := n.reread(node, before), n.burned(node); now != want || burned != due {
			n.t.Errorf("%s: %+v, burned %s; want %+v, burned %s", node.Name, now, burned.Human(), want, due.Human())
		}
	}
	n.expectLogged(process, "conflicting votes from validator "+before.ConsensusAddress)
	n.expectLogged(process, "rejected a proposed block")
}

// expectLogged: an honest node has logged text. A slow one may have gone past what it is about.
func (n *besieged) expectLogged(process *running, text string) {
	n.t.Helper()
	for _, node := range n.honest.Nodes {
		log, err := os.ReadFile(node.Log)
		if err != nil {
			n.t.Fatal(err)
		}
		if bytes.Contains(log, []byte(text)) {
			return
		}
	}
	n.t.Errorf("no honest node has logged %q; node3 said:\n%s", text, process.said())
}

// answers reports whether a GET is answered with 200.
func answers(url string) bool {
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// missesOne reports whether node's last block came without the votes of one validator.
func missesOne(t *testing.T, node lab.NodeInfo) bool {
	t.Helper()
	resp, err := http.Get(node.REST + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^cometbft_consensus_missing_validators\{.*\} 1$`).Match(text)
}
