package store

import "fmt"

// pruneHeights bounds the work of pruning that one block does. It is more than one, so that pruning catches up after a
// view held it up or KeepVersions was lowered.
const pruneHeights = 4

// prune puts the removal of heights that need no longer be kept into the batch of st, and returns the oldest one that
// stays. It stops at a height that a view still shows.
//
// It runs before the tree of st is saved, and compares versions that are on disk only: iavl finds what a version leaves
// behind by comparing it with the next one.
func (s *Store) prune(st *staged) (record, error) {
	lowest := s.lowest
	if lowest.height == 0 { // the first block
		return st.record, nil
	}
	if s.options.KeepVersions == 0 {
		return lowest, nil
	}
	keepFrom := min(st.height-s.options.KeepVersions+1, st.height-1)
	for n := 0; n < pruneHeights && lowest.height < keepFrom; n++ {
		next, err := readRecord(s.db, lowest.height+1)
		if err != nil {
			return lowest, err
		}
		if next.version > lowest.version && lowest.version > 0 {
			if !s.pins.drop(lowest.version) {
				break
			}
			if err := s.tree.DeleteVersionsTo(lowest.version); err != nil {
				return lowest, fmt.Errorf("height %d: %w", lowest.height, err)
			}
			if err := s.nodes.failure(); err != nil {
				return lowest, err
			}
		}
		st.batch.Delete(heightKey(keyRecord, lowest.height))
		lowest = next
	}
	return lowest, nil
}
