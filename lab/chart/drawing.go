package chart

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Drawing is a finished picture.
type Drawing struct {
	Name  string   // a file name without extension, also the prefix of ids within the SVG: unique on a page
	Title string   // one line
	Sub   string   // one line: how to read it
	Desc  string   // what it shows, in words and numbers
	Notes []string // printed below it: conditions and definitions; long ones are wrapped

	height float64          // of the body, in points
	paint  func(*pen, area) // draws the body
}

// The geometry of every picture, in points. One point is one CSS pixel on a page.
const (
	width      = 900
	margin     = 28
	headHeight = 78
	noteHeight = 17
	dpi        = 144 // of the PNG: two pixels per point
)

// area is a part of the picture; y grows downwards.
type area struct{ x, y, w, h float64 }

func (a area) right() float64  { return a.x + a.w }
func (a area) bottom() float64 { return a.y + a.h }

// noteLines are the notes, wrapped to the width of the picture.
func (d Drawing) noteLines() []string {
	var lines []string
	for _, note := range d.Notes {
		lines = append(lines, wrap(styleNote, note, width-2*margin)...)
	}
	return lines
}

// size is the height of the whole picture.
func (d Drawing) size() float64 {
	h := headHeight + d.height + 14
	if n := len(d.noteLines()); n > 0 {
		h += float64(n)*noteHeight + 12
	}
	return h
}

// draw paints the whole picture on a canvas, whatever that writes, and returns the texts that it placed.
func (d Drawing) draw(c vg.CanvasSizer) []placed {
	p := &pen{c: draw.New(c), height: d.size()}
	p.rect(area{0, 0, width, d.size()}, paper)
	p.text(margin, 40, styleTitle, fit(styleTitle, d.Title, width-2*margin))
	p.text(margin, 62, styleSub, fit(styleSub, d.Sub, width-2*margin))
	d.paint(p, area{margin, headHeight, width - 2*margin, d.height})
	y := headHeight + d.height + 24
	for _, line := range d.noteLines() {
		p.text(margin, y, styleNote, line)
		y += noteHeight
	}
	return p.placed
}

// SVG renders the picture as a document that stands alone: no scripts, no fonts or anything else from outside.
func (d Drawing) SVG() []byte {
	c := vgsvg.New(width, vg.Length(d.size()))
	d.draw(c)
	var body bytes.Buffer
	_, _ = c.WriteTo(&body) // a buffer takes everything
	// The library's own head says points and holds no description: replace it up to the first group.
	_, drawn, _ := strings.Cut(body.String(), "<g ")
	drawn = strings.ReplaceAll(drawn, "font-family:Liberation Sans", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif")
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" width="%d" height="%.0f" role="img" aria-labelledby="%s-t %[5]s-d">`+"\n",
		width, d.size(), width, d.size(), html.EscapeString(d.Name))
	fmt.Fprintf(&out, `<title id="%s-t">%s</title><desc id="%[1]s-d">%[3]s</desc>`+"\n<g ",
		html.EscapeString(d.Name), html.EscapeString(printable(d.Title)), html.EscapeString(printable(d.Desc)))
	out.WriteString(drawn)
	return out.Bytes()
}

// PNG renders the picture with two pixels per point: 1800 wide.
func (d Drawing) PNG() ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(width, vg.Length(d.size())), vgimg.UseDPI(dpi))
	d.draw(c)
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&out); err != nil {
		return nil, fmt.Errorf("encode the picture %s as PNG: %w", d.Name, err)
	}
	return out.Bytes(), nil
}

// HTML renders the picture for a page: as SVG, but with its colours as CSS variables (--ink, --paper, --blue ...) that
// fall back to those of SVG, so that a page can give other ones to a dark screen.
func (d Drawing) HTML() []byte {
	var pairs []string
	for _, v := range variables() {
		hex := fmt.Sprintf("#%02X%02X%02X", v.color.R, v.color.G, v.color.B)
		for _, property := range []string{"fill:", "stroke:"} {
			pairs = append(pairs, property+hex, property+"var(--"+v.name+","+hex+")")
		}
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(d.SVG())))
}
