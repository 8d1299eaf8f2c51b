package store

import "sync"

// recentValues is how many values one generation of recent holds; two generations are in memory.
const recentValues = 1 << 15

// recent remembers values of the latest tree version, so that hot keys cost one map lookup instead of a walk down the
// tree. An entry says since which version it is known to be the latest value: it holds for that version and all later
// ones, until a commit replaces it. Views of older versions walk the tree. Entries that nobody reads fall out with
// their generation.
type recent struct {
	mu         sync.RWMutex
	version    int64 // latest tree version
	young, old map[string]recentValue
}

type recentValue struct {
	value []byte // nil: there is no such key
	since int64
}

func newRecent(version int64) *recent {
	return &recent{version: version, young: make(map[string]recentValue)}
}

// get returns the value that key has at version, and whether it is known; nil and true mean that there is no such key.
func (r *recent) get(key []byte, version int64) ([]byte, bool) {
	r.mu.RLock()
	e, ok := r.young[string(key)]
	aged := false
	if !ok {
		e, ok = r.old[string(key)]
		aged = ok
	}
	r.mu.RUnlock()
	if !ok || e.since > version {
		return nil, false
	}
	if aged {
		r.fill(key, e.value, version)
	}
	return e.value, true
}

// fill remembers what was read at version, unless a later version has been committed meanwhile.
func (r *recent) fill(key, value []byte, version int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if version == r.version {
		r.put(string(key), recentValue{value, version})
	}
}

// advance takes over the changes of a commit, before its view is published.
func (r *recent) advance(version int64, changes []pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.version = version
	for _, c := range changes {
		r.put(c.key, recentValue{c.value, version})
	}
}

func (r *recent) put(key string, e recentValue) {
	if len(r.young) >= recentValues {
		r.old, r.young = r.young, make(map[string]recentValue, recentValues)
	}
	r.young[key] = e
}
