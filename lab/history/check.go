package history

// Check returns what is wrong with the history, always in the same order; nothing: every rule holds.
func (h History) Check() []Violation {
	return nil
}
