package chart

import "image/color"

// panel is an area with two axes.
type panel struct {
	*pen
	area
	xs, ys scale
}

func (p panel) px(v float64) float64 { return p.x + p.w*p.xs.part(v) }
func (p panel) py(v float64) float64 { return p.bottom() - p.h*p.ys.part(v) }

// gridX draws the lines of the horizontal axis.
func (p panel) gridX() {
	for _, t := range p.xs.ticks {
		x := p.px(t.Value)
		p.line(x, p.y, x, p.bottom(), stroke{color: grid, width: 1})
	}
}

// labelsX writes the horizontal axis's labels below the panel, leaving out those that would touch.
func (p panel) labelsX() {
	end := -1.0
	for _, t := range p.xs.ticks {
		label := printable(t.Label)
		w := widthOf(styleTick, label)
		x := min(max(p.px(t.Value), w/2+2), width-w/2-2)
		if x-w/2 < end+8 {
			continue
		}
		p.textMiddle(x, p.bottom()+18, styleTick, label)
		end = x + w/2
	}
	p.line(p.x, p.bottom(), p.right(), p.bottom(), stroke{color: axis, width: 1})
}

// axisY draws the vertical axis: lines and labels at the left.
func (p panel) axisY() {
	above := p.bottom() + 100
	for _, t := range p.ys.ticks {
		y := p.py(t.Value)
		p.line(p.x, y, p.right(), y, stroke{color: grid, width: 1})
		if above-y < 15 {
			continue
		}
		p.textRight(p.x-8, y+4, styleTick, fit(styleTick, t.Label, p.x-12))
		above = y
	}
}

// curve draws a line through the points that have a value; gap says where it breaks off.
func (p panel) curve(xs, ys []float64, s stroke) {
	var run []point
	flush := func() {
		if len(run) == 1 { // a lone value is still seen
			p.disc(run[0].x, run[0].y, s.width, s.color)
		}
		p.path(run, s)
		run = nil
	}
	for i := range xs {
		if !finite(ys[i]) {
			flush()
			continue
		}
		run = append(run, point{p.px(xs[i]), p.py(ys[i])})
	}
	flush()
}

// finite reports whether there is a value: NaN stands for none.
func finite(v float64) bool { return v-v == 0 }

// key is one entry of a legend.
type key struct {
	name string
	draw func(p *pen, x, y float64) // a sample, 22 wide, centred on y
}

func lineKey(name string, s stroke) key {
	return key{name, func(p *pen, x, y float64) { p.line(x, y, x+22, y, s) }}
}

func boxKey(name string, c color.Color) key {
	return key{name, func(p *pen, x, y float64) { p.rect(area{x + 4, y - 6, 14, 12}, c) }}
}

// legend writes the keys in a row from x.
func (p *pen) legend(x, y float64, keys ...key) {
	for _, k := range keys {
		w := 28 + widthOf(styleValue, k.name)
		if x+w > width-margin {
			return
		}
		k.draw(p, x, y-4)
		p.text(x+28, y, styleValue, k.name)
		x += w + 22
	}
}
