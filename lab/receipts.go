package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"blink/api/client"
)

// maxReceipts is how many receipts are fetched and verified.
const maxReceipts = 20

// verifyReceipts takes a sample of the transactions that were told to be final and asks a node other than the one that
// said so for the proof. A receipt that is false, or a node that knows nothing of the transaction, is a lie.
func (l *Load) verifyReceipts(ctx context.Context, verify func(json.RawMessage) (Proof, error)) *ReceiptSample {
	if verify == nil {
		return nil
	}
	s := &ReceiptSample{}
	for _, r := range sampleFinal(l.Records(), maxReceipts, l.cfg.Seed) {
		s.Sampled++
		node, err := l.verifyElsewhere(ctx, r, verify)
		if err == nil {
			s.Verified++
			continue
		}
		s.Lie = s.Lie || errors.Is(err, errLie)
		s.Problems = append(s.Problems, fmt.Sprintf("%s at %s: %v", r.ID, l.client.URLs()[node], err))
	}
	return s
}

// errLie marks what cannot be an accident.
var errLie = errors.New("LIE")

// verifyElsewhere verifies a receipt of the first node after the one that answered that is up; where there is one node
// only, of that. It returns the node that was asked last.
func (l *Load) verifyElsewhere(ctx context.Context, r Record, verify func(json.RawMessage) (Proof, error)) (node int, err error) {
	n := len(l.cfg.Nodes)
	for i := 1; i < max(n, 2); i++ {
		node = (r.Node + i) % n
		if err = l.verifyReceipt(ctx, r, node, verify); !errors.As(err, new(*client.Unreachable)) {
			break
		}
	}
	return node, err
}

func (l *Load) verifyReceipt(ctx context.Context, r Record, node int, verify func(json.RawMessage) (Proof, error)) error {
	c := l.client.Only(node)
	receipt, err := c.Raw(ctx, "/v1/txs/%s/receipt", r.ID)
	if err != nil {
		var p *client.Problem
		if st, statusErr := c.Tx(ctx, r.ID, attemptTimeout); errors.As(err, &p) && statusErr == nil && st.Status != client.StatusFinal {
			return fmt.Errorf("%w: told to be final in block %d, and is %s here", errLie, r.Height, st.Status)
		}
		return fmt.Errorf("no receipt: %w", err)
	}
	proof, err := verify(receipt)
	switch {
	case errors.Is(err, ErrUndecided):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", errLie, err)
	case proof.ID != r.ID:
		return fmt.Errorf("%w: the receipt is of transaction %s", errLie, proof.ID)
	case proof.Height != r.Height:
		return fmt.Errorf("%w: told to be in block %d, and is in %d", errLie, r.Height, proof.Height)
	case proof.Code != "" && proof.Code != "ok":
		return fmt.Errorf("%w: told to have taken effect, and its code is %s", errLie, proof.Code)
	}
	return nil
}

// sampleFinal draws up to n of the final transactions of the measured load.
func sampleFinal(records []Record, n int, seed uint64) []Record {
	var final []Record
	for _, r := range records {
		if r.Measured() && r.Status == client.StatusFinal {
			final = append(final, r)
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x72656365697074)) // "receipt"
	random.Shuffle(len(final), func(i, j int) { final[i], final[j] = final[j], final[i] })
	return final[:min(n, len(final))]
}
