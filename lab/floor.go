package lab

import (
	"fmt"
	"time"

	"blink/lab/scenario"
	"blink/lab/wan"
)

// FloorResult compares what was measured with what distance alone costs, by the same table of latencies.
type FloorResult struct {
	Mean  float64  `json:"mean_ms"` // of the floor, over proposers and the nodes that transactions entered at
	P50   float64  `json:"p50_ms"`
	Min   float64  `json:"min_ms"`
	Max   float64  `json:"max_ms"`
	Ratio *float64 `json:"p50_ratio"` // p50 of the baseline over p50 of the floor; null if either is not there
}

// floorOf computes the floor of a placement of equal validators. It is nil without regions, or if all nodes stand in one.
func floorOf(s scenario.Scenario, validators int, baseline Latencies) (*FloorResult, error) {
	regions := placement(s.Network, validators)
	if regions == nil {
		return nil, nil
	}
	delays, err := wan.Matrix(regions)
	if err != nil {
		return nil, err
	}
	power := make([]int64, len(regions))
	for i := range validators {
		power[i] = 1
	}
	entries := s.Load.Nodes
	if len(entries) == 0 {
		for i := range regions {
			entries = append(entries, i)
		}
	}
	f := wan.FloorOver(delays, power, entries)
	out := &FloorResult{Mean: inMS(f.Mean), P50: inMS(f.P50), Min: inMS(f.Min), Max: inMS(f.Max)}
	if baseline.P50 != nil && out.P50 > 0 {
		ratio := *baseline.P50 / out.P50
		out.Ratio = &ratio
	}
	return out, nil
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// text is the floor on one line.
func (f FloorResult) text() string {
	text := fmt.Sprintf("distance alone costs p50 %.1f ms, mean %.1f ms, from %.1f to %.1f ms by proposer and entry node", f.P50, f.Mean, f.Min, f.Max)
	if f.Ratio != nil {
		text += fmt.Sprintf("; the baseline's p50 is %.2f times that", *f.Ratio)
	}
	return text
}
