package lab

import (
	"context"
	"fmt"
	"slices"
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

// Load is one run of the load generator: made by PrepareLoad, run once.
type Load struct {
	cfg     LoadConfig
	network network
	client  *client.Client
	clients []*client.Client // one per node, each asking that node first
	pool    *pool
	tally   *tally
	start   time.Time // end of the warm-up
	flying  sync.WaitGroup
}

// PrepareLoad checks the network, makes and funds the accounts and signs what can be signed before the load begins.
// Nothing is measured yet. The caller runs the load once, and closes it.
func PrepareLoad(ctx context.Context, cfg LoadConfig) (*Load, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	c, err := client.New(cfg.Nodes, client.Options{Timeout: attemptTimeout, UserAgent: "blinkd-bench"})
	if err != nil {
		return nil, err
	}
	l := &Load{cfg: cfg, client: c, tally: newTally(cfg)}
	for i := range cfg.Nodes {
		l.clients = append(l.clients, c.StartingAt(i))
	}
	if err := l.prepare(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return l, nil
}

func (l *Load) prepare(ctx context.Context) (err error) {
	if l.network, err = observe(ctx, l.client); err != nil {
		return err
	}
	l.cfg.Progress(Progress{Phase: PhaseFund})
	senders, err := fundSenders(ctx, l.client, l.network, l.cfg)
	if err != nil {
		return fmt.Errorf("fund the accounts of the load: %w", err)
	}
	l.pool = newPool(senders, l.repair)
	return nil
}

// Close gives the connections back.
func (l *Load) Close() { l.client.Close() }

// Begin fixes the start, a moment from now, and returns it. Run does it if the caller has not: one who must know the
// start before Run returns calls Begin right before it.
func (l *Load) Begin() time.Time {
	if l.start.IsZero() {
		l.start = time.Now().Add(lookahead + 100*time.Millisecond + l.cfg.Warmup)
	}
	return l.start
}

// Start is the moment that all offsets count from: the end of the warm-up. It is the zero time before Begin.
func (l *Load) Start() time.Time { return l.start }

// Run sends the load and returns when every transaction has an outcome. Cancelling ctx ends the load early: what has been
// sent by then is asked about for a moment longer, and booked. The error is ctx's, if that ended the load.
func (l *Load) Run(ctx context.Context) error {
	l.Begin()
	shots := make(chan shot, 1024)
	go l.feed(ctx, shots)
	progress := l.showProgress()
	sleeper := newSleeper()
	for s := range shots {
		if !sleeper.until(ctx, l.start.Add(s.intended)) {
			l.unsend(s)
			continue
		}
		l.tally.sent(s.phase, time.Since(l.start)-s.intended)
		l.flying.Add(1)
		go func() {
			defer l.flying.Done()
			l.fire(ctx, s)
		}()
	}
	l.flying.Wait()
	progress()
	return ctx.Err()
}

// Records are all transactions of the load, by Number; valid after Run.
func (l *Load) Records() []Record {
	l.tally.mu.Lock()
	defer l.tally.mu.Unlock()
	slices.SortFunc(l.tally.records, func(a, b Record) int { return a.Number - b.Number })
	return l.tally.records
}

// shot is one transaction of the load before it is sent.
type shot struct {
	number   int
	phase    int           // -1 = warm-up
	intended time.Duration // since the start
	lease    lease
	signed   tx.Signed
	leased   bool // false: no sender was free when it was prepared
}

// feed signs each transaction a moment before it is due, and ends the channel with the load.
func (l *Load) feed(ctx context.Context, shots chan<- shot) {
	defer close(shots)
	next := l.cfg.schedule()
	for number := 0; ; number++ {
		offset, phase, ok := next()
		if !ok {
			return
		}
		s := shot{number: number, phase: phase, intended: offset}
		if !pause(ctx, time.Until(l.start.Add(offset))-lookahead) {
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
func (l *Load) unsend(s shot) {
	if s.leased {
		l.pool.give(s.lease, false)
	}
}

// sign makes the transfer of a lease. It expires before the client stops waiting, so that its fate can be known.
func (l *Load) sign(le lease, intended time.Duration) tx.Signed {
	validFor := l.cfg.Timeout - min(l.cfg.Timeout/2, 5*time.Second)
	to := l.pool.all[int(le.nonce+1)%len(l.pool.all)].address // any account but, mostly, itself
	return mustSign(tx.Body{
		ChainID: l.network.ChainID, Sender: le.sender.address, Nonce: le.nonce, Fee: l.network.fee,
		ValidUntil: l.start.Add(intended).Add(validFor).Unix() + 1,
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
func (l *Load) repair(s *sender) {
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
