package chart

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// With -pictures DIR the tests leave the pictures there, to be looked at.
var picturesDir = flag.String("pictures", "", "write the pictures of the tests to `DIR`")

// nasty is what a node may call itself.
const nasty = "</text><script>alert(1)</script>\u202e\x00\x1b[31m & \"quotes\" \xff"

var nan = math.NaN()

var conditions = "4 validators of chain blink-local on one machine with 2 cores; 20 transactions per second (poisson arrivals, seed 7) for 60 s after 5 s of warm-up; n = 1 200; client's monotonic clock, from the intended send time to the answer."

// lognormal is a distribution with a known median, of n final transactions and some that never were.
func lognormal(n int, median, sigma float64, censored int64) TTF {
	t := TTF{Accepted: int64(n) + censored, Censored: censored, TimeoutMS: 30_000, Notes: []string{conditions}}
	at := func(q float64) float64 { return median * math.Exp(sigma*math.Sqrt2*math.Erfinv(2*q-1)) }
	for i := range n {
		t.Steps = append(t.Steps, Step{at((float64(i) + 0.5) / float64(n)), float64(i+1) / float64(t.Accepted)})
	}
	for _, q := range []float64{0.5, 0.9, 0.99} {
		m := Mark{Name: fmt.Sprintf("p%.0f", q*100), Share: q, MS: t.TimeoutMS, AtLeast: true}
		if rank := int(q*float64(t.Accepted)) - 1; rank < n {
			m.MS, m.AtLeast = t.Steps[max(rank, 0)].MS, false
		}
		t.Marks = append(t.Marks, m)
	}
	return t
}

func faulty() Series {
	s := Series{
		Name: "timeline", Title: "one-of-four: finality and faults on one time axis", FromS: 0, ToS: 40, BarName: "blocks per second",
		Periods: []Span{{FromS: 0, ToS: 10, Name: "baseline"}, {FromS: 10, ToS: 25, Name: "degraded"}, {FromS: 25, ToS: 27, Name: "recovering"}, {FromS: 27, ToS: 40, Name: "recovered"}},
		Faults:  []Span{{FromS: 10, ToS: 25, Name: "kill node3"}, {FromS: 15, ToS: 20, Name: "partition node0 node1 | node2 node3 (black-hole)"}, {FromS: 36, ToS: 40, Name: "delay all links 100ms ± 20ms"}, {FromS: 30, ToS: 30, Moment: true, Name: "bond node4"}},
		Gap:     &Span{FromS: 15.2, ToS: 20.4, Name: "no block for 5.2 s"},
		Levels:  []Level{{Name: "baseline p50 15 ms", MS: 15}},
		Notes:   []string{conditions},
	}
	for i := range 800 {
		at := float64(i) / 20
		ms := 15 * (1 + 0.4*math.Sin(float64(i*7)))
		if at > 15 && at < 20.4 {
			ms = (20.4-at)*1000 + 15
		}
		s.Dots = append(s.Dots, Dot{AtS: at, MS: ms, Final: i%97 != 0})
	}
	for i := range 40 {
		n := 12.0
		if i >= 15 && i < 20 {
			n = 0
		}
		s.Bars = append(s.Bars, Bar{AtS: float64(i), ForS: 1, Good: n})
	}
	return s
}

func steady() Series {
	s := Series{FromS: 0, ToS: 60, BarName: "final", LostName: "not final", Notes: []string{conditions}}
	for i := range 60 {
		f := float64(i)
		s.Seconds = append(s.Seconds, Second{f + 0.5, 14 + math.Sin(f), 30 + 10*math.Sin(f*3)})
		lost := 0.0
		if i == 33 {
			lost = 6
		}
		s.Bars = append(s.Bars, Bar{f, 1, 20 + 3*math.Sin(f) - lost, lost})
	}
	return s
}

func comparison(p50, p99 float64) Comparison {
	return Comparison{
		Title: "Blockchain Time To Finality", Source: "chainspect.app, chart “Blockchain Time To Finality”", Own: "blink", P50: p50, P99: p99, Local: true, Validators: 4, Notes: []string{conditions},
		Published: []PublishedTTF{{"Bitcoin", 3600}, {"Ethereum", 960}, {"Polkadot", 60}, {"Solana", 12.8}, {"BNB Chain", 7.5}, {"Avalanche", 1}},
	}
}

