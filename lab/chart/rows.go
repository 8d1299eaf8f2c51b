package chart

import (
	"fmt"
	"strings"
)

// Row is a line of a chart of horizontal bars: a median from a start, whiskers to the 90th and 99th percentile. NaN
// stands for a percentile that the number of values cannot support.
type Row struct {
	Name          string
	N             int64
	P50, P90, P99 float64 // milliseconds
}

// Waterfall is the way of a transaction through a node: each stage's time since the node received it.
type Waterfall struct {
	Stages []Row // in order; times are cumulative
	Notes  []string
}

// Drawing draws each stage as a bar from the median of the stage before to its own.
func (w Waterfall) Drawing() Drawing {
	r := rows{rows: w.Stages, steps: true}
	return Drawing{
		Name: "waterfall", Title: "Where the time goes", height: r.height(), Notes: w.Notes, paint: r.paint,
		Sub:  "Stages of a transaction at the node it was handed to, since the node received it. Bar: from the median of the stage before to its own.",
		Desc: "Cumulative times of the stages. " + r.words(),
	}
}

// Spread is when a block was served: by the first node, the submitting one, a quorum of nodes, and the last.
type Spread struct {
	Nodes []Row
	Notes []string
}

// Drawing draws a bar from the intended send time to each of them.
func (s Spread) Drawing() Drawing {
	r := rows{rows: s.Nodes}
	return Drawing{
		Name: "spread", Title: "Final here, final there", height: r.height(), Notes: s.Notes, paint: r.paint,
		Sub:  "From the intended send time until nodes served the block, by the client's clock. Bar: median.",
		Desc: "Time until the block was served. " + r.words(),
	}
}

// rows draws bars on a linear time axis with a table of the numbers beside them.
type rows struct {
	rows  []Row
	steps bool // each bar starts where the one before ends
}

const (
	rowHeight  = 38
	rowNames   = 128
	rowColumns = 3
	rowColumn  = 72
)

func (r rows) height() float64 { return 30 + rowHeight*float64(len(r.rows)) + 34 }

func (r rows) words() string {
	var parts []string
	for _, x := range r.rows {
		parts = append(parts, fmt.Sprintf("%s: median %s, p90 %s, p99 %s", x.Name, Duration(x.P50), Duration(x.P90), Duration(x.P99)))
	}
	return strings.Join(parts, "; ") + "."
}

// scale reaches to the greatest value, unless the tail is so long that the medians could not be seen: then whiskers leave
// the picture, and the table says where to.
func (r rows) scale() scale {
	var medians, all []float64
	for _, x := range r.rows {
		medians = append(medians, x.P50)
		all = append(all, x.P50, x.P90, x.P99)
	}
	_, median := extent(medians)
	_, high := extent(all)
	return linearScale(Duration, min(high, 6*median))
}

func (r rows) paint(p *pen, a area) {
	table := a.right() - rowColumns*rowColumn
	g := panel{pen: p, area: area{a.x + rowNames, a.y + 26, table - 24 - a.x - rowNames, rowHeight * float64(len(r.rows))}, xs: r.scale()}
	g.gridX()
	for i, name := range []string{"p50", "p90", "p99"} {
		p.textRight(table+rowColumn*float64(i+1), a.y+14, styleTick, name)
	}
	p.legend(g.x, a.y+14, boxKey("median", blue), lineKey("to p90", stroke{color: sky, width: 5}), lineKey("to p99", stroke{color: vermillion, width: 1.8}))
	before := 0.0
	for i, x := range r.rows {
		y := g.y + rowHeight*float64(i) + rowHeight/2
		p.textRight(g.x-12, y+5, styleName, fit(styleName, x.Name, rowNames-16))
		r.bar(g, y, before, x)
		for j, v := range []float64{x.P50, x.P90, x.P99} {
			style := styleValue
			if j == 0 {
				style = styleStrong
			}
			p.textRight(table+rowColumn*float64(j+1), y+5, style, Duration(v))
		}
		if r.steps && finite(x.P50) {
			before = x.P50
		}
	}
	p.line(g.x, g.y, g.x, g.bottom(), stroke{color: axis, width: 1})
	g.labelsX()
}

func (r rows) bar(g panel, y, before float64, x Row) {
	if !finite(x.P50) {
		return
	}
	from, to := g.px(min(before, x.P50)), g.px(x.P50)
	g.rect(area{from, y - 9, max(to-from, 2), 18}, blue)
	if finite(x.P90) {
		g.line(to, y, g.px(x.P90), y, stroke{color: sky, width: 5})
	}
	if !finite(x.P99) {
		return
	}
	end := g.px(x.P99)
	start := to
	if finite(x.P90) {
		start = g.px(x.P90)
	}
	if x.P99 <= g.xs.max {
		g.whisker(start, end, y, stroke{color: vermillion, width: 1.8})
		return
	}
	// It goes on beyond the picture.
	g.line(start, y, end-8, y, stroke{color: vermillion, width: 1.8})
	g.path([]point{{end - 14, y - 5}, {end - 6, y}, {end - 14, y + 5}}, stroke{color: vermillion, width: 1.8})
}
