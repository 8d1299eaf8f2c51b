package lab

import (
	"math"
	"testing"
	"time"

	"blink/api/client"
)

func msec(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// isAbout reports whether a quantile is n ms, to the digits that a histogram keeps.
func isAbout(got *float64, n float64) bool { return got != nil && math.Abs(*got-n) <= n/500 }

func TestSpreadIsFirstSubmittingQuorumAndLast(t *testing.T) {
	records := []Record{
		{Phase: 0, Node: 2, Status: client.StatusFinal, Height: 7, Intended: msec(1000)},
		{Phase: 0, Node: 3, Status: client.StatusFinal, Height: 8, Intended: msec(2000)},
		{Phase: -1, Node: 0, Status: client.StatusFinal, Height: 7},
		{Phase: 0, Node: 0, Status: client.StatusUnknown},
	}
	seen := []BlockSeen{
		{Node: 0, Height: 7, At: msec(1010)}, {Node: 1, Height: 7, At: msec(1020)}, {Node: 2, Height: 7, At: msec(1030)}, {Node: 3, Height: 7, At: msec(1040)},
		{Node: 0, Height: 8, At: msec(2010)}, {Node: 1, Height: 8, At: msec(2020)}, {Node: 2, Height: 8, At: msec(2050), Late: true},
	}
	s := spreadOf(records, seen, 4, 30*time.Second)
	if s.N != 2 || s.Quorum != 3 || s.Late != 1 {
		t.Errorf("%+v", *s)
	}
	if !isAbout(s.First.P50, 10) || !isAbout(s.First.Max, 10) || !isAbout(s.Submitting.Min, 30) || !isAbout(s.AtQuorum.P50, 30) || !isAbout(s.AtQuorum.Max, 50) {
		t.Errorf("first %v, quorum %v and %v", *s.First.P50, *s.AtQuorum.P50, *s.AtQuorum.Max)
	}
	// Node 3 never showed block 8: censored, so that the slowest is a lower bound.
	if s.Last.Censored != 1 || s.Submitting.Censored != 1 || *s.Last.Max != 30_000 || s.Last.Notes["max"] == "" {
		t.Errorf("last: %+v", s.Last)
	}
	if spreadOf(records, nil, 4, time.Second) != nil {
		t.Error("a spread of nothing")
	}
}

func TestTheTailIsAttributedToItsBlock(t *testing.T) {
	var records []Record
	var slow slowest
	for i := range 200 {
		r := Record{Number: i, Phase: 0, Status: client.StatusFinal, Height: int64(1 + i%4), Index: uint32(i / 4), Answered: msec(10 + i)}
		if i == 150 {
			r.Status = client.StatusRejected
		}
		records = append(records, r)
		slow.add(r)
	}
	blocks := map[int64]blockInfo{
		1: {Height: 1, Proposer: "aa", TxCount: 50}, 2: {Height: 2, Proposer: "bb", Round: 1, TxCount: 50}, 3: {Height: 3, Proposer: "aa", TxCount: 60},
	}
	b := blockStats(records, blocks)
	if b.Count != 3 || b.Missing != 1 || b.Rounds["0"] != 2 || b.Rounds["1"] != 1 || b.TxsPerBlock.Max != 60 || b.TxsPerBlock.P50 != 50 {
		t.Errorf("%+v", *b)
	}
	if len(b.Proposers) != 2 || b.Proposers[0].Proposer != "aa" || b.Proposers[0].Blocks != 2 || b.Proposers[0].Txs != 99 {
		t.Errorf("%+v", b.Proposers)
	}
	list := slow.list(blocks)
	if len(list) != MaxSlowest || *list[0].TTF != 209 || *list[MaxSlowest-1].TTF != 159 {
		t.Errorf("%d slowest, from %v to %v", len(list), *list[0].TTF, *list[len(list)-1].TTF)
	}
	if s := list[2]; s.Height != 2 || s.Round != 1 || s.Proposer != "bb" || s.BlockTxs != 50 {
		t.Errorf("%+v", s)
	}
}
