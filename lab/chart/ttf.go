package chart

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
)

// TTF is the distribution of times to finality.
type TTF struct {
	Steps     []Step  // ascending in both fields: the distribution function of the final ones among all accepted
	Marks     []Mark  // percentiles, ascending
	Accepted  int64   // transactions that the shares are of: final and not final
	Censored  int64   // of them, those that never became final
	TimeoutMS float64 // how long each was waited for
	Notes     []string
}

// Step says which share of the accepted transactions was final within a time.
type Step struct{ MS, Share float64 }

// Mark is a named percentile.
type Mark struct {
	Name    string  // "p50"
	Share   float64 // 0.5
	MS      float64
	AtLeast bool // MS is a lower bound: the percentile falls among those that never became final
}

// Drawing draws the distribution function on a logarithmic time axis. Transactions that never became final leave the
// curve below 100 %.
func (t TTF) Drawing() Drawing {
	return Drawing{
		Name: "ttf", Title: "Time to finality", height: 380, Notes: t.Notes, Desc: t.words(), paint: t.paint,
		Sub: "Share of the accepted transactions that were final within a time. Logarithmic time axis.",
	}
}

func (t TTF) words() string {
	if len(t.Steps) == 0 {
		return fmt.Sprintf("No transaction became final, of %d that were accepted.", t.Accepted)
	}
	parts := []string{fmt.Sprintf("Distribution function of time to finality over %d accepted transactions", t.Accepted)}
	for _, m := range t.Marks {
		parts = append(parts, m.Name+" "+m.value())
	}
	if t.Censored > 0 {
		parts = append(parts, fmt.Sprintf("the curve ends at %s because %d never became final", percent(t.top()), t.Censored))
	}
	return strings.Join(parts, "; ") + "."
}

func (m Mark) value() string {
	if m.AtLeast {
		return "≥ " + Duration(m.MS)
	}
	return Duration(m.MS)
}

func (t TTF) top() float64 {
	if len(t.Steps) == 0 {
		return 0
	}
	return t.Steps[len(t.Steps)-1].Share
}

func (t TTF) paint(p *pen, a area) {
	values := []float64{}
	for _, s := range t.Steps {
		values = append(values, s.MS)
	}
	for _, m := range t.Marks {
		values = append(values, m.MS)
	}
	if t.Censored > 0 {
		values = append(values, t.TimeoutMS)
	}
	g := panel{pen: p, area: area{a.x + 34, a.y + 6, a.w - 50, a.h - 36}, xs: timeScale(values...), ys: shareScale()}
	g.gridX()
	g.axisY()
	t.curve(g)
	t.marks(g)
	g.labelsX()
}

// curve draws the steps and, where the curve ends below 100 %, what is missing.
func (t TTF) curve(g panel) {
	if len(t.Steps) == 0 {
		g.textMiddle(g.x+g.w/2, g.y+g.h/2, in(styleName, vermillion), "no transaction became final")
		return
	}
	points := []point{{g.px(t.Steps[0].MS), g.bottom()}}
	for _, s := range thin(t.Steps, 600) {
		x := g.px(s.MS)
		points = append(points, point{x, points[len(points)-1].y}, point{x, g.py(s.Share)})
	}
	end := points[len(points)-1]
	if t.Censored > 0 {
		x := g.px(t.TimeoutMS)
		g.rect(area{end.x, g.py(1), g.right() - end.x, end.y - g.py(1)}, gapShade)
		g.path([]point{end, {max(x, end.x), end.y}, {g.right(), end.y}}, stroke{vermillion, 2, dashed})
		t.censoredLabel(g, end)
	} else {
		g.path([]point{end, {g.right(), end.y}}, stroke{blue, 2.5, nil})
	}
	g.path(points, stroke{blue, 2.5, nil})
}

// censoredLabel says beside the end of the curve how many never became final.
func (t TTF) censoredLabel(g panel, end point) {
	label := fmt.Sprintf("%s not final within %s: the curve ends at %s", Count(t.Censored), Duration(t.TimeoutMS), percent(t.top()))
	y := end.y + 20
	if y > g.bottom()-8 {
		y = end.y - 10
	}
	g.textRight(g.px(t.TimeoutMS)-10, y, in(styleStrong, vermillion), label)
}

// marks draws the percentiles: a line down to the axis, a dot on the curve and a label beside it. The labels go down in
// steps, so that close percentiles stay apart.
func (t TTF) marks(g panel) {
	colours := []color.Color{blue, sky, vermillion}
	for i, m := range t.Marks {
		if finite(m.MS) {
			x, y := g.px(m.MS), g.py(min(m.Share, t.top()))
			g.line(x, y, x, g.bottom(), stroke{colours[min(i, 2)], 1.5, dotted})
			g.dot(x, y, 4.5, colours[min(i, 2)])
		}
	}
	for i, m := range t.Marks {
		if finite(m.MS) {
			g.labelBeside(g.px(m.MS), g.py(0.5)+28*float64(i+1), m.Name+"  "+m.value())
		}
	}
}

// labelBeside writes a label on a clear ground at the right of x, or at its left where there is no room.
func (p panel) labelBeside(x, y float64, label string) {
	w := widthOf(styleStrong, label)
	if x+14+w > p.right() {
		x -= w + 16
	}
	p.rect(area{x + 5, y - 13, w + 6, 18}, paper)
	p.text(x+8, y, styleStrong, label)
}

// shareScale runs from 0 to 100 %.
func shareScale() scale {
	s := scale{max: 1}
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		s.ticks = append(s.ticks, plot.Tick{Value: v, Label: percent(v)})
	}
	return s
}

func percent(share float64) string {
	v := share * 100
	if v > 99.99 && v < 100 || v > 0 && v < 0.01 { // never round a loss away
		return trim(v, 4) + " %"
	}
	return trim(math.Round(v*100)/100, 2) + " %"
}

// thin keeps at most n of the steps, always the last.
func thin(steps []Step, n int) []Step {
	if len(steps) <= n {
		return steps
	}
	out := make([]Step, 0, n)
	for i := range n {
		out = append(out, steps[(i+1)*len(steps)/n-1])
	}
	return out
}
