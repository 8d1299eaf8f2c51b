package chart

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// pen draws on a canvas in points, y growing downwards as on a page.
type pen struct {
	c      draw.Canvas
	height float64
	placed []placed
}

// placed is a text and the space it takes: a test sees that none is cut off or lies on another.
type placed struct {
	text string
	area area
}

func (p *pen) at(x, y float64) vg.Point { return vg.Point{X: vg.Length(x), Y: vg.Length(p.height - y)} }

// text writes s with its baseline at y, starting at x.
func (p *pen) text(x, y float64, s text.Style, txt string) { p.aligned(x, y, 0, s, txt) }

// textMiddle writes s centred on x.
func (p *pen) textMiddle(x, y float64, s text.Style, txt string) { p.aligned(x, y, 0.5, s, txt) }

// textRight writes s ending at x.
func (p *pen) textRight(x, y float64, s text.Style, txt string) { p.aligned(x, y, 1, s, txt) }

func (p *pen) aligned(x, y, part float64, s text.Style, txt string) {
	txt = printable(txt)
	if txt == "" {
		return
	}
	w := widthOf(s, txt)
	x -= part * w
	size := s.Font.Size.Points()
	p.placed = append(p.placed, placed{txt, area{x, y - 0.75*size, w, 0.95 * size}})
	s.XAlign, s.YAlign = draw.XLeft, draw.YBottom
	// The library places the bottom of the line; the baseline lies above it by the font's descent.
	p.c.FillText(s, p.at(x, y+s.FontExtents().Descent.Points()), txt)
}

func (p *pen) rect(a area, c color.Color) {
	if a.w <= 0 || a.h <= 0 {
		return
	}
	p.c.SetColor(c)
	p.c.Fill(vg.Rectangle{Min: p.at(a.x, a.bottom()), Max: p.at(a.right(), a.y)}.Path())
}

func (p *pen) line(x1, y1, x2, y2 float64, s stroke) { p.path([]point{{x1, y1}, {x2, y2}}, s) }

type point struct{ x, y float64 }

// path draws a line through points.
func (p *pen) path(points []point, s stroke) {
	if len(points) < 2 {
		return
	}
	var path vg.Path
	for i, q := range points {
		if i == 0 {
			path.Move(p.at(q.x, q.y))
		} else {
			path.Line(p.at(q.x, q.y))
		}
	}
	p.c.SetLineStyle(draw.LineStyle{Color: s.color, Width: vg.Length(s.width), Dashes: s.dash})
	p.c.Stroke(path)
}

// dot draws a filled circle with a rim that sets it off from lines.
func (p *pen) dot(x, y, radius float64, c color.Color) {
	p.disc(x, y, radius+1.2, paper)
	p.disc(x, y, radius, c)
}

func (p *pen) disc(x, y, radius float64, c color.Color) {
	var path vg.Path
	path.Move(p.at(x+radius, y))
	path.Arc(p.at(x, y), vg.Length(radius), 0, 2*math.Pi)
	path.Close()
	p.c.SetColor(c)
	p.c.Fill(path)
}

// diamond draws a filled diamond: the second shape beside the dot.
func (p *pen) diamond(x, y, radius float64, c color.Color) {
	for _, d := range []struct {
		r float64
		c color.Color
	}{{radius + 1.6, paper}, {radius, c}} {
		var path vg.Path
		path.Move(p.at(x+d.r, y))
		path.Line(p.at(x, y+d.r))
		path.Line(p.at(x-d.r, y))
		path.Line(p.at(x, y-d.r))
		path.Close()
		p.c.SetColor(d.c)
		p.c.Fill(path)
	}
}

// whisker draws a horizontal line from x1 to x2 with a cap at x2.
func (p *pen) whisker(x1, x2, y float64, s stroke) {
	if x2-x1 < 1 {
		return
	}
	p.line(x1, y, x2, y, s)
	p.line(x2, y-6, x2, y+6, s)
}
