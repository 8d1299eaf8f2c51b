package node

import (
	"errors"
	"os"
	"testing"
	"time"

	"blink/abci"
	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

// An upgrade that this binary does not know: the node stops in good order, and
// does not start again, neither right away nor when it has to replay.
func TestAnUpgradeStopsTheNode(t *testing.T) {
	if testing.Short() {
		t.Skip("a vote takes 10 s")
	}
	net := testnet(t)
	net.Genesis.Params.VotingSeconds = 10
	home := makeHome(t, net)
	n := mustStart(t, home, net.Genesis)
	send := func(from crypto.PrivateKey, msg tx.Msg) {
		t.Helper()
		signed, err := tx.Sign(tx.Body{
			ChainID: net.Genesis.ChainID, Sender: from.Address(), Nonce: app.AccountOf(n.Store().Latest(), from.Address()).Nonce,
			Fee: 1000, ValidUntil: time.Now().Add(time.Minute).Unix(), Msgs: []tx.Msg{msg},
		}, from)
		if err != nil {
			t.Fatal(err)
		}
		n.final(t, signed)
	}
	operator := net.Nodes[0].Operator
	const height = 20
	send(operator, tx.SubmitProposal{Title: "t", Deposit: 10 * coin.Blink,
		Content: tx.UpgradeProposal{AppVersion: abci.AppVersion + 1, Name: "v9", Height: height}})
	send(operator, tx.Vote{Proposal: 1, Option: tx.VoteYes})
	p, _ := app.ProposalOf(n.Store().Latest(), 1)
	time.Sleep(time.Until(p.VotingEnds))
	stopped := make(chan error, 1)
	go func() { stopped <- n.Wait() }()
	var err error
	for running := true; running; {
		select {
		case err = <-stopped:
			running = false
		case <-time.After(100 * time.Millisecond):
			if n.Store().Height() < height-1 {
				send(operator, tx.Transfer{To: net.Demo[0].Key.Address(), Amount: 1})
			} else { // this one is in the block that is not executed
				_ = n.Submit(t.Context(), transfer(t, net, 0))
			}
		}
	}
	want := abci.UpgradeNeeded{Height: height, Version: abci.AppVersion + 1, Name: "v9"}
	check := func(when string, err error) {
		t.Helper()
		var needed *abci.UpgradeNeeded
		if !errors.As(err, &needed) || *needed != want {
			t.Fatalf("%s: the error is %v", when, err)
		}
	}
	check("at the height", err)
	if ready := n.Ready(); ready == nil {
		t.Fatal("the node says that it is ready")
	}
	if at := n.Store().Height(); at != height-1 {
		t.Fatalf("the store is at height %d", at)
	}
	if err := n.Store().Close(); err != nil {
		t.Fatal(err)
	}

	_, err = startNode(t, home, net.Genesis)
	check("at the next start", err)

	// The block of the upgrade is stored, so a node without state comes to it in the handshake.
	if err := os.RemoveAll(home.Data("blink")); err != nil {
		t.Fatal(err)
	}
	_, err = startNode(t, home, net.Genesis)
	check("in a replay", err)
}
