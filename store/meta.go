package store

// Meta returns a fact about the chain that SetMeta recorded, or nil.
func (s *Store) Meta(key string) []byte { panic("soon") }

// SetMeta records a fact about the chain, such as its id or the hash of its genesis. Meta shows it at once; it reaches
// the disk in the batch of the next Commit, so a store has facts exactly if it has a block. One goroutine, as for Stage.
func (s *Store) SetMeta(key string, value []byte) { panic("soon") }

// CheckMeta returns a *ForeignError if the fact is recorded with another value, so that a folder is never continued with
// another chain's genesis. A store that has no such fact yet passes.
func (s *Store) CheckMeta(key string, want []byte) error { panic("soon") }

// ForeignError says that a folder belongs to another chain.
type ForeignError struct {
	Dir, Key   string
	Want, Have []byte
}

// Error names the folder, the fact and the fix.
func (e *ForeignError) Error() string { panic("soon") }
