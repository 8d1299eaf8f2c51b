package abci

import (
	"container/list"
	"sync"

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
	return m.look(id)
}

// getAll fills in the transactions that are remembered, and returns the places of the others.
func (m *memory) getAll(inputs []input) (unknown []int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range inputs {
		t, ok := m.look(inputs[i].id)
		if !ok {
			unknown = append(unknown, i)
		}
		inputs[i].tx = t
	}
	return unknown
}

func (m *memory) look(id tx.ID) (tx.Verified, bool) {
	e, ok := m.byID[id]
	if !ok {
		return tx.Verified{}, false
	}
	m.recent.MoveToFront(e)
	return e.Value.(tx.Verified), true
}

// put remembers what the verdicts found right.
func (m *memory) put(verdicts ...tx.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range verdicts {
		if v.Err == nil {
			m.add(v.Tx)
		}
	}
}

func (m *memory) add(t tx.Verified) {
	if _, ok := m.byID[t.ID()]; ok {
		return
	}
	m.byID[t.ID()] = m.recent.PushFront(t)
	m.bytes += len(t.Raw())
	for m.recent.Len() > m.maxTxs || m.bytes > m.maxBytes {
		last := m.recent.Remove(m.recent.Back()).(tx.Verified)
		m.bytes -= len(last.Raw())
		delete(m.byID, last.ID())
	}
}
