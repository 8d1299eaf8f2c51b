//go:build !next

package abci

// AppVersion is the newest version of the state machine's rules that this
// binary knows; it executes blocks of all versions before it by their own
// rules. It grows when a block would execute differently; a chain gets there
// by an upgrade proposal (docs/upgrades.md).
const AppVersion = 1
