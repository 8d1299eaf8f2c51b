package lab

import (
	"cmp"
	"slices"
	"time"
)

// commit is a block at the moment when the client first learnt that a node serves it.
type commit struct {
	height int64
	at     time.Duration
	node   int
	nodes  int // that were seen to serve it, live
}

// commitsOf finds the first sight of each block, by time. What was learnt after a reconnect counts only for blocks that no
// node showed live: the block was there earlier than that.
func commitsOf(blocks []BlockSeen) []commit {
	first := map[int64]commit{}
	live := map[int64]int{}
	for _, b := range blocks {
		if !b.Late {
			live[b.Height]++
		}
		known, ok := first[b.Height]
		if !ok || b.At < known.at {
			first[b.Height] = commit{height: b.Height, at: b.At, node: b.Node}
		}
	}
	commits := make([]commit, 0, len(first))
	for height, c := range first {
		c.nodes = live[height]
		commits = append(commits, c)
	}
	slices.SortFunc(commits, func(a, b commit) int { return cmp.Compare(a.height, b.height) })
	for i := len(commits) - 2; i >= 0; i-- { // a node that serves a block serves those before it
		commits[i].at = min(commits[i].at, commits[i+1].at)
	}
	return commits
}

// gapOf is the longest time within the load in which somebody waited and no block came: from the last commit, or from
// the first transaction after it if nobody waited then, to the next commit or the end of the load. A chain that nobody
// sends anything commits nothing, and that is no failure. It is nil without a transaction.
func gapOf(commits []commit, records []Record, marks []FaultMark, length time.Duration) *Gap {
	waits := waitsOf(records)
	var best *Gap
	consider := func(from, to time.Duration, open bool) {
		from = max(from, 0)
		waiting, ok := firstWait(waits, from)
		if !ok || waiting >= to || to <= from {
			return
		}
		from = max(from, waiting)
		if g := (to - from).Seconds(); best == nil || g > best.S {
			best = &Gap{FromS: from.Seconds(), ToS: to.Seconds(), S: g, Open: open}
		}
	}
	last := time.Duration(0)
	for _, c := range commits {
		if c.at > length {
			break
		}
		consider(last, c.at, false)
		last = max(last, c.at)
	}
	consider(last, length, true)
	if best != nil {
		best.After = blame(*best, marks)
	}
	return best
}

// wait is a transaction on its way.
type wait struct{ from, to time.Duration }

// waitsOf are the times in which transactions were on their way, by begin, overlapping ones as one.
func waitsOf(records []Record) []wait {
	var all []wait
	for _, r := range records {
		if r.Answered > r.Intended {
			all = append(all, wait{r.Intended, r.Answered})
		}
	}
	slices.SortFunc(all, func(a, b wait) int { return cmp.Compare(a.from, b.from) })
	var out []wait
	for _, w := range all {
		if n := len(out); n > 0 && w.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, w.to)
		} else {
			out = append(out, w)
		}
	}
	return out
}

// firstWait is the first moment from t on in which a transaction is on its way.
func firstWait(waits []wait, t time.Duration) (time.Duration, bool) {
	i, _ := slices.BinarySearchFunc(waits, t, func(w wait, t time.Duration) int { return cmp.Compare(w.to, t+1) })
	if i == len(waits) {
		return 0, false
	}
	return max(t, waits[i].from), true
}

// blame names what a gap comes of, as far as time tells: a fault of the moment before it; or the first fault within it; or
// the last one that was on when it began; or another action of the moment before. "" if there is none.
func blame(g Gap, marks []FaultMark) string {
	const moment = 1.0 // second
	var before, within, on, other string
	for _, m := range marks {
		just := m.AtS <= g.FromS && m.AtS > g.FromS-moment
		switch {
		case m.AtS > g.ToS:
		case m.fault() && just:
			before = m.what()
		case m.fault() && m.AtS > g.FromS:
			within = cmp.Or(within, m.what())
		case m.fault() && (m.UntilS == nil || *m.UntilS >= g.FromS):
			on = m.what()
		case just:
			other = m.what()
		}
	}
	return cmp.Or(before, within, on, other)
}

// blockMarks are the commits of the load, for pictures.
func (o observed) blockMarks(commits []commit) []BlockMark {
	var out []BlockMark
	for _, c := range commits {
		if c.at >= 0 && c.at <= o.length {
			out = append(out, BlockMark{Height: c.height, FirstS: c.at.Seconds(), Node: o.nodes[c.node].Name, Nodes: c.nodes})
		}
	}
	return out
}
