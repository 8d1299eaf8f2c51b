package store

import (
	"maps"
	"slices"
	"sort"
)

// Overlay is a set of changes on top of a Reader that itself stays as it is. It is not safe for concurrent use.
//
// While forks of an overlay are in use, write to the forks only.
type Overlay struct {
	parent  Reader
	under   *Overlay // the overlay Join writes into; nil for one made by NewOverlay
	changes map[string]change

	// The keys of changes, each in one of three lists: a block writes and walks by turns, a thousand times, and must not
	// sort or copy all of them for each walk.
	sorted []string // ascending, long
	recent []string // ascending, at most maxRecent
	fresh  []string // in the order of writing
}

const maxRecent = 256 // keys; more are merged into sorted

// change is a new value, or the absence of one.
type change struct {
	value   []byte
	deleted bool
}

// NewOverlay returns an empty overlay over parent.
func NewOverlay(parent Reader) *Overlay {
	return &Overlay{parent: parent, changes: make(map[string]change)}
}

// Get returns the value of key as seen through the changes, or nil. The caller must not modify it.
func (o *Overlay) Get(key []byte) []byte {
	if c, ok := o.changes[string(key)]; ok {
		return c.value
	}
	return o.parent.Get(key)
}

// Set gives key a value; nil means the empty value. The overlay keeps value: the caller must not modify it afterwards.
// An empty key is a programming error and panics.
func (o *Overlay) Set(key, value []byte) {
	if value == nil {
		value = []byte{}
	}
	o.put(string(key), change{value: value})
}

// Delete removes key; removing what is not there is no error.
func (o *Overlay) Delete(key []byte) {
	o.put(string(key), change{deleted: true})
}

// Fork returns an overlay on top of o, for work that may be dropped. To drop it, forget it.
func (o *Overlay) Fork() *Overlay {
	f := NewOverlay(o)
	f.under = o
	return f
}

// Clone returns an overlay over the same parent with the same changes; those made to either from now on are its own.
func (o *Overlay) Clone() *Overlay {
	c := *o
	c.changes, c.fresh = maps.Clone(o.changes), slices.Clone(o.fresh) // the other lists are never modified, only replaced
	return &c
}

// Join writes the changes into the overlay that this one was forked from, and empties this one. It panics on an overlay
// that is no fork.
func (o *Overlay) Join() {
	if o.under == nil {
		panic("store: Join on an overlay that is not a fork")
	}
	for _, keys := range [][]string{o.sorted, o.recent, o.fresh} {
		for _, key := range keys {
			o.under.put(key, o.changes[key])
		}
	}
	clear(o.changes)
	o.sorted, o.recent, o.fresh = nil, nil, o.fresh[:0]
}

// Len is the number of keys that were set or deleted on this overlay.
func (o *Overlay) Len() int { return len(o.changes) }

// Changes calls fn for each key that was set or deleted, ascending, until fn returns false. A deleted key has a nil value.
func (o *Overlay) Changes(fn func(key, value []byte) bool) {
	for _, key := range o.keys() {
		if !fn([]byte(key), o.changes[key].value) {
			return
		}
	}
}

func (o *Overlay) put(key string, c change) {
	if key == "" {
		panic("store: empty key")
	}
	if _, ok := o.changes[key]; !ok {
		o.fresh = append(o.fresh, key)
	}
	o.changes[key] = c
}

// keys returns the changed keys, ascending. The slice is never modified afterwards. Called again, it writes nothing.
func (o *Overlay) keys() []string {
	o.sortFresh()
	if len(o.recent) > 0 {
		o.sorted, o.recent = merge(o.sorted, o.recent), nil
	}
	return o.sorted
}

// sortFresh empties fresh.
func (o *Overlay) sortFresh() {
	if len(o.fresh) == 0 {
		return
	}
	slices.Sort(o.fresh)
	o.recent, o.fresh = merge(o.recent, slices.Clone(o.fresh)), o.fresh[:0]
	if len(o.recent) > maxRecent {
		o.sorted, o.recent = merge(o.sorted, o.recent), nil
	}
}

// merge makes one ascending list of two that have no key in common; it is fast when b is short.
func merge(a, b []string) []string {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := make([]string, 0, len(a)+len(b))
	for _, key := range b {
		n := sort.SearchStrings(a, key)
		out = append(append(out, a[:n]...), key)
		a = a[n:]
	}
	return append(out, a...)
}
