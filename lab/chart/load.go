package chart

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
)

// Load is throughput against latency: the points of a load that rises step by step.
type Load struct {
	Steps []LoadStep // in the order they were run
	Knee  string     // why the marked step is the knee; "" = none was found
	Notes []string
}

// LoadStep is one rate. NaN stands for a percentile that the number of values cannot support.
type LoadStep struct {
	Rate      float64 // intended, per second
	FinalPerS float64
	P50, P99  float64 // milliseconds
	Knee      bool    // the last one that the network carried
}

// Drawing draws both percentiles over the throughput that was reached.
func (l Load) Drawing() Drawing {
	return Drawing{
		Name: "load", Title: "Throughput against latency", height: 380, Notes: l.Notes, Desc: l.words(), paint: l.paint,
		Sub: "One point per rate, labelled with the rate that was sent. Where the curve turns up and back, the network is full.",
	}
}

func (l Load) words() string {
	var parts []string
	for _, s := range l.Steps {
		parts = append(parts, fmt.Sprintf("sent %s/s: final %s/s, p50 %s, p99 %s", trim(s.Rate, 1), trim(s.FinalPerS, 1), Duration(s.P50), Duration(s.P99)))
	}
	if l.Knee != "" {
		parts = append(parts, "knee: "+l.Knee)
	}
	return strings.Join(parts, "; ") + "."
}

func (l Load) paint(p *pen, a area) {
	var rates, times []float64
	for _, s := range l.Steps {
		rates, times = append(rates, s.FinalPerS), append(times, s.P50, s.P99)
	}
	perSecond := func(v float64) string { return plainNumber(v) + "/s" }
	g := panel{pen: p, area: area{a.x + 44, a.y + 26, a.w - 64, a.h - 58}, xs: linearScale(perSecond, rates...), ys: timeScale(times...)}
	p.legend(g.x, a.y+8, dotKey("p50", blue), diamondKey("p99", vermillion))
	g.gridX()
	g.axisY()
	l.knee(g)
	l.curve(g, func(s LoadStep) float64 { return s.P99 }, stroke{vermillion, 1.6, dashed}, g.pen.diamond)
	l.curve(g, func(s LoadStep) float64 { return s.P50 }, strokeP50, g.pen.dot)
	l.rates(g)
	g.labelsX()
}

func (l Load) curve(g panel, value func(LoadStep) float64, s stroke, shape func(x, y, r float64, c color.Color)) {
	var xs, ys []float64
	for _, step := range l.Steps {
		xs, ys = append(xs, step.FinalPerS), append(ys, value(step))
	}
	g.curve(xs, ys, s)
	for i := range xs {
		if finite(ys[i]) {
			shape(g.px(xs[i]), g.py(ys[i]), 5, s.color)
		}
	}
}

func (l Load) knee(g panel) {
	for _, s := range l.Steps {
		if !s.Knee {
			continue
		}
		x := g.px(s.FinalPerS)
		g.line(x, g.y, x, g.bottom(), stroke{green, 2, dashed})
		g.labelBeside(x, g.y+14, "knee: "+trim(s.Rate, 1)+"/s")
	}
}

// rates labels the points of the median with what was sent, where there is room.
func (l Load) rates(g panel) {
	var taken []area
	for _, s := range l.Steps {
		if !finite(s.P50) {
			continue
		}
		label := trim(s.Rate, 1)
		w := widthOf(styleTick, label)
		box := area{g.px(s.FinalPerS) + 9, g.py(s.P50) + 5, w, 14}
		if box.right() > g.right() {
			box.x -= w + 18
		}
		if box.bottom() > g.bottom() {
			box.y -= 30
		}
		if overlapsAny(box, taken) {
			continue
		}
		taken = append(taken, box)
		g.text(box.x, box.y+12, styleTick, label)
	}
}

func overlapsAny(a area, others []area) bool {
	for _, b := range others {
		if a.overlaps(b) {
			return true
		}
	}
	return false
}

