package chart

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
)

// Comparison is the published chart with this network's bar.
type Comparison struct {
	Title      string
	Source     string
	Published  []PublishedTTF // slowest first
	Own        string         // "blink"
	P50, P99   float64        // this network's, in seconds; NaN for none
	P99Least   bool           // P99 is a lower bound
	Local      bool           // every node ran on the machine that measured
	Validators int
	Notes      []string
}

// PublishedTTF is one published time.
type PublishedTTF struct {
	Name    string
	Seconds float64
}

const (
	barRow   = 44
	barNames = 130
)

// Drawing draws horizontal bars on a logarithmic axis, this network's last and highlighted, with the conditions and, for
// nodes in one room, the sentence that such a network is not a global one.
func (c Comparison) Drawing() Drawing {
	notes := append([]string{}, c.Notes...)
	notes = append(notes, "Source of all other values: "+c.Source+".")
	if c.Local {
		notes = append(notes, c.oneRoom())
	}
	return Drawing{
		Name: "comparison", Title: c.Title, height: barRow*float64(len(c.Published)+1) + 38, Notes: notes, Desc: c.words(), paint: c.paint,
		Sub: "Time until a transaction can never be undone. Logarithmic scale, shorter is better.",
	}
}

// oneRoom says what the picture must not be taken for.
func (c Comparison) oneRoom() string {
	nodes := fmt.Sprintf("%d validators", c.Validators)
	switch c.Validators {
	case 1:
		nodes = "One validator"
	case 4:
		nodes = "Four validators"
	}
	are := "are"
	if c.Validators == 1 {
		are = "is"
	}
	return nodes + " in one room " + are + " not a global network: the published values are of networks spread over the world, and distance adds its round trips."
}

func (c Comparison) words() string {
	var parts []string
	for _, e := range c.Published {
		parts = append(parts, e.Name+" "+Duration(e.Seconds*1000))
	}
	own := c.Own + " no measurement"
	if finite(c.P50) {
		own = c.Own + " " + c.value()
	}
	return strings.Join(append(parts, own), ", ") + "."
}

func (c Comparison) value() string {
	s := Duration(c.P50*1000) + " median"
	if finite(c.P99) {
		least := ""
		if c.P99Least {
			least = "≥ "
		}
		s += ", " + least + Duration(c.P99*1000) + " p99"
	}
	return s
}

func (c Comparison) paint(p *pen, a area) {
	g := panel{pen: p, area: area{a.x + barNames, a.y + 4, a.w - barNames - 90, barRow * float64(len(c.Published)+1)}, xs: c.scale()}
	last := g.bottom() - barRow
	p.rect(area{a.x - 8, last, a.w + 16, barRow}, ownRow)
	g.gridX()
	for i, e := range c.Published {
		y := g.y + barRow*float64(i) + barRow/2
		p.textRight(g.x-14, y+5, styleName, fit(styleName, e.Name, barNames-18))
		end := g.px(e.Seconds)
		p.rect(area{g.x, y - 12, end - g.x, 24}, bar)
		p.rect(area{end + 6, y - 9, widthOf(styleName, Duration(e.Seconds*1000)) + 8, 18}, paper)
		p.text(end+10, y+5, styleName, Duration(e.Seconds*1000))
	}
	c.own(g, last+barRow/2)
	g.labelsX()
}

func (c Comparison) own(g panel, y float64) {
	g.textRight(g.x-14, y+5, styleOwn, fit(styleOwn, c.Own, barNames-18))
	if !finite(c.P50) {
		g.text(g.x+10, y+5, styleOwn, "no measurement")
		return
	}
	to := g.px(c.P50)
	g.rect(area{g.x, y - 12, max(to-g.x, 2), 24}, green)
	end := to
	if finite(c.P99) {
		end = max(end, g.px(c.P99))
		g.whisker(to, end, y, stroke{color: green, width: 2})
	}
	label := c.value()
	w := widthOf(styleOwn, label)
	if end+12+w > g.right()+90 { // no room beside it: within the row, on the bar's ground
		end = g.right() + 76 - w
	}
	g.rect(area{end + 8, y - 10, w + 8, 20}, ownRow)
	g.text(end+12, y+5, styleOwn, label)
}

// scale runs over whole decades, from 1 ms or less to 10 000 s.
func (c Comparison) scale() scale {
	s := scale{min: 0.001, max: 10_000, log: true}
	for s.min > c.P50 && s.min > 1e-6 {
		s.min /= 10
	}
	for v := s.min; v <= s.max*1.001; v *= 10 {
		s.ticks = append(s.ticks, plot.Tick{Value: v, Label: tickTime(v * 1000)})
	}
	return s
}
