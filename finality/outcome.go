package finality

import (
	"fmt"
	"time"

	"blink/tx"
)

// Stage is a step on a transaction's way to finality, in the order in which the steps happen.
type Stage uint8

// The stages. A stage that this node did not see (for example the proposal of a block that it received late) is absent.
const (
	Received     Stage = iota // the client's request arrived
	Checked                   // admitted to this node's mempool
	Proposed                  // this node holds the complete proposal of the block
	Prevoted                  // this node holds prevotes of more than 2/3 of the power
	Precommitted              // this node holds precommits of more than 2/3 of the power: nothing can undo the block
	Executed                  // the block is executed
	Visible                   // the result can be served
	numStages    = int(Visible) + 1
)

var stageNames = [numStages]string{"received", "checked", "proposed", "prevoted", "precommitted", "executed", "visible"}

// String gives the stable, lower-case name.
func (s Stage) String() string {
	if int(s) >= numStages {
		return fmt.Sprintf("stage(%d)", uint8(s))
	}
	return stageNames[s]
}

// StageOrder lists all stages in the order in which they happen.
func StageOrder() []Stage {
	return []Stage{Received, Checked, Proposed, Prevoted, Precommitted, Executed, Visible}
}

// Status says what is known of a transaction's fate.
type Status uint8

// The statuses. Final and Expired are certain. Rejected means that this node does not hold the transaction and did not
// see it in a block; until it expires it may still be included if another node holds it.
const (
	Unknown     Status = iota // never heard of, or forgotten
	Pending                   // submitted here, not in a block yet
	Final                     // in a block that can never be undone; Code says whether it took effect
	Rejected                  // refused at admission, or dropped from the mempool
	Expired                   // block time has passed valid_until: it can never be included any more
	numStatuses = int(Expired) + 1
)

var statusNames = [numStatuses]string{"unknown", "pending", "final", "rejected", "expired"}

// String gives the stable, lower-case name.
func (s Status) String() string {
	if int(s) >= numStatuses {
		return fmt.Sprintf("status(%d)", uint8(s))
	}
	return statusNames[s]
}

// MarshalText gives the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Status) UnmarshalText(text []byte) error {
	for i, name := range statusNames {
		if name == string(text) {
			*s = Status(i)
			return nil
		}
	}
	return fmt.Errorf("status must be one of %v, was %q", statusNames, text)
}

// Settled reports whether the outcome is one that ends the waiting: anything but pending and unknown.
func (s Status) Settled() bool { return s == Final || s == Rejected || s == Expired }

// absent marks a stage that was not seen.
const absent = time.Duration(-1)

// Stages holds the time from Received to each stage.
type Stages [numStages]time.Duration

func noStages() Stages {
	var s Stages
	for i := range s {
		s[i] = absent
	}
	return s
}

// Since gives the time from Received to stage, or false when the stage was not seen.
func (s Stages) Since(stage Stage) (time.Duration, bool) {
	if int(stage) >= numStages || s[stage] == absent {
		return 0, false
	}
	return s[stage], true
}

// Outcome is what a tracker knows of one transaction.
type Outcome struct {
	ID     tx.ID
	Status Status
	Height int64   // of the block, when Final
	Index  uint32  // within the block, when Final
	Code   tx.Code // result when Final, reason when Rejected
	// Submitted says that the transaction was handed to this node, at the time Received. Only then are there TTF and Stages.
	Submitted bool
	Received  time.Time
	TTF       time.Duration // from Received to Visible; 0 unless Final and Submitted
	Stages    Stages
}
