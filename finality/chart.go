package finality

import (
	"bytes"
	"fmt"
	"html"
	"math"
)

// The chart's geometry, in SVG user units.
const (
	chartWidth  = 960
	plotLeft    = 150
	plotTop     = 112
	decadeWidth = 96
	rowHeight   = 44
	barHeight   = 24
	minDecade   = -3 // the axis starts at 1 ms
	maxDecade   = 4
)

const chartStyle = `
  text { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif; fill: #0f172a; }
  .title { font-size: 27px; font-weight: 700; letter-spacing: -0.3px; }
  .sub { font-size: 14px; fill: #475569; }
  .name { font-size: 15px; text-anchor: end; }
  .value { font-size: 15px; font-variant-numeric: tabular-nums; paint-order: stroke; stroke: #fff; stroke-width: 6px; stroke-linejoin: round; }
  .own { font-weight: 700; fill: #0f766e; paint-order: stroke; stroke: #f0fdfa; stroke-width: 6px; }
  .tick { font-size: 12px; fill: #64748b; text-anchor: middle; }
  .foot { font-size: 12.5px; fill: #475569; }
  .grid { stroke: #e2e8f0; stroke-width: 1; }
  .axis { stroke: #94a3b8; stroke-width: 1; }
  .bar { fill: #a9b6c8; }
  .ownbar { fill: #0d9488; }
  .ownrow { fill: #f0fdfa; }
  .whisker { stroke: #0d9488; stroke-width: 2; fill: none; }
  .none { fill: none; stroke: #0d9488; stroke-width: 1.5; stroke-dasharray: 5 4; }
`

// SVG draws the comparison as a picture that stands alone: horizontal bars on a logarithmic axis, this network's bar last
// and highlighted, with the source and the conditions in the picture. All text is escaped.
func (c Comparison) SVG() []byte {
	p := &picture{}
	rows := len(c.Published) + 1
	bottom := plotTop + rows*rowHeight
	height := bottom + 122
	p.addf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`, chartWidth, height, chartWidth, height)
	p.addf(`<title id="t">%s</title><desc id="d">%s</desc>`, html.EscapeString(c.Title), html.EscapeString(c.summary()))
	p.addf(`<style>%s</style>`, chartStyle)
	p.addf(`<rect width="%d" height="%d" fill="#ffffff"/>`, chartWidth, height)
	p.text(40, 52, "title", c.Title)
	p.text(40, 78, "sub", "Time until a transaction can never be undone. Logarithmic scale, shorter is better.")
	p.addf(`<rect class="ownrow" x="24" y="%d" width="%d" height="%d" rx="8"/>`, bottom-rowHeight, chartWidth-48, rowHeight)
	p.axis(bottom)
	for i, e := range c.Published {
		p.bar(i, e.Name, e.Seconds, "bar")
		p.textAt(axisX(e.Seconds)+10, textY(i), "value", humanSeconds(e.Seconds))
	}
	p.measured(rows-1, c.Measured)
	p.text(40, bottom+58, "foot", c.Measured.Conditions)
	p.text(40, bottom+78, "foot", "Source of all other values: "+c.Source)
	p.text(40, bottom+98, "foot", c.Note)
	p.addf(`</svg>`)
	return p.Bytes()
}

// summary says in words what the picture shows, for those who cannot see it.
func (c Comparison) summary() string {
	s := ""
	for _, e := range c.Published {
		s += e.Name + " " + humanSeconds(e.Seconds) + ", "
	}
	if c.Measured.Count == 0 {
		return s + "blink: no measurement yet"
	}
	return s + "blink " + humanSeconds(c.Measured.P50)
}

// picture is an SVG being written.
type picture struct{ bytes.Buffer }

func (p *picture) addf(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *picture) text(x, y int, class, s string) { p.textAt(float64(x), y, class, s) }

func (p *picture) textAt(x float64, y int, class, s string) {
	p.addf(`<text class="%s" x="%.1f" y="%d">%s</text>`, class, x, y, html.EscapeString(s))
}

func (p *picture) axis(bottom int) {
	for d := minDecade; d <= maxDecade; d++ {
		x := axisX(math.Pow(10, float64(d)))
		p.addf(`<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`, x, plotTop-8, x, bottom)
		p.textAt(x, bottom+20, "tick", tick(d))
	}
	p.addf(`<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`, plotLeft, bottom, plotLeft+(maxDecade-minDecade)*decadeWidth, bottom)
}

func (p *picture) bar(row int, name string, seconds float64, class string) {
	p.text(plotLeft-14, textY(row), "name", name)
	p.addf(`<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="4"/>`, class, plotLeft, barY(row), axisX(seconds)-plotLeft, barHeight)
}

// measured draws this network's row: the median as the bar, a whisker to the 99th percentile.
func (p *picture) measured(row int, m Measured) {
	if m.Count == 0 {
		p.text(plotLeft-14, textY(row), "name own", "blink")
		p.addf(`<rect class="none" x="%d" y="%d" width="%d" height="%d" rx="4"/>`, plotLeft, barY(row), 2*decadeWidth, barHeight)
		p.text(plotLeft+2*decadeWidth+12, textY(row), "value own", "no measurement yet: send a transaction")
		return
	}
	p.bar(row, "", m.P50, "ownbar")
	p.text(plotLeft-14, textY(row), "name own", "blink")
	from, to, y := axisX(m.P50), axisX(m.P99), barY(row)+barHeight/2
	if to > from {
		p.addf(`<path class="whisker" d="M%.1f %d H%.1f M%.1f %d V%d"/>`, from, y, to, to, y-6, y+6)
	}
	p.textAt(to+12, textY(row), "value own", fmt.Sprintf("%s median, %s p99", humanSeconds(m.P50), humanSeconds(m.P99)))
}

// axisX places a time on the axis; what is off the scale is put at its end.
func axisX(seconds float64) float64 {
	decades := math.Log10(seconds) - minDecade
	if !(decades > 0) { // also not a number
		decades = 0.02
	}
	return plotLeft + decadeWidth*min(decades, maxDecade-minDecade)
}

func barY(row int) int { return plotTop + row*rowHeight + (rowHeight-barHeight)/2 }

func textY(row int) int { return barY(row) + barHeight/2 + 5 }

func tick(decade int) string {
	switch decade {
	case -3:
		return "1 ms"
	case -2:
		return "10 ms"
	case -1:
		return "100 ms"
	default:
		return fmt.Sprintf("%.0f s", math.Pow(10, float64(decade)))
	}
}
