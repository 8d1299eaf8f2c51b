package lab

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"blink/api/client"
	"blink/coin"
	"blink/tx"
)

const (
	// lookahead is how long before its intended send time a transaction is signed, if it was not before the load began.
	lookahead = time.Second
	// lead is how long before the first transaction the load begins.
	lead = lookahead + 100*time.Millisecond
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
	limits  limits

	ahead   []shot    // signed before the load begins
	assumed time.Time // the start that they were signed for
	during  atomic.Int64

	start  time.Time // end of the warm-up
	flying sync.WaitGroup
	cost   ClientCost
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
	if l.network, err = observe(ctx, l.client, l.cfg.AllowDown); err != nil {
		return err
	}
	l.limits = measureLimits()
	l.cfg.Progress(Progress{Phase: PhaseFund})
	senders, err := fundSenders(ctx, l.client, l.network, l.cfg)
	if err != nil {
		return fmt.Errorf("fund the accounts of the load: %w", err)
	}
	l.pool = newPool(senders, l.repair)
	l.signAhead(ctx, l.limits.signWall)
	return ctx.Err()
}

// Close gives the connections back.
func (l *Load) Close() { l.client.Close() }

// Begin fixes the start and returns it. Run does it if the caller has not: one who must know the start before Run returns
// calls Begin right before it.
func (l *Load) Begin() time.Time {
	if !l.start.IsZero() {
		return l.start
	}
	start, useful := l.startOf(time.Now())
	l.start = start
	if !useful {
		leases := make([]lease, len(l.ahead))
		for i, s := range l.ahead {
			leases[i] = s.lease
		}
		l.pool.cut(leases, 0)
		l.ahead = nil
	}
	return l.start
}

// Start is the moment that all offsets count from: the end of the warm-up. It is the zero time before Begin.
func (l *Load) Start() time.Time { return l.start }

// Run sends the load and returns when every transaction has an outcome. Cancelling ctx ends the load early: what has been
// sent by then is asked about for a moment longer, and booked. The error is ctx's, if that ended the load.
func (l *Load) Run(ctx context.Context) error {
	l.Begin()
	// An interrupted load still finds out about what it has sent, but does not wait for long.
	patience, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(attemptTimeout, cancel) })()
	progress := l.showProgress()
	meter := l.startMeter()
	if l.cfg.Closed > 0 {
		l.runClosed(ctx, patience)
	} else {
		l.runOpen(ctx, patience)
	}
	l.flying.Wait()
	l.cost = meter()
	progress()
	return ctx.Err()
}

// Records are the transactions of the load, by Number; valid after Run. They are all, unless Sampled.
func (l *Load) Records() []Record { return l.tally.sortedRecords() }

// Sampled reports whether the load was larger than MaxRecords, so that Records are a sample of it.
func (l *Load) Sampled() bool { return l.tally.sampled() }

// shot is one transaction of the load before it is sent.
type shot struct {
	number   int
	phase    int           // -1 = warm-up
	intended time.Duration // since the start
	lease    lease
	raw      []byte
	id       tx.ID
	leased   bool // false: no sender was free when it was prepared
	scripted bool // signed ahead: the lease must be launched
}

// unsend gives back what was prepared for a transaction that will not be sent.
func (l *Load) unsend(s shot) {
	switch {
	case s.scripted:
		l.pool.skip(s.lease)
	case s.leased:
		l.pool.give(s.lease, unused)
	}
}

// validFor is how long after its intended send time a transaction expires: before the client stops waiting, so that its fate
// can be known.
func (l *Load) validFor() time.Duration { return l.cfg.Timeout - min(l.cfg.Timeout/2, 5*time.Second) }

// sign makes the transfer of a shot's lease.
func (l *Load) sign(s *shot, start time.Time) {
	from := s.lease.sender
	to := l.pool.all[int(s.lease.nonce+1)%len(l.pool.all)].address // any account but, mostly, itself
	// The key was made for this load.
	signed := must(tx.SignFast(tx.Body{
		ChainID: l.network.ChainID, Sender: from.address, Nonce: s.lease.nonce, Fee: l.network.fee,
		ValidUntil: start.Add(s.intended).Add(l.validFor()).Unix() + 1,
		Memo:       strconv.Itoa(s.number), // or a nonce that is used again within the second gives the same transaction
		Msgs:       []tx.Msg{tx.Transfer{To: to, Amount: transferAmount}},
	}, from.key))
	s.raw, s.id = signed.Raw(), signed.ID()
}

// signNow signs a shot while the load runs.
func (l *Load) signNow(s *shot) {
	l.sign(s, l.start)
	l.during.Add(1)
}

// must is for a body that this package has made: to sign it cannot fail.
func must(s tx.Signed, err error) tx.Signed {
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
