package store

import (
	"bytes"
	"slices"
)

// pair is a key and what became of it.
type pair struct {
	key string
	change
}

// Range calls fn for each key in [start, end), ascending, the changes merged with what lies below; see Reader.
// fn may write to the overlay: it goes on seeing the state as it was when Range was called.
func (o *Overlay) Range(start, end []byte, fn func(key, value []byte) bool) {
	overlaid(o.window(start, end), func(fn func(key, value []byte) bool) { o.parent.Range(start, end, fn) }, fn)
}

// overlaid walks what below walks, with some changes to it, ascending, laid over it.
func overlaid(own []pair, below func(fn func(key, value []byte) bool), fn func(key, value []byte) bool) {
	if len(own) == 0 {
		below(fn)
		return
	}
	stopped := false
	emit := func(p pair) bool {
		if !p.deleted && !fn([]byte(p.key), p.value) {
			stopped = true
		}
		return !stopped
	}
	below(func(key, value []byte) bool {
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
	o.sortFresh()
	first, last := string(start), string(end)
	keys := merge(between(o.sorted, first, last, end != nil), between(o.recent, first, last, end != nil))
	if len(keys) == 0 {
		return nil
	}
	own := make([]pair, 0, len(keys))
	for _, key := range keys {
		own = append(own, pair{key, o.changes[key]})
	}
	return own
}

// between is the part of ascending keys from start on, up to end if that bounds it.
func between(keys []string, start, end string, bounded bool) []string {
	from, _ := slices.BinarySearch(keys, start)
	keys = keys[from:]
	if bounded {
		to, _ := slices.BinarySearch(keys, end)
		keys = keys[:to]
	}
	return keys
}
