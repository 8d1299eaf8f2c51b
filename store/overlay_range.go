package store

import (
	"bytes"
	"sort"
)

// pair is a key and what became of it.
type pair struct {
	key string
	change
}

// Range calls fn for each key in [start, end), ascending, the changes merged with what lies below; see Reader.
// fn may write to the overlay: it goes on seeing the state as it was when Range was called.
func (o *Overlay) Range(start, end []byte, fn func(key, value []byte) bool) {
	own := o.window(start, end)
	if len(own) == 0 {
		o.parent.Range(start, end, fn)
		return
	}
	stopped := false
	emit := func(p pair) bool {
		if !p.deleted && !fn([]byte(p.key), p.value) {
			stopped = true
		}
		return !stopped
	}
	o.parent.Range(start, end, func(key, value []byte) bool {
		for len(own) > 0 && own[0].key < string(key) {
			p := own[0]
			own = own[1:]
			if !emit(p) {
				return false
			}
		}
		if len(own) > 0 && own[0].key == string(key) {
			p := own[0]
			own = own[1:]
			return emit(p)
		}
		stopped = !fn(key, value)
		return !stopped
	})
	for _, p := range own {
		if stopped || !emit(p) {
			return
		}
	}
}

// window copies the changes in [start, end), so that writes during a walk cannot disturb it.
func (o *Overlay) window(start, end []byte) []pair {
	if end != nil && bytes.Compare(start, end) >= 0 {
		return nil
	}
	keys := o.keys()
	from, to := sort.SearchStrings(keys, string(start)), len(keys)
	if end != nil {
		to = sort.SearchStrings(keys, string(end))
	}
	if from == to {
		return nil
	}
	own := make([]pair, 0, to-from)
	for _, key := range keys[from:to] {
		own = append(own, pair{key, o.changes[key]})
	}
	return own
}
