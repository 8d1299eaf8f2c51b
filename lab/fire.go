package lab

import (
	"context"
	"errors"
	"time"

	"blink/api/client"
)

// fire sends one transaction, again and again until its fate is known or its time is up, and books the outcome.
func (l *Load) fire(ctx context.Context, s shot) {
	interrupted := ctx
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), l.start.Add(s.intended+l.cfg.Timeout))
	defer cancel()
	// An interrupted load still finds out about what it has sent, but does not wait for long.
	defer context.AfterFunc(interrupted, func() { time.AfterFunc(attemptTimeout, cancel) })()
	r := Record{Number: s.number, Phase: s.phase, Node: s.number % len(l.clients), Intended: s.intended}
	if !l.ready(ctx, &s) {
		r.Status, r.Code = client.StatusRejected, CodeNoSender
		l.book(r)
		return
	}
	r.ID, r.Sent = s.signed.ID(), time.Since(l.start)
	if l.cfg.KeepRaw {
		r.Raw = s.signed.Raw()
	}
	st := l.pursue(ctx, s, &r)
	r.Height, r.Index, r.Stages = st.Height, st.Index, st.Stages
	l.book(r)
	l.pool.give(s.lease, r.Status == client.StatusFinal)
}

// book completes r and enters it.
func (l *Load) book(r Record) {
	r.Answered = time.Since(l.start)
	l.tally.ended(r)
}

// ready makes sure that the transaction may be sent: one that was prepared with a sender that has broken since, or with
// none, gets another.
func (l *Load) ready(ctx context.Context, s *shot) bool {
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

// pursue submits until the answer is settled, and returns it; r gets the status. The bytes are the same each time, so
// nothing can happen twice.
func (l *Load) pursue(ctx context.Context, s shot, r *Record) client.TxStatus {
	c := l.clients[s.number%len(l.clients)]
	deadline := l.start.Add(s.intended + l.cfg.Timeout)
	for ctx.Err() == nil {
		wait := min(attemptWait, max(time.Until(deadline)-attemptTimeout/4, 100*time.Millisecond))
		st, err := c.Submit(ctx, s.signed.Raw(), wait)
		if r.judge(st, err) {
			r.Node = l.nodeOf(c.Current())
			return st
		}
		if err != nil {
			pause(ctx, 50*time.Millisecond)
		}
	}
	// The time is up. A last question: it may have expired for certain.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTimeout)
	defer cancel()
	if st, err := c.Tx(last, s.signed.ID(), 0); err == nil && st.Settled() && st.Status != client.StatusFinal {
		r.judge(st, nil)
		return st
	}
	r.Status = client.StatusUnknown
	return client.TxStatus{}
}

// judge turns an answer into an outcome; settled is false if it is worth asking again.
func (r *Record) judge(st client.TxStatus, err error) (settled bool) {
	var p *client.Problem
	switch {
	case errors.As(err, &p) && !errors.As(err, new(*client.Unreachable)):
		r.Status, r.Code = client.StatusRejected, p.Code
		return p.Code != "not_ready"
	case err != nil:
		return false
	case st.Status == client.StatusFinal && st.Code != "ok" && st.Code != "":
		r.Status, r.Code = client.StatusRejected, st.Code // in a block, without effect
		return true
	case st.Status == client.StatusFinal:
		r.Status = client.StatusFinal
		return true
	case st.Settled():
		r.Status, r.Code = st.Status, st.Code
		return true
	}
	return false
}

// nodeOf is the index of a node's URL.
func (l *Load) nodeOf(url string) int {
	for i, u := range l.client.URLs() {
		if u == url {
			return i
		}
	}
	return 0
}
