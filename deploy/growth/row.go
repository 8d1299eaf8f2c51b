package main

import (
	"encoding/json"
	"fmt"
	"os"

	"blink/lab"
)

// Row is one measurement. A time is null where there were too few transactions for it.
type Row struct {
	Series     string   `json:"series"`
	At         int64    `json:"at"` // how far it has grown: height, accounts, transactions or validators
	Validators int      `json:"validators"`
	Load       string   `json:"load"` // its name
	Rate       float64  `json:"rate"` // intended, per second
	N          int      `json:"n"`    // transactions that were sent
	Final      int      `json:"final"`
	FinalPerS  float64  `json:"final_per_s"`
	P50        *float64 `json:"p50_ms"` // of time to finality, by blinkd bench
	P99        *float64 `json:"p99_ms"`
	AtLeast    []string `json:"at_least,omitempty"` // p50, p99: which is a lower bound, since it falls among those that never became final
	FreshP50   *float64 `json:"fresh_p50_ms"`       // of a fresh network, measured right before
	FreshP99   *float64 `json:"fresh_p99_ms"`
	ToFirst    Ratios   `json:"to_first"` // to the first row of the same series and load
	ToFresh    Ratios   `json:"to_fresh"`
	Height     int64    `json:"height"` // before the load
	StartS     float64  `json:"start_s"`
	MemoryMB   float64  `json:"memory_mb"` // resident, of the node with most, like the next two
	PeakMB     float64  `json:"peak_mb"`   // since the process began
	DiskMB     float64  `json:"disk_mb"`   // blocks, state and index, without the genesis
	FsyncMS    float64  `json:"fsync_p50_ms"`
	SignUS     float64  `json:"sign_us"`    // one signature just before the load: how fast the machine was
	Conditions string   `json:"conditions"` // as blinkd bench prints them
}

// Ratios are this row's to another's: above 1 is worse in times, better in final_per_s.
type Ratios struct {
	P50       *float64 `json:"p50"`
	P99       *float64 `json:"p99"`
	FinalPerS *float64 `json:"final_per_s,omitempty"`
}

// take keeps what a report says.
func (r *Row) take(b lab.Report) {
	r.N, r.Final, r.FinalPerS, r.P50, r.P99 = b.Sent, b.Final, b.FinalPerS, b.TTF.P50, b.TTF.P99
	for _, q := range []struct {
		name  string
		value *float64
	}{{"p50", r.P50}, {"p99", r.P99}} {
		if q.value != nil && b.TTF.Notes[q.name] != "" {
			r.AtLeast = append(r.AtLeast, q.name)
		}
	}
	for _, node := range b.Conditions.Nodes {
		r.Height = max(r.Height, node.Height)
	}
	r.SignUS, r.Conditions = b.Probes.Sign, b.Machine()
	if b.Probes.Fsync != nil {
		r.FsyncMS = b.Probes.Fsync.P50
	}
}

// ratio is nil if either is unknown.
func ratio(a, b *float64) *float64 {
	if a == nil || b == nil || *b == 0 {
		return nil
	}
	r := *a / *b
	return &r
}

// rows are all of a run. Each goes to the file of --json when it is measured, so that an interrupted run keeps its rows.
type rows struct {
	all  []Row
	file *os.File // nil: none
}

func openRows(path string) (*rows, error) {
	if path == "" {
		return &rows{}, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	return &rows{file: file}, err
}

func (rs *rows) add(r Row) error {
	first := r
	for _, earlier := range rs.of(r.Series) {
		if earlier.Load == r.Load {
			first = earlier
			break
		}
	}
	r.ToFirst = Ratios{P50: ratio(r.P50, first.P50), P99: ratio(r.P99, first.P99), FinalPerS: ratio(&r.FinalPerS, &first.FinalPerS)}
	r.ToFresh = Ratios{P50: ratio(r.P50, r.FreshP50), P99: ratio(r.P99, r.FreshP99)}
	rs.all = append(rs.all, r)
	if rs.file == nil {
		return nil
	}
	line, err := json.Marshal(r)
	if err == nil {
		_, err = rs.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	return nil
}

// of gives the rows of a series.
func (rs *rows) of(series string) []Row {
	var some []Row
	for _, r := range rs.all {
		if r.Series == series {
			some = append(some, r)
		}
	}
	return some
}

func (rs *rows) close() error {
	if rs.file == nil {
		return nil
	}
	return rs.file.Close()
}
