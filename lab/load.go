package lab

import (
	"context"
	"sync"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/crypto"
	"blink/tx"
)

const (
	// lookahead is how long before its intended send time a transaction is signed.
	lookahead = time.Second
	// attemptTimeout is what one node gets to answer beyond the wait that it was asked for.
	attemptTimeout = 2 * time.Second
	// attemptWait is how long a node is asked to wait for finality in one request: then the same bytes are sent again,
	// so that a node that has frozen, or forgotten them, does not decide their fate.
	attemptWait = 5 * time.Second
	// transferAmount is what the transactions of a load carry, in ublink.
	transferAmount coin.Amount = 1
)

// shot is one transaction of the load.
type shot struct {
	number   int
	intended time.Time
	measured bool // not warm-up
	lease    lease
	signed   tx.Signed
	leased   bool // false: no sender was free when it was prepared
}

// load is one run of the generator.
type load struct {
	cfg     BenchConfig
	chain   chain
	clients []*client.Client // one per node, each asking that node first
	pool    *pool
	tally   *tally
	start   time.Time
	flying  sync.WaitGroup
}

func newLoad(c *client.Client, chain chain, cfg BenchConfig, senders []*sender) *load {
	l := &load{cfg: cfg, chain: chain, tally: newTally(cfg)}
	for i := range cfg.Nodes {
		l.clients = append(l.clients, c.StartingAt(i))
	}
	l.pool = newPool(senders, l.repair)
	return l
}

// run sends the load and returns when every transaction has an outcome.
func (l *load) run(ctx context.Context) {
	l.start = time.Now().Add(lookahead + 100*time.Millisecond)
	shots := make(chan shot, 1024)
	go l.prepare(ctx, shots)
	progress := l.showProgress()
	sleeper := newSleeper()
	for s := range shots {
		if !sleeper.until(ctx, s.intended) {
			l.unsend(s)
			continue
		}
		l.tally.sent(s.measured, time.Since(s.intended))
		l.flying.Add(1)
		go func() {
			defer l.flying.Done()
			l.fire(ctx, s)
		}()
	}
	l.flying.Wait()
	progress()
}

// prepare signs each transaction a moment before it is due, and ends the channel with the load.
func (l *load) prepare(ctx context.Context, shots chan<- shot) {
	defer close(shots)
	next := l.cfg.Arrivals.Schedule(l.cfg.Rate, l.cfg.Seed)
	for number := 0; ; number++ {
		offset := next()
		if offset >= l.cfg.Warmup+l.cfg.Duration {
			return
		}
		s := shot{number: number, intended: l.start.Add(offset), measured: offset >= l.cfg.Warmup}
		if !pause(ctx, time.Until(s.intended)-lookahead) {
			return
		}
		if s.lease, s.leased, _ = l.pool.take(); s.leased {
			s.signed = l.sign(s.lease, s.intended)
		}
		select {
		case shots <- s:
		case <-ctx.Done():
			l.unsend(s)
			return
		}
	}
}

// unsend gives back what was prepared for a transaction that will not be sent.
func (l *load) unsend(s shot) {
	if s.leased {
		l.pool.give(s.lease, false)
	}
}

// sign makes the transfer of a lease. It expires before the client stops waiting, so that its fate can be known.
func (l *load) sign(le lease, intended time.Time) tx.Signed {
	validFor := l.cfg.Timeout - min(l.cfg.Timeout/2, 5*time.Second)
	to := l.pool.all[int(le.nonce+1)%len(l.pool.all)].address // any account but, mostly, itself
	return mustSign(tx.Body{
		ChainID: l.chain.id, Sender: le.sender.address, Nonce: le.nonce, Fee: l.chain.fee,
		ValidUntil: intended.Add(validFor).Unix() + 1,
		Msgs:       []tx.Msg{tx.Transfer{To: to, Amount: transferAmount}},
	}, le.sender.key)
}

// mustSign signs a body that this package has made: that cannot fail.
func mustSign(b tx.Body, key crypto.PrivateKey) tx.Signed {
	s, err := tx.Sign(b, key)
	if err != nil {
		panic("lab: sign a well-formed body: " + err.Error())
	}
	return s
}

// repair finds out which nonce the chain expects of a broken sender, once nothing of it can be on its way any more.
func (l *load) repair(s *sender) {
	for try := range 5 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		a, err := l.clients[try%len(l.clients)].Account(ctx, s.address)
		cancel()
		if err == nil && a.Nonce == a.PendingNonce {
			l.pool.repaired(s, a.Nonce)
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	// Retired: it cannot be told what would become of another transaction of this account.
}

// pause sleeps for d; false if ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
