package store

// Reader reads ordered keys and values. What it returns belongs to the store: callers may keep it but must not modify it.
//
// A Reader has no errors to return, because nothing sensible can follow one: state that cannot be read must not be
// replaced by a guess. A disk that fails or bytes that are damaged make it panic, and the node halts.
type Reader interface {
	// Get returns the value of key, or nil if there is none. A value that exists is never nil, though it may be empty.
	Get(key []byte) []byte

	// Range calls fn for each key in [start, end), ascending, until fn returns false. A nil start is the first key, a nil
	// end is past the last one. It shows the state as it was when Range was called, whatever fn writes meanwhile.
	Range(start, end []byte, fn func(key, value []byte) bool)
}

// View is the state after one block. It never changes, and it is safe for concurrent use while blocks are committed and
// old heights are pruned: a height is not pruned while a View of it is reachable. Close of the store ends all views.
type View interface {
	Reader

	// Height is the block whose execution led to this state; 0 before the first block.
	Height() int64
}
