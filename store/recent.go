package store

import "sync"

// recentValues is how many values one generation of recent holds; two generations are in memory.
const recentValues = 1 << 15

// recent remembers values of the latest height, so that hot keys cost one map lookup instead of a walk down the
// tree. An entry says since which height it is known to be the latest value: it holds for that height and all later
// ones, until a commit replaces it. Views of older heights walk the tree. Entries that nobody reads fall out with
// their generation.
type recent struct {
	mu         sync.RWMutex
	height     int64 // latest
	young, old map[string]recentValue
}

type recentValue struct {
	value []byte // nil: there is no such key
	since int64
}

func newRecent(height int64) *recent {
	return &recent{height: height, young: make(map[string]recentValue)}
}

// get returns the value that key has at height, and whether it is known; nil and true mean that there is no such key.
func (r *recent) get(key []byte, height int64) ([]byte, bool) {
	r.mu.RLock()
	e, ok := r.young[string(key)]
	aged := false
	if !ok {
		e, ok = r.old[string(key)]
		aged = ok
	}
	r.mu.RUnlock()
	if !ok || e.since > height {
		return nil, false
	}
	if aged {
		r.fill(key, e.value, height)
	}
	return e.value, true
}

// fill remembers what was read at height, unless a later one has been committed meanwhile.
func (r *recent) fill(key, value []byte, height int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if height == r.height {
		r.put(string(key), recentValue{value, height})
	}
}

// advance takes over the changes of a commit, before its view is published.
func (r *recent) advance(height int64, changes []pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.height = height
	for _, c := range changes {
		r.put(c.key, recentValue{c.value, height})
	}
}

func (r *recent) put(key string, e recentValue) {
	if len(r.young) >= recentValues {
		r.old, r.young = r.young, make(map[string]recentValue, recentValues)
	}
	r.young[key] = e
}
