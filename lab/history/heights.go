package history

// checkHeights: each node has one block for each height from its first to its last, in order. It may have pruned its
// first blocks and be behind with its last ones; it says so with First and Last.
func (c *checker) checkHeights() {
	for i, chain := range c.h.Chains {
		bad := func(height int64, format string, args ...any) {
			c.differ[i] = true
			c.report(Violation{Rule: RuleHeights, Node: chain.Node, Height: height}, format, args...)
		}
		if genesis := c.h.Genesis.FirstHeight(); chain.First < genesis {
			bad(chain.First, "the node says that it begins with block %d, but the chain begins with block %d", chain.First, genesis)
		}
		next := chain.First
		for _, b := range chain.Blocks {
			switch {
			case b.Height < next:
				bad(b.Height, "must come once and in order, but came where block %d should", next)
			case b.Height > next:
				bad(next, "must be there, but the next block is %d", b.Height)
			}
			next = max(next, b.Height+1)
		}
		if next != chain.Last+1 {
			bad(chain.Last, "the node says that it ends with block %d, but its blocks end with %d", chain.Last, next-1)
		}
	}
}

// checkTimes: block time is later than that of the block before, and the first block's not before genesis.
func (c *checker) checkTimes(v view) {
	for i, b := range v.blocks {
		at := Violation{Rule: RuleTime, Node: v.node, Height: b.Height}
		if b.Time.Before(c.h.Genesis.GenesisTime) {
			c.report(at, "block time %s is before genesis, %s", stamp(b.Time), stamp(c.h.Genesis.GenesisTime))
		}
		if i > 0 && !b.Time.After(v.blocks[i-1].Time) {
			c.report(at, "block time %s is not after %s, that of block %d", stamp(b.Time), stamp(v.blocks[i-1].Time), v.blocks[i-1].Height)
		}
	}
}
