package chart

import (
	"fmt"
	"image/color"
	"math"
	"strings"
)

// Series is a run over time: times to finality above, what happened per second below, and over both what was done to
// the network.
type Series struct {
	Name, Title, Sub string // "" = of a run without faults
	FromS, ToS       float64
	Seconds          []Second // curves of p50 and the slowest
	Dots             []Dot    // single transactions, where they are known
	Levels           []Level  // horizontal lines of times
	Bars             []Bar
	BarName          string // what the bars count: "final per second"
	LostName         string // the second part of a bar; "" = there is none
	Periods          []Span // parts of the run, in order
	Faults           []Span // what was done, in order
	Gap              *Span  // the longest time without a commit
	Notes            []string
}

// Second is what became of the transactions that were meant to be sent in one second. NaN stands for no value.
type Second struct{ AtS, P50, Max float64 }

// Dot is one transaction: when it was meant to be sent, and how long it took or was waited for.
type Dot struct {
	AtS, MS float64
	Final   bool
}

// Level is a time worth a line of its own, as the floor that the speed of light sets.
type Level struct {
	Name string
	MS   float64
}

// Bar counts what happened in the seconds from AtS on.
type Bar struct{ AtS, ForS, Good, Lost float64 }

// Span is a named part of the time axis. Moment: it has no length.
type Span struct {
	FromS, ToS float64
	Name       string
	Moment     bool
}

// maxFaultRows bounds the strip of faults; what is left out is counted.
const maxFaultRows = 12

const (
	faultRow  = 20
	panelHigh = 230
	panelLow  = 96
)

// Drawing draws the two panels on one time axis.
func (s Series) Drawing() Drawing {
	d := Drawing{Name: s.Name, Title: s.Title, Sub: s.Sub, Notes: s.Notes, Desc: s.words(), paint: s.paint}
	if d.Name == "" {
		d.Name = "series"
	}
	if d.Title == "" {
		d.Title = "Time to finality over the run"
	}
	if d.Sub == "" {
		d.Sub = "By the second in which a transaction was meant to be sent. Logarithmic scale of times."
	}
	d.height = s.stripHeight() + 24 + panelHigh + 40 + panelLow + 28
	return d
}

func (s Series) words() string {
	parts := []string{fmt.Sprintf("Times to finality from second %s to second %s", trim(s.FromS, 0), trim(s.ToS, 0))}
	for _, f := range s.Faults {
		parts = append(parts, fmt.Sprintf("%s at %s s", f.Name, trim(f.FromS, 1)))
	}
	for _, p := range s.Periods {
		parts = append(parts, fmt.Sprintf("%s from %s s to %s s", p.Name, trim(p.FromS, 1), trim(p.ToS, 1)))
	}
	if s.Gap != nil {
		parts = append(parts, s.Gap.Name)
	}
	return strings.Join(parts, "; ") + "."
}

func (s Series) stripHeight() float64 {
	h := 0.0
	if len(s.Periods) > 0 {
		h += faultRow + 6
	}
	return h + faultRow*float64(len(s.faultRows()))
}

// faultRows are the faults that get a row, the last one saying what was left out.
func (s Series) faultRows() []Span {
	if len(s.Faults) <= maxFaultRows {
		return s.Faults
	}
	rows := append([]Span{}, s.Faults[:maxFaultRows-1]...)
	more := s.Faults[maxFaultRows-1]
	more.Name = fmt.Sprintf("%s, and %d more", more.Name, len(s.Faults)-maxFaultRows)
	return append(rows, more)
}

func (s Series) paint(p *pen, a area) {
	s.legend(p, a)
	xs := secondScale(s.FromS, s.ToS)
	plot := area{a.x + 44, 0, a.w - 56, 0}
	top := panel{pen: p, area: area{plot.x, a.y + 24 + s.stripHeight(), plot.w, panelHigh}, xs: xs, ys: s.times()}
	low := panel{pen: p, area: area{plot.x, top.bottom() + 40, plot.w, panelLow}, xs: xs, ys: s.counts()}
	s.grounds(top, low)
	top.gridX()
	low.gridX()
	top.axisY()
	low.axisY()
	s.strip(top, a.y+20)
	s.curves(top)
	s.bars(low)
	s.gap(top, low)
	low.labelsX()
	p.line(top.x, top.bottom(), top.right(), top.bottom(), stroke{color: axis, width: 1})
}

// times is the scale of the upper panel.
func (s Series) times() scale {
	var values []float64
	for _, x := range s.Seconds {
		values = append(values, x.P50, x.Max)
	}
	for _, x := range s.Dots {
		values = append(values, x.MS)
	}
	for _, x := range s.Levels {
		values = append(values, x.MS)
	}
	return timeScale(values...)
}

// counts is the scale of the lower panel.
func (s Series) counts() scale {
	var values []float64
	for _, b := range s.Bars {
		values = append(values, b.Good+b.Lost)
	}
	c := linearScale(plainNumber, values...)
	if len(c.ticks) > 3 { // the panel is low: every other label is enough
		kept := c.ticks[:0:0]
		for i, t := range c.ticks {
			if i%2 == 0 {
				kept = append(kept, t)
			}
		}
		c.ticks = kept
	}
	return c
}

var (
	strokeP50 = stroke{color: blue, width: 2.2}
	strokeMax = stroke{color: vermillion, width: 1.4, dash: dashed}
)

