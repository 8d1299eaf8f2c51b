package abci

import (
	"crypto/sha256"
	"runtime"
	"sync"
	"sync/atomic"

	"blink/tx"
)

// Verify verifies transactions that a client sent, but for those that are remembered. It gives an error for each, nil or
// a *tx.Refusal. It takes no lock of the mempool's: call it before CheckTx, from as many goroutines as there are. What
// arrives while others are verified is verified together.
func (a *Application) Verify(txs ...tx.Signed) []error {
	errs := make([]error, len(txs))
	unknown := make([]tx.Signed, 0, len(txs))
	at := make([]int, 0, len(txs))
	for i, s := range txs {
		if _, ok := a.verified.get(s.ID()); !ok {
			unknown, at = append(unknown, s), append(at, i)
		}
	}
	for n, v := range a.queue.verify(unknown...) {
		errs[at[n]] = v.Err
	}
	return errs
}

// Know verifies transactions that a peer sent, all together, and remembers those that are right: CheckTx and blocks then
// find them verified.
func (a *Application) Know(raws [][]byte) { a.verifyAll(raws) }

// verify is for one transaction whose bytes are all that is known.
func (a *Application) verify(id tx.ID, raw []byte) (tx.Verified, error) {
	if t, ok := a.verified.get(id); ok {
		return t, nil
	}
	signed, err := tx.Decode(raw)
	if err != nil {
		return tx.Verified{}, err
	}
	v := a.queue.verify(signed)[0]
	return v.Tx, v.Err
}

// input is a transaction of a proposal or block after verification.
type input struct {
	id  tx.ID
	tx  tx.Verified
	err error // *tx.Refusal
}

// leastChunk is how many transactions are worth another core: fewer gain more from being in one batch.
const leastChunk = 16

// verifyAll verifies the transactions of a block. Those that are not remembered are verified in batches on all cores.
func (a *Application) verifyAll(raws [][]byte) []input {
	inputs := make([]input, len(raws))
	for i, raw := range raws {
		inputs[i].id = sha256.Sum256(raw)
	}
	unknown := a.verified.getAll(inputs)
	if len(unknown) == 0 {
		return inputs
	}
	chunk := min(max((len(unknown)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0), leastChunk), mostAtOnce)
	chunks := (len(unknown) + chunk - 1) / chunk
	var next atomic.Int64
	work := func() {
		for n := int(next.Add(1)); n <= chunks; n = int(next.Add(1)) {
			a.verifyChunk(raws, inputs, unknown[(n-1)*chunk:min(n*chunk, len(unknown))])
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), chunks) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	return inputs
}

// verifyChunk decodes and verifies the transactions at some places, and remembers them.
func (a *Application) verifyChunk(raws [][]byte, inputs []input, places []int) {
	signed := make([]tx.Signed, 0, len(places))
	at := make([]int, 0, len(places))
	for _, i := range places {
		s, err := tx.Decode(raws[i])
		if err != nil {
			inputs[i].err = err
			continue
		}
		signed, at = append(signed, s), append(at, i)
	}
	verdicts := tx.VerifyAll(a.doc.ChainID, signed)
	for n, v := range verdicts {
		inputs[at[n]].tx, inputs[at[n]].err = v.Tx, v.Err
	}
	a.verified.put(verdicts...)
}
