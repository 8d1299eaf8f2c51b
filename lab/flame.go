package lab

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// flame is a tree of calls with the time that was spent in each. The root is the whole.
type flame struct {
	path     HotPath // its own by its name, or that of its caller
	value    int64   // nanoseconds, in it and what it calls
	children map[string]*flame
}

func newFlame() *flame { return &flame{path: Other, children: map[string]*flame{}} }

// add adds a sample. The stack is innermost function first.
func (f *flame) add(stack []string, value int64, paths classifier) {
	f.value += value
	for _, function := range slices.Backward(stack) {
		child := f.children[function]
		if child == nil {
			child = &flame{path: f.path, children: map[string]*flame{}}
			if of := paths.function(function); of.runtime != Other {
				child.path = of.runtime
			} else if of.own != Other {
				child.path = of.own
			}
			f.children[function] = child
		}
		child.value += value
		f = child
	}
}

// Sizes of the picture, in pixels.
const (
	flameWidth   = 1200
	flameRow     = 17
	flameTop     = 64  // above the graph: title and legend
	flameLetter  = 6.3 // width of one, of the font below
	flameMinimum = 0.8 // narrower calls are left out
)

// flameColours of the paths: of similar lightness, so that black text can be read on each.
var flameColours = [hotPaths]string{
	Consensus: "#f4a582", PeerReading: "#92c5de", PeerWriting: "#6fb3d2", Mempool: "#d9c2e9", HTTP: "#b8e186",
	Verification: "#ffe680", Storing: "#e5c494", Collecting: "#fb9a99", Scheduling: "#c7c7c7", Other: "#e8e8e8",
}

// svg draws the tree with its root at the top: whoever is called is below who called it, and as wide as the time that it took.
// Equal trees give equal bytes.
func (f *flame) svg(title string) []byte {
	var b bytes.Buffer
	height := flameTop + flameRow*f.depth(flameWidth/float64(max(f.value, 1))) + 8
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="monospace" font-size="10.5">`+"\n", flameWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", flameWidth, height)
	fmt.Fprintf(&b, `<text x="8" y="22" font-size="15">%s</text>`+"\n", escaped(title))
	for p := range hotPaths {
		x := 8 + float64(p)*(flameWidth-16)/float64(hotPaths)
		fmt.Fprintf(&b, `<rect x="%.1f" y="38" width="10" height="10" fill="%s"/><text x="%.1f" y="47" font-size="9">%s</text>`+"\n", x, flameColours[p], x+14, escaped(p.String()))
	}
	f.draw(&b, "all", 0, 0, f.value)
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// depth is how many rows are drawn, at so many pixels per nanosecond.
func (f *flame) depth(scale float64) int {
	if float64(f.value)*scale < flameMinimum {
		return 0
	}
	below := 0
	for _, child := range f.children {
		below = max(below, child.depth(scale))
	}
	return 1 + below
}

// draw draws the call at a row, from an offset in nanoseconds of the total, and all calls below it, by name.
func (f *flame) draw(b *bytes.Buffer, name string, row int, from, total int64) {
	scale := flameWidth / float64(max(total, 1))
	x, width := float64(from)*scale, float64(f.value)*scale
	if width < flameMinimum {
		return
	}
	y := flameTop + row*flameRow
	fmt.Fprintf(b, `<g><title>%s: %.2f s, %.1f %%</title><rect x="%.2f" y="%d" width="%.2f" height="%d" fill="%s" stroke="#fff" stroke-width="0.5"/>`,
		escaped(name), float64(f.value)/1e9, 100*float64(f.value)/float64(total), x, y, width, flameRow-1, flameColours[f.path])
	if label := labelOf(name, int((width-4)/flameLetter)); label != "" {
		fmt.Fprintf(b, `<text x="%.2f" y="%d">%s</text>`, x+2, y+12, escaped(label))
	}
	b.WriteString("</g>\n")
	for _, child := range slices.Sorted(maps.Keys(f.children)) {
		f.children[child].draw(b, child, row+1, from, total)
		from += f.children[child].value
	}
}

// labelOf says which function it is in so many letters: with its package if there is room, else its own name or the beginning
// of that; "" if that says nothing.
func labelOf(function string, letters int) string {
	name, _, _ := strings.Cut(function, "[") // parameters of a type may hold dots and slashes too
	name = name[strings.LastIndexByte(name, '/')+1:]
	if utf8.RuneCountInString(name) <= letters {
		return name
	}
	if _, method, ok := strings.Cut(name, ")."); ok {
		name = method
	} else if _, own, ok := strings.Cut(name, "."); ok {
		name = own
	}
	runes := []rune(name)
	switch {
	case len(runes) <= letters:
		return name
	case letters < 4:
		return ""
	}
	return string(runes[:letters-1]) + "…"
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