func (s Series) legend(p *pen, a area) {
	var keys []key
	if len(s.Seconds) > 0 {
		keys = append(keys, lineKey("p50", strokeP50), lineKey("slowest", strokeMax))
	}
	if len(s.Dots) > 0 {
		keys = append(keys, key{"one transaction", func(p *pen, x, y float64) { p.disc(x+11, y, 2.6, blue) }})
		keys = append(keys, key{"not final, at the time it was given up", func(p *pen, x, y float64) { cross(p, x+11, y, vermillion) }})
	}
	if s.BarName != "" {
		keys = append(keys, boxKey(s.BarName, green))
	}
	if s.LostName != "" {
		keys = append(keys, boxKey(s.LostName, purple))
	}
	p.legend(a.x+44, a.y+8, keys...)
}

// grounds shades the time of faults and the gap, behind everything.
func (s Series) grounds(top, low panel) {
	for _, g := range []panel{top, low} {
		for _, f := range s.Faults {
			if !f.Moment {
				g.rect(g.spanArea(f), faultShade)
			}
		}
		if s.Gap != nil {
			g.rect(g.spanArea(*s.Gap), gapShade)
		}
	}
}

func (p panel) spanArea(s Span) area {
	x := p.px(s.FromS)
	return area{x, p.y, max(p.px(s.ToS)-x, 1), p.h}
}

func (s Series) curves(g panel) {
	var at, p50, slow []float64
	for _, x := range s.Seconds {
		at, p50, slow = append(at, x.AtS), append(p50, x.P50), append(slow, x.Max)
	}
	for _, l := range s.Levels {
		if finite(l.MS) && l.MS > 0 {
			y := g.py(l.MS)
			g.line(g.x, y, g.right(), y, stroke{soft, 1.2, dotted})
		}
	}
	g.curve(at, slow, strokeMax)
	g.curve(at, p50, strokeP50)
	for _, d := range s.Dots {
		if !finite(d.MS) || !finite(d.AtS) {
			continue
		}
		if x, y := g.px(d.AtS), g.py(d.MS); d.Final {
			g.disc(x, y, 1.9, blue)
		} else {
			cross(g.pen, x, y, vermillion)
		}
	}
	s.levelNames(g)
}

// levelNames writes the names of the levels at the right, over what lies there, one above the other.
func (s Series) levelNames(g panel) {
	var taken []area
	for _, l := range s.Levels {
		if !finite(l.MS) || l.MS <= 0 {
			continue
		}
		name := fit(styleNote, l.Name, g.w/2)
		w := widthOf(styleNote, name)
		box := area{g.right() - w - 8, g.py(l.MS) - 18, w + 6, 15}
		for overlapsAny(box, taken) {
			box.y -= 16
		}
		taken = append(taken, box)
		g.rect(box, paper)
		g.text(box.x+3, box.y+12, styleNote, name)
	}
}

func cross(p *pen, x, y float64, c color.Color) {
	p.line(x-3, y-3, x+3, y+3, stroke{color: c, width: 1.4})
	p.line(x-3, y+3, x+3, y-3, stroke{color: c, width: 1.4})
}

func (s Series) bars(g panel) {
	for _, b := range s.Bars {
		x := g.px(b.AtS)
		w := max(g.px(b.AtS+b.ForS)-x-1, 0.8)
		good, all := g.py(b.Good), g.py(b.Good+b.Lost)
		g.rect(area{x, good, w, g.bottom() - good}, green)
		g.rect(area{x, all, w, good - all}, purple)
	}
	name := s.BarName
	if s.LostName != "" {
		name = "transactions per second"
	}
	g.text(g.x, g.y-8, styleNote, name)
}

// gap names the longest time without a commit, above the bars that are missing.
func (s Series) gap(top, low panel) {
	if s.Gap == nil {
		return
	}
	a := low.spanArea(*s.Gap)
	w := widthOf(styleStrong, s.Gap.Name)
	x := min(max(a.x+a.w/2, low.x+w/2), low.right()-w/2)
	low.rect(area{x - w/2 - 4, low.y + 9, w + 8, 18}, paper)
	low.textMiddle(x, low.y+22, in(styleStrong, vermillion), s.Gap.Name)
}

// strip draws above the panels which period it was and what was done, one row each.
func (s Series) strip(g panel, y float64) {
	if len(s.Periods) > 0 {
		for i, p := range s.Periods {
			x := g.px(p.FromS)
			a := area{x, y, g.px(p.ToS) - x - 1, faultRow - 2}
			g.rect(a, []color.Color{shade, grid}[i%2])
			if name := fit(styleNote, p.Name, a.w-6); name == p.Name { // half a name could be another's
				g.textMiddle(a.x+a.w/2, y+13, styleNote, name)
			}
		}
		y += faultRow + 6
	}
	for _, f := range s.faultRows() {
		s.fault(g, y, f)
		y += faultRow
	}
}

// fault draws one row of the strip: a bar for as long as it lasted and its name beside it.
func (s Series) fault(g panel, y float64, f Span) {
	x, end := g.px(f.FromS), g.px(f.FromS)
	if f.Moment {
		g.diamond(x, y+8, 5, orange)
		end += 6
	} else {
		end = max(g.px(f.ToS), x+3)
		g.rect(area{x, y + 2, end - x, faultRow - 8}, orange)
	}
	name := fit(styleNote, f.Name, math.Max(g.right()-end, x-g.x)-12)
	if w := widthOf(styleNote, name); end+8+w <= g.right() {
		g.text(end+8, y+12, in(styleNote, ink), name)
	} else {
		g.textRight(x-8, y+12, in(styleNote, ink), name)
	}
}
