package chart

import (
	"math"

	"gonum.org/v1/plot"
)

// scale maps values to parts of an axis, 0 to 1. What lies outside is put at the end.
type scale struct {
	min, max float64
	log      bool
	ticks    []plot.Tick
}

func (s scale) part(v float64) float64 {
	var n plot.Normalizer = plot.LinearScale{}
	if s.log {
		n = plot.LogScale{}
	}
	if math.IsNaN(v) {
		v = s.min
	}
	return n.Normalize(s.min, s.max, min(max(v, s.min), s.max))
}

// The ends of every axis: what lies beyond was not measured by anyone.
const (
	shortest = 0.001 // milliseconds
	longest  = 1e10  // milliseconds
	farthest = 1e8   // seconds
	most     = 1e15  // of anything counted
)

// timeScale is a logarithmic scale of milliseconds around some values. Only finite positive ones count; there is
// always something to show.
func timeScale(values ...float64) scale {
	low, high := extent(values)
	if low > high {
		low, high = 1, 1000
	}
	low, high = min(max(low, shortest), longest), min(max(high, shortest), longest)
	s := scale{min: low / 1.15, max: high * 1.15, log: true}
	if math.Log10(s.max/s.min) < 0.7 { // at least a range of five, so that ticks can say something
		middle := math.Sqrt(s.max * s.min)
		s.min, s.max = middle/2.3, middle*2.3
	}
	s.ticks = timeTicks(s.min, s.max)
	return s
}

// extent is the smallest and the greatest of the finite positive values; low > high when there is none.
func extent(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// timeTicks puts a tick at 1, 2, 5, 10 ... as many as can be told apart.
func timeTicks(low, high float64) []plot.Tick {
	steps := []float64{1, 2, 5}
	if math.Log10(high/low) > 2.6 {
		steps = []float64{1}
	}
	var ticks []plot.Tick
	for decade := math.Floor(math.Log10(low)); decade <= math.Ceil(math.Log10(high)); decade++ {
		for _, step := range steps {
			if v := step * math.Pow(10, decade); v >= low*0.999 && v <= high*1.001 {
				ticks = append(ticks, plot.Tick{Value: v, Label: tickTime(v)})
			}
		}
	}
	return ticks
}

// tickTime writes a round time: seconds are not turned into minutes, as the axis counts in tens.
func tickTime(ms float64) string {
	switch {
	case ms >= 999:
		return trim(ms/1000, 2) + " s"
	case ms >= 0.0999:
		return trim(ms, 2) + " ms"
	default:
		return trim(ms*1000, 2) + " µs"
	}
}

// linearScale runs from 0 to the greatest of the values, rounded up.
func linearScale(label func(float64) string, values ...float64) scale {
	low, high := extent(values)
	if low > high {
		high = 1
	}
	high = min(max(high, 1e-6), most)
	step := roundStep(high / 4.5)
	s := scale{max: step * math.Ceil(high/step*1.02)}
	for i := 0; float64(i)*step <= s.max*1.0001; i++ {
		s.ticks = append(s.ticks, plot.Tick{Value: float64(i) * step, Label: label(float64(i) * step)})
	}
	return s
}

// secondScale runs over the seconds of a run, which may start before 0.
func secondScale(from, to float64) scale {
	if !finite(from) || !finite(to) {
		from, to = 0, 1
	}
	from, to = min(max(from, -farthest), farthest), min(max(to, -farthest), farthest)
	if !(to > from) {
		to = from + 1
	}
	s := scale{min: from, max: to}
	step := max(roundStep((to-from)/10), 1)
	for v := math.Ceil(from/step) * step; v <= to+1e-9; v += step {
		s.ticks = append(s.ticks, plot.Tick{Value: v, Label: trim(v, 0) + " s"})
	}
	return s
}

// roundStep is the round number (1, 2 or 5 times a power of ten) next above v.
func roundStep(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*0.999 {
			return m * power
		}
	}
	return 10 * power
}

func plainNumber(v float64) string {
	if v >= 10_000 {
		return Count(int64(math.Round(v)))
	}
	return trim(v, 3)
}
