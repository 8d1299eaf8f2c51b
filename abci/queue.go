package abci

import (
	"runtime"
	"sync"

	"blink/tx"
)

// mostAtOnce bounds a batch, in signatures: a larger one gains nothing, and keeps its first transaction waiting.
const mostAtOnce = 256

// queue verifies transactions that come one or a few at a time from many goroutines. A caller that finds a core free verifies at
// once, on its own goroutine, whatever waits, its own first of all if nothing does. One that does not waits until the
// batch before is done. So batches grow with the load, and an idle node adds no wait.
//
// It holds as many transactions as there are callers, and no goroutine when there are none.
type queue struct {
	chainID string
	done    func(...tx.Result) // told of each batch before its callers are

	mu      sync.Mutex
	waiting []*ask
	asked   map[tx.ID]*ask // waiting or being verified
	workers int
}

// ask is a transaction whose callers wait.
type ask struct {
	signed  tx.Signed
	verdict tx.Result // once settled is closed
	settled chan struct{}
}

func newQueue(chainID string, done func(...tx.Result)) *queue {
	return &queue{chainID: chainID, done: done, asked: make(map[tx.ID]*ask)}
}

// verify gives the verdict of Signed.Verify on each.
func (q *queue) verify(txs ...tx.Signed) []tx.Result {
	asks := make([]*ask, len(txs))
	var own *ask // the last one that nobody had asked about: it is settled last
	q.mu.Lock()
	for i, s := range txs {
		a, known := q.asked[s.ID()]
		if !known {
			a = &ask{signed: s, settled: make(chan struct{})}
			q.asked[s.ID()] = a
			q.waiting = append(q.waiting, a)
			own = a
		}
		asks[i] = a
	}
	lead := own != nil && q.workers < runtime.GOMAXPROCS(0)
	if lead {
		q.workers++
	}
	q.mu.Unlock()
	if lead {
		q.work(own)
	}
	verdicts := make([]tx.Result, len(asks))
	for i, a := range asks {
		<-a.settled
		verdicts[i] = a.verdict
	}
	return verdicts
}

// work verifies batches until own is settled, and then leaves the rest to another goroutine: whoever leads has a client
// that waits, too. A nil own never is.
func (q *queue) work(own *ask) {
	for {
		batch := q.take()
		if batch == nil {
			return
		}
		signed := make([]tx.Signed, len(batch))
		for i, a := range batch {
			signed[i] = a.signed
		}
		verdicts := tx.VerifyAll(q.chainID, signed)
		q.done(verdicts...)
		q.settle(batch, verdicts)
		if own == nil {
			continue
		}
		select {
		case <-own.settled:
			if !q.idle() {
				go q.work(nil)
			}
			return
		default:
		}
	}
}

// idle takes a worker off duty if nothing waits.
func (q *queue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		return false
	}
	q.workers--
	return true
}

// take returns what waits, up to mostAtOnce signatures; nil, and the worker is off duty, if nothing does.
func (q *queue) take() []*ask {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.workers--
		return nil
	}
	n, signatures := 0, 0
	for n < len(q.waiting) && (n == 0 || signatures+weight(q.waiting[n].signed) <= mostAtOnce) {
		signatures += weight(q.waiting[n].signed)
		n++
	}
	batch := q.waiting[:n:n]
	if q.waiting = q.waiting[n:]; len(q.waiting) == 0 {
		q.waiting = nil
	}
	return batch
}

// weight is at least the number of signatures of a transaction.
func weight(s tx.Signed) int { return max(1, len(s.Witness())/tx.SignatureBytes) }

func (q *queue) settle(batch []*ask, verdicts []tx.Result) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, a := range batch {
		a.verdict = verdicts[i]
		delete(q.asked, a.signed.ID())
		close(a.settled)
	}
}