func (a area) overlaps(b area) bool {
	return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

func dotKey(name string, c color.Color) key {
	return key{name, func(p *pen, x, y float64) {
		p.line(x, y, x+22, y, stroke{color: c, width: 2.2})
		p.dot(x+11, y, 4.5, c)
	}}
}

func diamondKey(name string, c color.Color) key {
	return key{name, func(p *pen, x, y float64) {
		p.line(x, y, x+22, y, stroke{c, 1.6, dashed})
		p.diamond(x+11, y, 5, c)
	}}
}

// Sweep is the same load on networks of several sizes.
type Sweep struct {
	Sizes []Size // ascending
	Notes []string
}

// Size is what one number of validators gave. NaN stands for no value.
type Size struct {
	Validators int
	P50, P99   float64 // milliseconds
	FinalPerS  float64
}

// Drawing draws times above and throughput below, over the number of validators.
func (s Sweep) Drawing() Drawing {
	return Drawing{
		Name: "sweep", Title: "The cost of more validators", height: 26 + 230 + 40 + 110 + 46, Notes: s.Notes, Desc: s.words(), paint: s.paint,
		Sub: "The same load on networks of different sizes. Logarithmic scale of times.",
	}
}

func (s Sweep) words() string {
	var parts []string
	for _, x := range s.Sizes {
		parts = append(parts, fmt.Sprintf("%d validators: p50 %s, p99 %s, %s final per second", x.Validators, Duration(x.P50), Duration(x.P99), trim(x.FinalPerS, 1)))
	}
	return strings.Join(parts, "; ") + "."
}

func (s Sweep) paint(p *pen, a area) {
	var at, p50, p99, rate []float64
	for _, x := range s.Sizes {
		at, p50, p99, rate = append(at, float64(x.Validators)), append(p50, x.P50), append(p99, x.P99), append(rate, x.FinalPerS)
	}
	xs := s.scale()
	top := panel{pen: p, area: area{a.x + 44, a.y + 26, a.w - 64, 230}, xs: xs, ys: timeScale(append(append([]float64{}, p50...), p99...)...)}
	low := panel{pen: p, area: area{top.x, top.bottom() + 40, top.w, 110}, xs: xs, ys: linearScale(plainNumber, rate...)}
	p.legend(top.x, a.y+8, dotKey("p50", blue), diamondKey("p99", vermillion), boxKey("final per second", green))
	for _, g := range []panel{top, low} {
		g.gridX()
		g.axisY()
	}
	top.curve(at, p99, stroke{vermillion, 1.6, dashed})
	top.curve(at, p50, strokeP50)
	for i := range at {
		s.point(top, low, at[i], p50[i], p99[i], rate[i])
	}
	low.text(low.x, low.y-8, styleNote, "final per second")
	p.line(top.x, top.bottom(), top.right(), top.bottom(), stroke{color: axis, width: 1})
	low.labelsX()
	p.textMiddle(low.x+low.w/2, low.bottom()+36, styleNote, "validators")
}

func (s Sweep) point(top, low panel, at, p50, p99, rate float64) {
	x := top.px(at)
	if finite(p99) {
		top.diamond(x, top.py(p99), 5, vermillion)
	}
	if finite(p50) {
		top.dot(x, top.py(p50), 5, blue)
	}
	if finite(rate) {
		y := low.py(rate)
		low.rect(area{x - 11, y, 22, low.bottom() - y}, green)
	}
}

// scale puts a tick at every size.
func (s Sweep) scale() scale {
	low, high := math.Inf(1), math.Inf(-1)
	var out scale
	for _, x := range s.Sizes {
		v := float64(x.Validators)
		low, high = min(low, v), max(high, v)
		out.ticks = append(out.ticks, plot.Tick{Value: v, Label: trim(v, 0)})
	}
	if low > high {
		low, high = 0, 1
	}
	room := max((high-low)*0.06, 0.5)
	out.min, out.max = low-room, high+room
	return out
}
