package node

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"blink/coin"
	"blink/finality/receipt"
	"blink/tx"
)

// What a node hands out can be verified without it, before and after the next block, and after a restart.
func TestReceiptsAreProofs(t *testing.T) {
	net := testnet(t)
	home := makeHome(t, net)
	n := mustStart(t, home, net.Genesis)
	trust, err := receipt.FromGenesis(net.Genesis)
	if err != nil {
		t.Fatal(err)
	}
	out := n.final(t, transfer(t, net, 0))
	facts := n.provenResult(t, trust, out.Height, out.Index)
	if facts.ID != out.ID || facts.Height != out.Height || facts.Code != tx.OK.String() || facts.Signed.Validators != 1 {
		t.Errorf("proven: %+v", facts)
	}
	for _, place := range []struct {
		height int64
		index  uint32
	}{{0, 0}, {out.Height, 1}, {out.Height + 1000, 0}} {
		if _, err := n.Receipt(place.height, place.index); !errors.Is(err, ErrNoBlock) {
			t.Errorf("transaction %d of block %d: %v", place.index, place.height, err)
		}
	}

	// A delegation changes the power two blocks later: the genesis then vouches by having signed, too.
	alice := net.Demo[0].Key
	delegation, err := tx.Sign(tx.Body{
		ChainID: net.Genesis.ChainID, Sender: alice.Address(), Nonce: 1, Fee: 1000, ValidUntil: time.Now().Add(time.Minute).Unix(),
		Msgs: []tx.Msg{tx.Delegate{Validator: net.Nodes[0].Operator.Address(), Amount: 5 * coin.Blink}},
	}, alice)
	if err != nil {
		t.Fatal(err)
	}
	n.final(t, delegation)
	for nonce := uint64(2); nonce < 4; nonce++ { // in the next block at the earliest, and in the one after that
		later := n.final(t, transfer(t, net, nonce))
		changed := n.provenResult(t, trust, later.Height, later.Index)
		if changed.Trusted.Power != 1_000_000 || nonce == 3 && changed.Signed.Power != 1_000_005 {
			t.Errorf("after a delegation: %+v", changed)
		}
	}

	n.stop(t)
	n = mustStart(t, home, net.Genesis)
	if again := n.provenResult(t, trust, out.Height, out.Index); again != facts {
		t.Errorf("proven after a restart: %+v, before: %+v", again, facts)
	}
	// A receipt of another chain with the same id, by another validator.
	raw, err := n.Receipt(out.Height, out.Index)
	if err != nil {
		t.Fatal(err)
	}
	other := net.Genesis
	other.Validators = append(other.Validators[:0:0], other.Validators...)
	other.Validators[0].ConsensusKey = bytes.Repeat([]byte{7}, 32)
	if err := receipt.Verify(raw, other); !errors.Is(err, receipt.ErrUntrusted) {
		t.Errorf("with another validator: %v", err)
	}
}

// provenResult verifies receipts until there is one with the result.
func (r *running) provenResult(t *testing.T, trust receipt.Trust, height int64, index uint32) receipt.Facts {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		raw, err := r.Receipt(height, index)
		if err != nil {
			t.Fatal(err)
		}
		facts, err := trust.Verify(raw)
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		if facts.Code != "" {
			return facts
		}
		if time.Now().After(deadline) {
			t.Fatal("no result after 20 s")
		}
	}
}
