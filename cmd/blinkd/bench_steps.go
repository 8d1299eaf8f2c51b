package main

import (
	"fmt"
	"strconv"
	"strings"

	"blink/lab"
)

// parseSteps reads the rates of a step load: "50:1000:50" (from, to, by) or "50,100,400", ascending.
func parseSteps(text string) ([]float64, error) {
	if parts := strings.Split(text, ":"); len(parts) == 3 {
		return parseRange(parts)
	}
	var rates []float64
	for _, part := range strings.Split(text, ",") {
		rate, err := parseRate(part)
		if err != nil {
			return nil, err
		}
		if n := len(rates); n > 0 && rate <= rates[n-1] {
			return nil, fmt.Errorf("must ascend, but %v comes after %v", rate, rates[n-1])
		}
		rates = append(rates, rate)
	}
	return rates, nil
}

func parseRange(parts []string) ([]float64, error) {
	var bounds [3]float64
	for i, part := range parts {
		var err error
		if bounds[i], err = parseRate(part); err != nil {
			return nil, err
		}
	}
	from, to, by := bounds[0], bounds[1], bounds[2]
	if to < from {
		return nil, fmt.Errorf("must ascend, but %v comes after %v", to, from)
	}
	n := int((to-from)/by+1e-9) + 1
	if n > lab.MaxPhases {
		return nil, fmt.Errorf("must be at most %d rates, were %d", lab.MaxPhases, n)
	}
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = from + float64(i)*by
	}
	return rates, nil
}

func parseRate(text string) (float64, error) {
	rate, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(rate > 0 && rate <= lab.MaxRate) {
		return 0, fmt.Errorf("must be FROM:TO:BY or rates separated by commas, each above 0 and at most %d per second, had %q", lab.MaxRate, text)
	}
	return rate, nil
}
