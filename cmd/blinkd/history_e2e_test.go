//go:build unix

package main

import (
	"encoding/json"
	"flag"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/genesis"
	"blink/lab"
	"blink/lab/history"
	"blink/node"
	"blink/tx"
)

var keepHistory = flag.String("keep-history", "", "write the history of TestLocalnet/History to this new `DIR`: lab/history/testdata/real was made so")

// A short load on four processes, with stake moved beside it, leaves a history that breaks no rule, in which the checker
// notices a lie.
func (b builtBinary) testHistory(t *testing.T) {
	network, err := lab.StartLocalnet(t.Context(), lab.LocalnetConfig{
		Home: filepath.Join(t.TempDir(), "net"), Binary: string(b), Validators: 4,
		WriteHomes: func(n genesis.Testnet, dir string, dial func(i, j int) string) error {
			return writeHomes(n, dir, homeOptions{profile: node.LAN, dial: dial})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer network.Stop()
	net := network.Network()
	dir := t.TempDir()
	must(t, history.Write(dir, loadAndGather(t, net)))
	if *keepHistory != "" {
		must(t, history.Write(*keepHistory, readHistory(t, dir)))
	}
	if got := b.check(t, dir, 0); !got.OK || !got.Checked.FromGenesis || got.Checked.StateAt == 0 || got.Checked.Final < 20 {
		t.Errorf("the history of a run: %+v", got)
	} else {
		t.Logf("checked %+v", got.Checked)
	}

	lie := readHistory(t, dir)
	lie.Submissions[0].Index++
	doctored := t.TempDir()
	must(t, history.Write(doctored, lie))
	if got := b.check(t, doctored, 1); got.OK || got.Violations[0].Rule != history.RuleFinal {
		t.Errorf("a lie about the place of a transaction: %+v", got)
	}
}

// loadAndGather puts a load on a network and returns its history.
func loadAndGather(t *testing.T, net lab.Network) history.History {
	t.Helper()
	ctx := t.Context()
	var urls, names []string
	var nodes []lab.ClusterNode
	for _, n := range net.Nodes {
		urls, names = append(urls, n.REST), append(names, n.Name)
		nodes = append(nodes, lab.ClusterNode{Name: n.Name, REST: n.REST})
	}
	env := environment{keyring: net.Keyring}
	funder, err := env.loadKey(net.Accounts[0].Name)
	must(t, err)
	load, err := lab.PrepareLoad(ctx, lab.LoadConfig{
		Nodes: urls, Plan: []lab.Phase{{Rate: 10, For: 3 * time.Second}}, Seed: 7, Accounts: 8, Funder: &funder, KeepRaw: true,
	})
	must(t, err)
	defer load.Close()
	start := load.Begin()
	staker, err := env.loadKey(net.Accounts[1].Name)
	must(t, err)
	c, err := client.New(urls, client.Options{})
	must(t, err)
	defer c.Close()
	text, err := c.Raw(ctx, "/v1/genesis")
	must(t, err)
	doc, err := genesis.Parse(text)
	must(t, err)

	h := history.History{Genesis: doc, Outside: []history.Outside{{Address: funder.Address(), Why: "funds the accounts of the load"}}}
	staked := make(chan history.Submission, 4)
	go func() {
		defer close(staked)
		operator := doc.Validators[0].Operator
		for nonce, msg := range []tx.Msg{
			tx.Delegate{Validator: operator, Amount: 5 * coin.Blink},
			tx.Undelegate{Validator: operator, Amount: 6 * coin.Blink}, // more than there is: refused in its block
			tx.WithdrawRewards{All: true},
			tx.Transfer{To: funder.Address(), Amount: coin.Blink},
		} {
			signed, err := tx.Sign(tx.Body{ChainID: doc.ChainID, Sender: staker.Address(), Nonce: uint64(nonce), Fee: doc.Params.MinFee,
				ValidUntil: time.Now().Add(time.Minute).Unix(), Msgs: []tx.Msg{msg}}, staker)
			if err != nil {
				t.Error(err)
				return
			}
			s := history.Submission{ID: signed.ID(), Raw: signed.Raw(), Submitted: time.Since(start), Node: names[0]}
			told, err := c.SubmitFinal(ctx, signed, time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			s.Answered, s.Status, s.Code, s.Height, s.Index = time.Since(start), told.Status, told.Code, told.Height, told.Index
			staked <- s
		}
	}()
	must(t, load.Run(ctx))
	h.Submissions = lab.Submissions(load.Records(), names)
	for s := range staked {
		h.Submissions = append(h.Submissions, s)
	}
	h.Chains, err = lab.Gather(ctx, doc, nodes)
	must(t, err)
	return h
}

func readHistory(t *testing.T, dir string) history.History {
	t.Helper()
	h, err := history.Read(dir)
	must(t, err)
	return h
}

// check runs blinkd lab check and expects an exit status.
func (b builtBinary) check(t *testing.T, dir string, status int) (answer checkAnswer) {
	t.Helper()
	cmd := exec.Command(string(b), "lab", "check", dir, "-o", "json")
	out, err := cmd.Output()
	if got := cmd.ProcessState.ExitCode(); got != status {
		t.Fatalf("exit status %d, want %d: %v\n%s", got, status, err, out)
	}
	must(t, json.Unmarshal(out, &answer))
	return answer
}
