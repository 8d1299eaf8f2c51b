package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"blink/lab"
)

// writeLocalnet is what a user sees once the network is ready.
func writeLocalnet(w io.Writer, net *lab.Localnet, took time.Duration) {
	n := net.Network()
	what := "a new chain"
	if net.Resumed() {
		what = "the chain that was there"
	}
	fmt.Fprintf(w, "%s: %s, ready in %.1f s, %s\n\n", n.ChainID, validators(len(n.Nodes)), took.Seconds(), what)
	var rows [][]string
	for _, node := range n.Nodes {
		rows = append(rows, []string{node.Name, node.REST, strconv.Itoa(node.PID), node.Home, node.Log})
	}
	table(w, []string{"NODE", "REST", "PID", "HOME", "LOG"}, rows)

	fmt.Fprintf(w, "\nFunded accounts, keys without passphrase in %s: for test networks only\n\n", n.Keyring)
	rows = nil
	for _, a := range n.Accounts {
		rows = append(rows, []string{a.Name, a.Address.String(), a.Balance.Human()})
	}
	table(w, []string{"NAME", "ADDRESS", "AT GENESIS"}, rows)

	writeExamples(w, n)
	writeQuorum(w, n)
	fmt.Fprint(w, "\nCtrl-C stops all nodes; the same command takes the network up again.\n")
}

// writeExamples prints commands that work as they are.
func writeExamples(w io.Writer, n lab.Network) {
	self, last := program(), n.Nodes[len(n.Nodes)-1]
	var all strings.Builder
	for _, node := range n.Nodes {
		all.WriteString(" --node " + node.REST)
	}
	fmt.Fprint(w, "\nTry\n\n")
	fmt.Fprintf(w, "  curl -s %s/v1/status\n", n.Nodes[0].REST)
	if len(n.Accounts) >= 2 {
		from, to := n.Accounts[0], n.Accounts[1]
		fmt.Fprintf(w, "  %s tx transfer %s %s 5blink --keyring %s --node %s\n", self, from.Name, to.Name, n.Keyring, n.Nodes[0].REST)
		fmt.Fprintf(w, "  curl -s %s/v1/accounts/%s\n", last.REST, to.Address)
		fmt.Fprintf(w, "  curl -s %s -d '{\"address\":\"%s\"}'\n", n.Faucet.URL, to.Address)
	}
	fmt.Fprintf(w, "  %s status%s\n", self, all.String())
	fmt.Fprintf(w, "  %s bench --rate 10 --duration 60s%s\n", self, all.String())
}

// writeQuorum says how many validators may be out, and how to try it.
func writeQuorum(w io.Writer, n lab.Network) {
	all := len(n.Nodes)
	if all == 1 {
		fmt.Fprint(w, "\nOne validator is a quorum by itself: when it stops, the chain does.\n")
		return
	}
	need := quorum(all)
	fmt.Fprintf(w, "\nBlocks need more than two thirds of the voting power: %d of these %d equal validators. ", need, all)
	switch out := all - need; out {
	case 0:
		fmt.Fprint(w, "None may be out;\nwhen one is, the chain waits, without forking, until it is back.\n")
	default:
		fmt.Fprintf(w, "So %d may be out;\nwith more the chain waits, without forking, until enough are back.\n", out)
	}
	one := n.Nodes[min(1, all-1)]
	fmt.Fprintf(w, "\n  kill %d   # stops %s\n", one.PID, one.Name)
	fmt.Fprintf(w, "  %s start --home %s   # starts it again, in another terminal\n", program(), one.Home)
}

func validators(n int) string {
	if n == 1 {
		return "1 validator"
	}
	return fmt.Sprintf("%d validators", n)
}

// program is how the user can call this binary: by its name where that leads here, through go run where that made
// it, else by its path.
func program() string {
	self, err := os.Executable()
	if err != nil {
		return "blinkd"
	}
	if strings.Contains(self, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/blinkd"
	}
	if found, err := exec.LookPath("blinkd"); err == nil && sameFile(found, self) {
		return "blinkd"
	}
	return self
}

func sameFile(a, b string) bool {
	ia, errA := os.Stat(a)
	ib, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(ia, ib)
}
