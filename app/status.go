package app

import "fmt"

// Status is where a validator stands.
type Status uint8

// The states of a validator. Which may follow which: statusMoves.
const (
	Inactive   Status = 0 // may be elected; not in the set
	Active     Status = 1 // in the set that was last sent to consensus
	Jailed     Status = 2 // out of the set until its operator sends Unjail
	Tombstoned Status = 3 // out for ever: it signed twice
)

var statusNames = [...]string{Inactive: "inactive", Active: "active", Jailed: "jailed", Tombstoned: "tombstoned"}

// String is the stable name, in lower case.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return fmt.Sprintf("status_%d", uint8(s))
}

// MarshalText writes the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// statusMoves[from][to] lists every legal transition.
var statusMoves = [4][4]bool{
	Inactive:   {Active: true, Jailed: true, Tombstoned: true},
	Active:     {Inactive: true, Jailed: true, Tombstoned: true},
	Jailed:     {Inactive: true, Tombstoned: true},
	Tombstoned: {},
}

// moveTo changes the status; an illegal transition is a fault of this package (halt).
func (v *validator) moveTo(to Status) {
	if !statusMoves[v.status][to] {
		panic("app: a validator cannot become " + to.String() + " when it is " + v.status.String())
	}
	v.status = to
}