// samples are the pictures of ordinary runs and of the worst ones.
func samples() map[string]Drawing {
	stages := []Row{{"checked", 1200, 0.4, 0.9, 2.1}, {"proposed", 1200, 4.1, 7.9, 12}, {"prevoted", 1200, 8.2, 12.2, 19}, {"precommitted", 1200, 11.1, 16, 24}, {"executed", 1200, 12.5, 17.8, 29}, {"visible", 1200, 13.1, 18.4, 31}}
	tail := append([]Row{}, stages...)
	tail[5].P99 = 4000
	many := faulty()
	for i := range 30 {
		many.Faults = append(many.Faults, Span{FromS: float64(i), ToS: float64(i + 5), Name: fmt.Sprintf("stop node%d %s", i, nasty)})
	}
	load := Load{Knee: "at 400/s the final ones fell below 95 % of what was sent", Notes: []string{conditions}, Steps: []LoadStep{
		{50, 50, 14, 30, false}, {100, 100, 15, 33, false}, {200, 199, 18, 41, true}, {400, 310, 480, 1900, false}, {800, 290, 2400, 9000, false}}}
	sweep := Sweep{Notes: []string{conditions}, Sizes: []Size{{1, 5, 9, 20}, {4, 14, 30, 20}, {7, 22, 51, 20}, {10, 35, 90, 19.9}, {16, 80, 300, 19.2}}}
	away := comparison(0.5, 1.9)
	away.Local, away.Own, away.P99Least = false, nasty, true
	slow := comparison(3000, 9000)
	ds := map[string]Drawing{
		"ttf": lognormal(1200, 14, 0.4, 0).Drawing(), "ttf-censored": lognormal(1150, 14, 0.4, 50).Drawing(), "ttf-half": lognormal(100, 1000, 1, 300).Drawing(),
		"ttf-one": lognormal(1, 14, 0.4, 0).Drawing(), "ttf-none": lognormal(0, 14, 0.4, 7).Drawing(), "ttf-nothing": TTF{}.Drawing(), "ttf-equal": lognormal(500, 14, 0, 0).Drawing(),
		"ttf-wide": lognormal(5000, 20, 3, 0).Drawing(),
		"timeline": faulty().Drawing(), "timeline-many": many.Drawing(), "series": steady().Drawing(), "series-none": Series{}.Drawing(),
		"waterfall": Waterfall{stages, []string{conditions}}.Drawing(), "waterfall-tail": Waterfall{tail, nil}.Drawing(), "waterfall-none": Waterfall{}.Drawing(),
		"spread": Spread{[]Row{{"first node", 1200, 12, 17, 25}, {"submitting node", 1200, 14, 19, 30}, {"quorum", 1200, 14.5, 20, 32}, {"last node", 1200, 16, 26, nan}}, []string{conditions}}.Drawing(),
		"load":   load.Drawing(), "load-none": Load{}.Drawing(), "load-one": Load{Steps: load.Steps[:1]}.Drawing(),
		"sweep": sweep.Drawing(), "sweep-none": Sweep{}.Drawing(), "sweep-one": Sweep{Sizes: sweep.Sizes[:1]}.Drawing(),
		"comparison": comparison(0.0142, 0.0312).Drawing(), "comparison-away": away.Drawing(), "comparison-none": comparison(nan, nan).Drawing(),
		"comparison-slow": slow.Drawing(), "comparison-tiny": comparison(0.0004, 0.0009).Drawing(),
		"long": Drawing{Name: "long", Title: strings.Repeat("title ", 90), Sub: strings.Repeat("x", 5000), Notes: []string{strings.Repeat("word ", 300), strings.Repeat("w", 3000)}, Desc: nasty, height: 10, paint: func(*pen, area) {}},
	}
	return ds
}

// Texts are inside the picture, and none lies on another.
func TestTextsAreInsideAndApart(t *testing.T) {
	for name, d := range samples() {
		texts := d.draw(vgsvg.New(width, vg.Length(d.size())))
		for i, a := range texts {
			if a.area.x < 0 || a.area.right() > width || a.area.y < 0 || a.area.bottom() > d.size() {
				t.Errorf("%s: %q is cut off: %+v of %v x %v", name, a.text, a.area, width, d.size())
			}
			for _, b := range texts[:i] {
				if a.area.overlaps(b.area) {
					t.Errorf("%s: %q lies on %q", name, a.text, b.text)
				}
			}
		}
	}
}

