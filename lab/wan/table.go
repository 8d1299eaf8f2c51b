// Package wan knows how far apart regions of a public cloud are, and how fast consensus over such distances can be at
// best.
//
// The table is aws-latencies.csv of CometBFT v1.0.1 (test/e2e/pkg/files, Apache-2.0, unchanged): averages, in whole
// milliseconds, between 13 regions of AWS. The numbers are used as one-way delays, as CometBFT uses them: its end-to-end
// tests (test/e2e/runner/latency_emulation.go) have each node delay what it sends to a region by the number in the
// table, so that a round trip takes twice that. The size of the numbers says the same: N. Virginia to London is 38 ms
// one way in the table, and about 76 ms is what that round trip takes.
package wan

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed aws-latencies.csv
var csvText string

// table is the parsed data: names in the order of the file, and one row per sending region.
type table struct {
	regions []string
	oneWay  [][]time.Duration
}

// load parses the data once. It is part of the program, so that an error is a defect of it.
var load = sync.OnceValue(func() table {
	t, err := parse(csvText)
	if err != nil {
		panic("wan: aws-latencies.csv: " + err.Error())
	}
	return t
})

func parse(text string) (table, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return table{}, err
	}
	if len(rows) == 0 {
		return table{}, fmt.Errorf("is empty")
	}
	t := table{regions: rows[0][1:]}
	if len(rows) != len(t.regions)+1 {
		return table{}, fmt.Errorf("has %d columns of regions and %d rows", len(t.regions), len(rows)-1)
	}
	for i, row := range rows[1:] {
		if row[0] != t.regions[i] {
			return table{}, fmt.Errorf("row %d is of %s, its column of %s", i+1, row[0], t.regions[i])
		}
		delays := make([]time.Duration, len(t.regions))
		for j, field := range row[1:] {
			ms, err := strconv.ParseUint(field, 10, 16)
			if err != nil {
				return table{}, fmt.Errorf("from %s to %s: %w", row[0], t.regions[j], err)
			}
			delays[j] = time.Duration(ms) * time.Millisecond
		}
		t.oneWay = append(t.oneWay, delays)
	}
	return t, nil
}

// Regions lists the names of the regions, in the order of the table.
func Regions() []string { return slices.Clone(load().regions) }

// OneWay is how long a message takes from one region to another; within a region, 0.
func OneWay(from, to string) (time.Duration, error) {
	t := load()
	i, err := t.index(from)
	if err != nil {
		return 0, err
	}
	j, err := t.index(to)
	if err != nil {
		return 0, err
	}
	return t.oneWay[i][j], nil
}

// Matrix is the one-way delays between nodes of which each stands in a region: Matrix(p)[i][j] from node i to node j.
func Matrix(placement []string) ([][]time.Duration, error) {
	matrix := make([][]time.Duration, len(placement))
	for i, from := range placement {
		matrix[i] = make([]time.Duration, len(placement))
		for j, to := range placement {
			var err error
			if matrix[i][j], err = OneWay(from, to); err != nil {
				return nil, fmt.Errorf("node %d: %w", i, err)
			}
		}
	}
	return matrix, nil
}

func (t table) index(region string) (int, error) {
	i := slices.Index(t.regions, region)
	if i < 0 {
		return 0, fmt.Errorf("unknown region %q: must be one of %s", region, strings.Join(t.regions, ", "))
	}
	return i, nil
}
