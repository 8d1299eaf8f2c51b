package store

import "fmt"

// prune puts the removal of heights that need no longer be kept into the batch of st, and returns the oldest one that
// stays. It removes those from one checkpoint to the next, as their states need the first, and at most so many for each
// block: so it catches up after a view held it up or KeepVersions was lowered. It stops at a height that a view still
// shows.
func (s *Store) prune(st *staged) (record, error) {
	lowest := s.lowest
	if lowest.height == 0 { // the first block
		return st.record, nil
	}
	every := s.checkpointHeights()
	to := lowest.height - lowest.height%every + every
	if s.options.KeepVersions == 0 || to > min(st.height-s.options.KeepVersions+1, st.height-1) {
		return lowest, nil
	}
	next, err := readRecord(s.db, to)
	if err != nil {
		return lowest, err
	}
	if next.version > lowest.version && lowest.version > 0 {
		if !s.pins.drop(lowest.version) {
			return lowest, nil
		}
		if err := s.collect(st.batch, lowest.version); err != nil {
			return lowest, fmt.Errorf("height %d: %w", lowest.height, err)
		}
	}
	for h := lowest.height; h < to; h++ {
		st.batch.Delete(heightKey(keyRecord, h))
		st.batch.Delete(heightKey(keyChanges, h))
	}
	return next, nil
}
