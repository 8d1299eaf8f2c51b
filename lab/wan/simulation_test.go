package wan

import (
	"container/heap"
	"time"
)

// simulate sends every message of one transaction over an event queue and returns when the entry node has the block and
// precommits of more than two thirds of the power.
func simulate(delays [][]time.Duration, power []int64, entry, proposer int) time.Duration {
	s := &simulation{delays: delays, power: power, nodes: make([]simulated, len(power))}
	for i := range s.nodes {
		s.nodes[i] = simulated{prevotes: map[int]bool{}, precommits: map[int]bool{}}
	}
	s.send(entry, proposer, "transaction")
	for len(s.queue) > 0 {
		m := heap.Pop(&s.queue).(message)
		s.now = m.at
		s.receive(m)
		if n := s.nodes[entry]; n.proposal && s.enough(n.precommits) {
			return s.now
		}
	}
	panic("nothing was decided")
}

type message struct {
	at       time.Duration
	from, to int
	kind     string
}

// simulated is what a node has received, and whether it has precommitted.
type simulated struct {
	proposal, precommitted bool
	prevotes, precommits   map[int]bool
}

type simulation struct {
	delays [][]time.Duration
	power  []int64
	nodes  []simulated
	queue  messages
	now    time.Duration
}

func (s *simulation) receive(m message) {
	n := &s.nodes[m.to]
	switch m.kind {
	case "transaction":
		s.broadcast(m.to, "proposal")
	case "proposal":
		n.proposal = true
		if s.power[m.to] > 0 {
			s.broadcast(m.to, "prevote")
		}
	case "prevote":
		n.prevotes[m.from] = true
	case "precommit":
		n.precommits[m.from] = true
	}
	if n.proposal && s.enough(n.prevotes) && !n.precommitted && s.power[m.to] > 0 {
		n.precommitted = true
		s.broadcast(m.to, "precommit")
	}
}

// broadcast sends to every node, the sender too.
func (s *simulation) broadcast(from int, kind string) {
	for to := range s.nodes {
		s.send(from, to, kind)
	}
}

func (s *simulation) send(from, to int, kind string) {
	heap.Push(&s.queue, message{s.now + s.delays[from][to], from, to, kind})
}

// enough reports whether the voters have more than two thirds of the power.
func (s *simulation) enough(voters map[int]bool) bool {
	var have, total int64
	for i, p := range s.power {
		total += p
		if voters[i] {
			have += p
		}
	}
	return 3*have > 2*total
}

// messages is a heap: the earliest first.
type messages []message

func (q messages) Len() int           { return len(q) }
func (q messages) Less(i, j int) bool { return q[i].at < q[j].at }
func (q messages) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *messages) Push(x any)        { *q = append(*q, x.(message)) }
func (q *messages) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