// An SVG is well-formed whatever nodes are called, holds no script or link, and says in words what it shows.
func TestSVGStandsAlone(t *testing.T) {
	for name, d := range samples() {
		svg := d.SVG()
		if *picturesDir != "" {
			_ = os.WriteFile(filepath.Join(*picturesDir, name+".svg"), svg, 0o644)
		}
		decoder := xml.NewDecoder(bytes.NewReader(svg))
		described := false
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			start, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			switch start.Name.Local {
			case "svg", "title", "g", "path", "text":
			case "desc":
				described = true
			default:
				t.Errorf("%s: element %s", name, start.Name.Local)
			}
			for _, a := range start.Attr {
				if a.Name.Local == "href" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("%s: attribute %s", name, a.Name.Local)
				}
			}
		}
		if !described || !bytes.Contains(svg, []byte(`aria-labelledby="`+d.Name+`-t `+d.Name+`-d"`)) {
			t.Errorf("%s: no description", name)
		}
		if !bytes.Equal(svg, samples()[name].SVG()) {
			t.Errorf("%s: not the same twice", name)
		}
	}
}

// On a page every colour is a variable, so that none stays dark on dark.
func TestHTMLHasNoFixedColours(t *testing.T) {
	for name, d := range samples() {
		page := string(d.HTML())
		if i := strings.Index(strings.ReplaceAll(page, "stroke:#", "fill:#"), "fill:#"); i >= 0 {
			t.Errorf("%s: a fixed colour: %.40s", name, page[i:])
		}
	}
}

func TestPNGHasTwoPixelsPerPoint(t *testing.T) {
	for name, d := range samples() {
		if strings.Contains(name, "-") && *picturesDir == "" {
			continue // one of each kind is enough: they take a while
		}
		data, err := d.PNG()
		if err != nil {
			t.Fatal(err)
		}
		if *picturesDir != "" {
			_ = os.WriteFile(filepath.Join(*picturesDir, name+".png"), data, 0o644)
		}
		config, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || config.Width != 2*width || math.Abs(float64(config.Height)-2*d.size()) > 2 {
			t.Errorf("%s: %v, %d x %d for height %v", name, err, config.Width, config.Height, d.size())
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for name, want := range map[string]string{
		"ttf-censored": "50 not final within 30 s: the curve ends at 95.83 %",
		"ttf-none":     "no transaction became final",
		"comparison":   "Four validators in one room are not a global network",
	} {
		if svg := string(samples()[name].SVG()); !strings.Contains(strings.ReplaceAll(svg, "\n", " "), want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	if svg := string(samples()["comparison-away"].SVG()); strings.Contains(svg, "one room") {
		t.Error("nodes elsewhere are not in one room")
	}
}

func TestWords(t *testing.T) {
	for ms, want := range map[float64]string{0: "0 ms", 0.0421: "42.1 µs", 0.42: "0.42 ms", 14.234: "14.2 ms", 312.6: "313 ms", 1250: "1.25 s", 3_600_000: "60 min", 7_200_000: "2 h", nan: "-"} {
		if got := Duration(ms); got != want {
			t.Errorf("Duration(%v) = %q, want %q", ms, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1234567: "1\u202f234\u202f567", -1234: "-1\u202f234"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	if got := percent(0.999999); got != "99.9999 %" {
		t.Errorf("a loss was rounded away: %s", got)
	}
	if got := printable("a\nb\u202ec\x1b"); got != "a b\ufffdc\ufffd" {
		t.Errorf("printable: %q", got)
	}
}

// No numbers, whatever they are, end a program that only wanted a picture.
func TestAnyNumbersCanBeDrawn(t *testing.T) {
	odd := []float64{nan, math.Inf(1), math.Inf(-1), -1, 0, 1e-300, 1e300}
	for _, v := range odd {
		for _, w := range odd {
			ds := []Drawing{
				TTF{Steps: []Step{{v, w}, {w, v}}, Marks: []Mark{{"p50", 0.5, v, false}}, Censored: 1, TimeoutMS: w}.Drawing(),
				Series{FromS: v, ToS: w, Seconds: []Second{{v, w, v}}, Dots: []Dot{{v, w, true}}, Bars: []Bar{{v, w, v, w}}, Gap: &Span{FromS: v, ToS: w, Name: "g"}, Faults: []Span{{FromS: v, ToS: w, Name: "f"}}}.Drawing(),
				Waterfall{Stages: []Row{{"a", 1, v, w, v}, {"b", 1, w, v, w}}}.Drawing(),
				Load{Steps: []LoadStep{{v, w, v, w, true}, {w, v, w, v, false}}}.Drawing(),
				Sweep{Sizes: []Size{{4, v, w, v}, {1 << 40, w, v, w}}}.Drawing(),
				comparison(v, w).Drawing(),
			}
			for _, d := range ds {
				if !bytes.HasSuffix(d.SVG(), []byte("</svg>\n")) {
					t.Errorf("%s with %v and %v", d.Name, v, w)
				}
			}
		}
	}
}
