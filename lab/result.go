package lab

import (
	"time"

	"blink/lab/history"
)

// ResultFormat names the form of result.json.
const ResultFormat = "blink-lab/1"

// Result is what blinkd lab run found out about one scenario. All times are in seconds since the begin of the measured
// load, by the client's monotonic clock, unless their name says otherwise.
type Result struct {
	Format   string    `json:"format"`
	Scenario string    `json:"scenario"`
	About    string    `json:"about"`
	Source   string    `json:"source"` // the scenario's YAML
	Started  time.Time `json:"started"`
	TookS    float64   `json:"took_s"` // with start and end of the network

	Passed      bool   `json:"passed"` // every check is ok and nothing failed
	Interrupted bool   `json:"interrupted,omitempty"`
	Error       string `json:"error,omitempty"` // what the run itself failed at

	Warnings         []string            `json:"warnings,omitempty"` // why the figures may say more of the machine than of the network
	Conditions       LabConditions       `json:"conditions"`
	Faults           []FaultMark         `json:"faults"`
	Load             LoadResult          `json:"load"`
	Periods          []Period            `json:"periods"` // baseline, degraded, recovered; without faults baseline, or the phases of the load
	Gap              *Gap                `json:"gap"`     // null if no two commits were seen
	RecoveryS        *float64            `json:"recovery_s"`
	Recovery         string              `json:"recovery_note,omitempty"` // why recovery_s is null, or what limits it
	Floor            *FloorResult        `json:"floor,omitempty"`         // with regions only
	Blocks           []BlockMark         `json:"blocks"`
	Points           []TxPoint           `json:"points"`
	Nodes            []NodeEnd           `json:"nodes"`
	ActiveValidators int                 `json:"active_validators"` // at the end
	Validators       []ValidatorChange   `json:"validator_changes,omitempty"`
	Checks           []Check             `json:"checks"`
	Violations       []history.Violation `json:"violations"`        // of the history; empty is as it should be
	Checked          *history.Scope      `json:"checked,omitempty"` // what of the history was checked
	Runs             []Result            `json:"runs,omitempty"`    // of a sweep: one per number of validators; then the fields above stay empty
}

// LabConditions say under which circumstances the numbers were measured.
type LabConditions struct {
	Version    string   `json:"version"`
	Go         string   `json:"go"`
	OS         string   `json:"os"`
	Cores      int      `json:"cores"` // shared by client and nodes
	ChainID    string   `json:"chain_id"`
	Backend    string   `json:"backend"`
	Validators int      `json:"validators"`
	Observers  int      `json:"observers"`
	Profile    string   `json:"profile"`
	Regions    []string `json:"regions,omitempty"` // of each node
	Links      bool     `json:"links"`             // whether the nodes' connections ran through proxies
	Arrivals   string   `json:"arrivals"`
	Seed       uint64   `json:"seed"`
	WarmupS    float64  `json:"warmup_s"`
	DurationS  float64  `json:"duration_s"`
	TimeoutS   float64  `json:"timeout_s"`
	Accounts   int      `json:"accounts"`
	Clock      string   `json:"clock"`
}

// FaultMark is an action of the timeline as it was done.
type FaultMark struct {
	PlannedS float64  `json:"planned_s"`
	AtS      float64  `json:"at_s"`    // when it began
	DoneS    float64  `json:"done_s"`  // when it was done
	UntilS   *float64 `json:"until_s"` // when its effect was ended, or null: an end itself, or not ended within the load
	Action   string   `json:"action"`  // the verb: kill, restart, ...
	Target   string   `json:"target"`  // node3; node0 node1 | node2 node3; all links
	Note     string   `json:"note"`    // black-hole; 100ms ± 20ms; "was the proposer"
	Healing  bool     `json:"healing"` // it ends a fault
	Staking  bool     `json:"staking"` // bond, unbond, unjail: no fault, but a change
	Error    string   `json:"error,omitempty"`
}

// LoadResult is what became of all transactions of the measured load.
type LoadResult struct {
	Sent          int            `json:"sent"`
	Final         int            `json:"final"`
	Rejected      int            `json:"rejected"`
	RejectedCodes map[string]int `json:"rejected_codes"`
	Expired       int            `json:"expired"`
	Unknown       int            `json:"unknown"`
	FinalPerS     float64        `json:"final_per_s"`
	TTF           Latencies      `json:"ttf_ms"`
	SendDelay     Latencies      `json:"send_delay_ms"` // the client's own lateness
}

// Period is a part of the load by what was wrong with the network. A transaction belongs to the period of its intended
// send time.
type Period struct {
	Name     string    `json:"name"` // baseline, degraded, recovering, recovered
	FromS    float64   `json:"from_s"`
	ToS      float64   `json:"to_s"`
	Sent     int       `json:"sent"`
	Final    int       `json:"final"`
	Rejected int       `json:"rejected"`
	Expired  int       `json:"expired"`
	Unknown  int       `json:"unknown"`
	TTF      Latencies `json:"ttf_ms"`
}

// Gap is the longest interval of the load in which the client saw no node serve a new block.
type Gap struct {
	FromS float64 `json:"from_s"`
	ToS   float64 `json:"to_s"`
	S     float64 `json:"s"`
	Open  bool    `json:"open,omitempty"`  // it lasted to the end of the load
	After string  `json:"after,omitempty"` // the action before its begin, or the first within it: "kill node3"
}

// BlockMark is a block as the client saw it come.
type BlockMark struct {
	Height int64   `json:"height"`
	FirstS float64 `json:"first_s"` // when the first node served it
	Node   string  `json:"node"`    // that node
	Nodes  int     `json:"nodes"`   // how many nodes were seen to serve it, live
}

// TxPoint is one transaction, for pictures; at most MaxPoints of a run, evenly chosen.
type TxPoint struct {
	AtS    float64 `json:"t_s"`    // intended send time
	TTF    float64 `json:"ttf_ms"` // until the answer; for those that are not final, until the client gave up
	Status string  `json:"status"`
}

// MaxPoints bounds Result.Points.
const MaxPoints = 4000

// NodeEnd is a node after the run, when all have been healed and started again.
type NodeEnd struct {
	Name    string `json:"name"`
	Height  int64  `json:"height"`
	AppHash string `json:"app_hash"`
	Error   string `json:"error,omitempty"`
}

// ValidatorChange is a change of who votes, as it was first seen.
type ValidatorChange struct {
	AtS    float64 `json:"at_s"`
	Node   string  `json:"node"`
	Status string  `json:"status"` // active, inactive, jailed, tombstoned, none
	Power  int64   `json:"power"`
}

// Check is an expectation and what came of it.
type Check struct {
	What string `json:"what"` // "final", "gap", "history"
	Want string `json:"want"` // "100%", "at most 2 s"
	Got  string `json:"got"`
	OK   bool   `json:"ok"`
}
