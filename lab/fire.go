package lab

import (
	"context"
	"errors"
	"time"

	"blink/api/client"
)

// fire sends one transaction, again and again until its fate is known or its time is up, and books the outcome.
func (l *load) fire(ctx context.Context, s shot) {
	interrupted := ctx
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), s.intended.Add(l.cfg.Timeout))
	defer cancel()
	// An interrupted load still finds out about what it has sent, but does not wait for long.
	defer context.AfterFunc(interrupted, func() { time.AfterFunc(attemptTimeout, cancel) })()
	if !l.ready(ctx, &s) {
		l.tally.ended(s.measured, outcome{status: client.StatusRejected, code: codeNoSender})
		return
	}
	o := l.pursue(ctx, s)
	o.latency = time.Since(s.intended)
	l.tally.ended(s.measured, o)
	l.pool.give(s.lease, o.status == client.StatusFinal)
}

// codeNoSender is booked for a transaction that the client could not send in time because every account had as much in
// flight as its nonce window allows: the network had stopped taking them.
const codeNoSender = "client_no_sender"

// ready makes sure that the transaction may be sent: one that was prepared with a sender that has broken since, or with
// none, gets another.
func (l *load) ready(ctx context.Context, s *shot) bool {
	if s.leased && l.pool.current(s.lease) {
		return true
	}
	l.unsend(*s)
	for {
		le, ok, freed := l.pool.take()
		if ok {
			s.lease, s.leased, s.signed = le, true, l.sign(le, s.intended)
			return true
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return false
		}
	}
}

// pursue submits until the answer is settled. The bytes are the same each time, so nothing can happen twice.
func (l *load) pursue(ctx context.Context, s shot) outcome {
	c := l.clients[s.number%len(l.clients)]
	for ctx.Err() == nil {
		wait := min(attemptWait, max(time.Until(s.intended.Add(l.cfg.Timeout))-attemptTimeout/4, 100*time.Millisecond))
		st, err := c.Submit(ctx, s.signed.Raw(), wait)
		if o, settled := judge(st, err); settled {
			return o
		}
		if err != nil {
			pause(ctx, 50*time.Millisecond)
		}
	}
	// The time is up. A last question: it may have expired for certain.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTimeout)
	defer cancel()
	if st, err := c.Tx(last, s.signed.ID(), 0); err == nil && st.Settled() && st.Status != client.StatusFinal {
		o, _ := judge(st, nil)
		return o
	}
	return outcome{status: client.StatusUnknown}
}

// judge turns an answer into an outcome; settled is false if it is worth asking again.
func judge(st client.TxStatus, err error) (o outcome, settled bool) {
	var p *client.Problem
	switch {
	case errors.As(err, &p) && !errors.As(err, new(*client.Unreachable)):
		return outcome{status: client.StatusRejected, code: p.Code}, p.Code != "not_ready"
	case err != nil:
		return outcome{}, false
	case st.Status == client.StatusFinal && st.Code != "ok" && st.Code != "":
		return outcome{status: client.StatusRejected, code: st.Code}, true // in a block, without effect
	case st.Settled():
		return outcome{status: st.Status, code: st.Code}, true
	}
	return outcome{}, false
}
