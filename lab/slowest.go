package lab

import (
	"container/heap"
	"slices"

	"blink/api/client"
)

// slowest keeps the MaxSlowest slowest records: a heap with the fastest of them on top. Those that never became final
// count by how long the client waited for them; those that were refused do not count.
type slowest []Record

func (s slowest) Len() int           { return len(s) }
func (s slowest) Less(i, j int) bool { return s[i].TTF() < s[j].TTF() }
func (s slowest) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

// Push implements heap.Interface.
func (s *slowest) Push(r any) { *s = append(*s, r.(Record)) }

// Pop implements heap.Interface.
func (s *slowest) Pop() any {
	last := len(*s) - 1
	r := (*s)[last]
	*s = (*s)[:last]
	return r
}

func (s *slowest) add(r Record) {
	r.Raw = nil
	switch {
	case r.Status == client.StatusRejected:
	case len(*s) < MaxSlowest:
		heap.Push(s, r)
	case r.TTF() > (*s)[0].TTF():
		(*s)[0] = r
		heap.Fix(s, 0)
	}
}

// list names them, slowest first, with the blocks that they are in.
func (s slowest) list(blocks map[int64]blockInfo) []SlowTx {
	sorted := slices.Clone(s)
	slices.SortFunc(sorted, func(a, b Record) int {
		if d := b.TTF() - a.TTF(); d != 0 {
			return int(max(min(d, 1), -1))
		}
		return a.Number - b.Number
	})
	list := []SlowTx{}
	for _, r := range sorted {
		slow := SlowTx{ID: r.ID, T: r.Intended.Seconds(), SendLate: float64((r.Sent - r.Intended).Microseconds()) / 1000,
			Status: r.Status, Node: r.Node, Height: r.Height, Index: r.Index}
		if r.Status == client.StatusFinal {
			slow.TTF = milliseconds(r.TTF().Microseconds())
		}
		if b, ok := blocks[r.Height]; ok {
			slow.BlockTxs, slow.Round, slow.Proposer = b.TxCount, b.Round, b.Proposer
		}
		if r.Stages != nil {
			slow.Stages = map[string]float64{}
			for i, ms := range stagesOf(r.Stages) {
				if ms != nil {
					slow.Stages[stageNames[i]] = *ms
				}
			}
		}
		list = append(list, slow)
	}
	return list
}
