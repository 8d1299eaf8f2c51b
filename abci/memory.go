package abci

import (
	"container/list"
	"crypto/sha256"
	"runtime"
	"sync"
	"sync/atomic"

	"blink/tx"
)

// memory remembers verified transactions by the hash of their bytes, so that
// each signature is verified once per node: at submission, in CheckTx, in a
// proposal and in the block alike. It forgets the least recently used beyond
// its bounds; what is forgotten is merely verified again.
type memory struct {
	mu       sync.Mutex
	byID     map[tx.ID]*list.Element // of tx.Verified
	recent   *list.List              // most recent first
	bytes    int
	maxTxs   int
	maxBytes int
}

func newMemory(maxTxs, maxBytes int) *memory {
	return &memory{byID: make(map[tx.ID]*list.Element), recent: list.New(), maxTxs: maxTxs, maxBytes: maxBytes}
}

func (m *memory) get(id tx.ID) (tx.Verified, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byID[id]
	if !ok {
		return tx.Verified{}, false
	}
	m.recent.MoveToFront(e)
	return e.Value.(tx.Verified), true
}

func (m *memory) put(id tx.ID, t tx.Verified) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.byID[id]; ok {
		return
	}
	m.byID[id] = m.recent.PushFront(t)
	m.bytes += len(t.Raw())
	for m.recent.Len() > m.maxTxs || m.bytes > m.maxBytes {
		last := m.recent.Remove(m.recent.Back()).(tx.Verified)
		m.bytes -= len(last.Raw())
		delete(m.byID, last.ID())
	}
}

// Verified decodes raw and verifies its signature, unless it is remembered.
// The error is a *tx.Refusal. It takes no lock of the application's: call it
// before CheckTx, from as many goroutines as there are.
func (a *Application) Verified(raw []byte) (tx.Verified, error) {
	return a.verify(sha256.Sum256(raw), raw)
}

func (a *Application) verify(id tx.ID, raw []byte) (tx.Verified, error) {
	if t, ok := a.verified.get(id); ok {
		return t, nil
	}
	signed, err := tx.Decode(raw)
	if err != nil {
		return tx.Verified{}, err
	}
	t, err := signed.Verify(a.doc.ChainID)
	if err != nil {
		return tx.Verified{}, err
	}
	a.verified.put(id, t)
	return t, nil
}

// input is a transaction of a proposal or block after verification.
type input struct {
	id  tx.ID
	tx  tx.Verified
	err error // *tx.Refusal
}

// verifyAll verifies the transactions of a block. Those that are not
// remembered are spread over all cores.
func (a *Application) verifyAll(raws [][]byte) []input {
	inputs := make([]input, len(raws))
	var unknown []int
	for i, raw := range raws {
		id := tx.ID(sha256.Sum256(raw))
		t, ok := a.verified.get(id)
		inputs[i] = input{id: id, tx: t}
		if !ok {
			unknown = append(unknown, i)
		}
	}
	verifyAt := func(i int) { inputs[i].tx, inputs[i].err = a.verify(inputs[i].id, raws[i]) }
	if len(unknown) < 2 {
		for _, i := range unknown {
			verifyAt(i)
		}
		return inputs
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(unknown)) {
		workers.Go(func() {
			for n := next.Add(1); n <= int64(len(unknown)); n = next.Add(1) {
				verifyAt(unknown[n-1])
			}
		})
	}
	workers.Wait()
	return inputs
}
