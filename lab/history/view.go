package history

import (
	"cmp"
	"maps"
	"slices"

	"blink/tx"
)

// view is a chain that can be looked up by height.
type view struct {
	node   string // empty: all nodes together
	blocks []*Block
	at     map[int64]*Block
	// Of the transactions, after readTransactions:
	ids    [][]tx.ID // by block and index
	places map[tx.ID][]place
}

// place is where a transaction is.
type place struct {
	height int64
	index  uint32
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.height, q.height), cmp.Compare(p.index, q.index))
}

// first and last are heights; 0 of a view without blocks.
func (v view) first() int64 {
	if len(v.blocks) == 0 {
		return 0
	}
	return v.blocks[0].Height
}

func (v view) last() int64 {
	if len(v.blocks) == 0 {
		return 0
	}
	return v.blocks[len(v.blocks)-1].Height
}

// index makes the views: that of each chain, and that of all together.
func (c *checker) index() {
	all := make(map[int64]*Block)
	for i := range c.h.Chains {
		chain := &c.h.Chains[i]
		at := make(map[int64]*Block, len(chain.Blocks))
		for j := range chain.Blocks {
			b := &chain.Blocks[j]
			if at[b.Height] == nil { // a second one is reported by checkHeights
				at[b.Height] = b
			}
			if all[b.Height] == nil {
				all[b.Height] = b
			}
		}
		c.chains = append(c.chains, newView(chain.Node, at))
	}
	c.all = newView("", all)
	c.differ = make([]bool, len(c.chains))
	c.scope.First, c.scope.Last, c.scope.Blocks = c.all.first(), c.all.last(), len(c.all.blocks)
	for _, b := range c.all.blocks {
		c.scope.Txs += len(b.Txs)
	}
}

func newView(node string, at map[int64]*Block) view {
	v := view{node: node, at: at}
	for _, height := range slices.Sorted(maps.Keys(at)) {
		v.blocks = append(v.blocks, at[height])
	}
	return v
}

// views are those that must be looked at: the blocks of all nodes, and each chain that differs from them. What is true
// of all is true of the others.
func (c *checker) views() []view {
	views := []view{c.all}
	for i, v := range c.chains {
		if c.differ[i] {
			views = append(views, v)
		}
	}
	return views
}
