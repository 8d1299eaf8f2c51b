package lab

import (
	"context"
	"errors"
	"time"

	"blink/api/client"
)

// fire sends one transaction, again and again until its fate is known or its time is up, and books the outcome.
func (l *Load) fire(ctx context.Context, s shot) {
	defer l.flying.Done()
	ctx, cancel := context.WithDeadline(ctx, l.start.Add(s.intended+l.cfg.Timeout))
	defer cancel()
	if !s.leased && !l.another(ctx, &s) {
		l.bookUnsent(s)
		return
	}
	r := l.recordOf(s, s.number%len(l.clients))
	l.sends(&r, s)
	st, f := l.pursue(ctx, s, &r, 0)
	l.book(r, s, st, f)
}

func (l *Load) recordOf(s shot, node int) Record {
	return Record{Number: s.number, Phase: s.phase, Node: node, Intended: s.intended}
}

// sends notes that a transaction leaves now.
func (l *Load) sends(r *Record, s shot) {
	r.ID, r.Sent = s.id, time.Since(l.start)
	if l.cfg.KeepRaw {
		r.Raw = s.raw
	}
}

// book ends a transaction whose outcome r has.
func (l *Load) book(r Record, s shot, st client.TxStatus, f fate) {
	r.Answered = time.Since(l.start)
	if r.Status == client.StatusFinal && r.TTF() > l.cfg.Timeout {
		r.Status, st = client.StatusUnknown, client.TxStatus{} // an answer after the timeout is none
	}
	r.Height, r.Index, r.Stages = st.Height, st.Index, st.Stages
	l.tally.ended(r)
	l.pool.give(s.lease, f)
}

// bookUnsent ends a transaction that found no sender.
func (l *Load) bookUnsent(s shot) {
	r := l.recordOf(s, s.number%len(l.clients))
	r.Status, r.Code = client.StatusRejected, CodeNoSender
	r.Answered = time.Since(l.start)
	r.Sent = r.Answered
	l.tally.ended(r)
}

// another gives a transaction a sender that has none, or whose own has broken since it was signed. It waits for half of the
// time that the transaction is valid: one that is sent later may expire in the mempool, and breaks the sender that another
// needs. Of a load beyond what the network takes, all would soon be sent too late.
func (l *Load) another(ctx context.Context, s *shot) bool {
	ctx, cancel := context.WithDeadline(ctx, l.start.Add(s.intended+l.validFor()/2))
	defer cancel()
	le, ok := l.pool.await(ctx)
	if ok {
		s.lease, s.leased, s.scripted = le, true, false
		l.signNow(s)
	}
	return ok
}

// pursue submits until the answer is settled, and returns it, with what became of the nonce; r gets the outcome. The bytes
// are the same each time, so nothing can happen twice. attempt is how often it has been sent before.
func (l *Load) pursue(ctx context.Context, s shot, r *Record, attempt int) (client.TxStatus, fate) {
	if attempt == 0 && ctx.Err() != nil { // the client is that late: no node has seen it
		r.Status, r.Code = client.StatusRejected, CodeNoSender
		return client.TxStatus{}, unused
	}
	c := l.clients[r.Node]
	for ; ctx.Err() == nil; attempt++ {
		wait := l.waitFor(s)
		asked := c.Current()
		st, err := c.Submit(ctx, s.raw, wait)
		r.Node = l.nodeOf(c.Current())
		if r.judge(st, err) {
			return st, fateOf(st, err, attempt, asked)
		}
		if err != nil {
			pause(ctx, 50*time.Millisecond)
		}
	}
	// The time is up. A last question: it may have expired for certain.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTimeout)
	defer cancel()
	if st, err := c.Tx(last, s.id, 0); err == nil && st.Settled() && st.Status != client.StatusFinal {
		r.judge(st, nil)
		return st, unclear
	}
	r.Status, r.Code = client.StatusUnknown, ""
	return client.TxStatus{}, unclear
}

// waitFor is how long a node is asked to wait for the outcome of a transaction.
func (l *Load) waitFor(s shot) time.Duration {
	left := time.Until(l.start.Add(s.intended + l.cfg.Timeout))
	return min(attemptWait, max(left-attemptTimeout/4, 100*time.Millisecond))
}

// fateOf says what an answer means for the nonce. It is certainly unused only if the first node that was asked, at the
// first attempt, had no room for it: no other has ever seen the transaction.
func fateOf(st client.TxStatus, err error, attempt int, asked string) fate {
	var p *client.Problem
	switch {
	case err == nil && st.Status == client.StatusFinal && st.Code == "ok":
		return used
	case attempt == 0 && errors.As(err, &p) && p.Temporary() && p.URL == asked:
		return unused
	}
	return unclear
}

// judge turns an answer into an outcome; settled is false if it is worth asking again.
func (r *Record) judge(st client.TxStatus, err error) (settled bool) {
	var p *client.Problem
	switch {
	case errors.As(err, &p) && !errors.As(err, new(*client.Unreachable)):
		if p.Code == "not_ready" {
			return false // the network is on its way back: say nothing of the transaction
		}
		r.Status, r.Code = client.StatusRejected, p.Code
		return true
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
	for i, u := range l.network.urls {
		if u == url {
			return i
		}
	}
	return 0
}
