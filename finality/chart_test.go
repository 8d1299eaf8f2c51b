package finality

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

func TestTheChartShowsEveryBar(t *testing.T) {
	tr := NewTracker(Options{Start: origin})
	submitAndCommit(tr, 0, origin, 14200*time.Microsecond)
	svg := string(NewComparison("blink-local", 4, tr.Stats(All, at(100))).SVG())
	wellFormed(t, svg)
	for _, want := range []string{"Blockchain Time To Finality", "Bitcoin", "60 min", "16 min", "1 min", "12.8 s", "7.5 s", "1 s",
		"14.2 ms median, 14.2 ms p99", "chainspect.app", "n = 1 transactions", "4 validators", "blink-local"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the chart lacks %q", want)
		}
	}
}

func TestTheChartWithoutAMeasurement(t *testing.T) {
	svg := string(NewComparison("blink-local", 4, NewTracker(Options{}).Stats(All, at(0))).SVG())
	wellFormed(t, svg)
	if !strings.Contains(svg, "no measurement yet") || strings.Contains(svg, "NaN") {
		t.Error(svg)
	}
}

func TestTheChartEscapes(t *testing.T) {
	svg := string(NewComparison(`</text><script>alert("x")</script>`, 1, Snapshot{Window: `"&<`}).SVG())
	wellFormed(t, svg)
	if strings.Contains(svg, "<script") {
		t.Error("markup in a name reached the picture")
	}
}
