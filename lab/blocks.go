package lab

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"blink/api/client"
)

// Bounds of reading blocks after a load.
const (
	blocksPerPage = 100
	maxPages      = 300 // 30 000 blocks; of more, pages spread evenly over the load
)

// blockInfo is what a node's list says of a block.
type blockInfo struct {
	Height   int64  `json:"height"`
	Proposer string `json:"proposer"`
	Round    int32  `json:"round"`
	TxCount  int    `json:"tx_count"`
}

// readBlocks reads the blocks that hold the records, after the load, a few pages at a time. What no node can show is left
// out.
func (l *Load) readBlocks(ctx context.Context, records []Record) map[int64]blockInfo {
	pages := pagesOf(records)
	blocks := map[int64]blockInfo{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2)
	for _, page := range pages {
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			var answer struct{ Blocks []blockInfo }
			path := fmt.Sprintf("/v1/blocks?before=%d&limit=%d", (page+1)*blocksPerPage, blocksPerPage)
			if ctx.Err() != nil || l.client.Get(ctx, path, &answer) != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, b := range answer.Blocks {
				blocks[b.Height] = b
			}
		}()
	}
	wg.Wait()
	return blocks
}

// pagesOf are the pages that hold the blocks of the records: page p holds the heights from p*blocksPerPage on.
func pagesOf(records []Record) []int64 {
	seen := map[int64]bool{}
	var pages []int64
	for _, r := range records {
		if p := r.Height / blocksPerPage; r.Height > 0 && !seen[p] {
			seen[p] = true
			pages = append(pages, p)
		}
	}
	slices.Sort(pages)
	if len(pages) <= maxPages {
		return pages
	}
	some := make([]int64, maxPages)
	for i := range some {
		some[i] = pages[i*len(pages)/maxPages]
	}
	return some
}

// blockStats sums up the blocks that hold measured transactions.
func blockStats(records []Record, blocks map[int64]blockInfo) *BlockStats {
	s := &BlockStats{Rounds: map[string]int{}, Proposers: []ProposerResult{}}
	var sizes []int
	seen := map[int64]bool{}
	by := map[string]*proposed{}
	for _, r := range records {
		if !r.Measured() || r.Height == 0 {
			continue
		}
		b, known := blocks[r.Height]
		p := by[b.Proposer]
		if known && p == nil {
			p = &proposed{}
			by[b.Proposer] = p
		}
		if known && r.Status == client.StatusFinal {
			p.ttf = append(p.ttf, r)
		}
		if seen[r.Height] {
			continue
		}
		seen[r.Height] = true
		if !known {
			s.Missing++
			continue
		}
		s.Count++
		p.blocks++
		s.Rounds[strconv.Itoa(int(b.Round))]++
		sizes = append(sizes, b.TxCount)
	}
	if len(seen) == 0 {
		return nil
	}
	s.TxsPerBlock = countsOf(sizes)
	for name, p := range by {
		s.Proposers = append(s.Proposers, p.result(name))
	}
	slices.SortFunc(s.Proposers, func(a, b ProposerResult) int {
		return cmp.Or(b.Blocks-a.Blocks, cmp.Compare(a.Proposer, b.Proposer))
	})
	return s
}

// proposed is what one proposer's blocks hold of the load.
type proposed struct {
	blocks int
	ttf    []Record
}

func (p *proposed) result(name string) ProposerResult {
	l := ttfOf(p.ttf)
	return ProposerResult{Proposer: name, Blocks: p.blocks, Txs: len(p.ttf), P50: l.P50, P99: l.P99}
}

// ttfOf are the latencies of final records.
func ttfOf(records []Record) Latencies {
	h := newHistogram(MaxBenchTimeout)
	for _, r := range records {
		record(h, r.TTF())
	}
	return latenciesOf(h, 0, MaxBenchTimeout)
}

// countsOf are the quantiles of numbers, by the nearest rank.
func countsOf(values []int) Counts {
	if len(values) == 0 {
		return Counts{}
	}
	slices.Sort(values)
	sum := 0
	for _, v := range values {
		sum += v
	}
	at := func(q float64) int { return values[max(int(math.Ceil(q*float64(len(values)))), 1)-1] }
	return Counts{Min: values[0], Mean: float64(sum) / float64(len(values)), P50: at(0.5), P90: at(0.9), P99: at(0.99), Max: values[len(values)-1]}
}
