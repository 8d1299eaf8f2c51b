package lab

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"blink/lab/chart"
)

//go:embed page/page.html
var pageHTML string

// page is a report for people, as the template shows it. html/template escapes every text in it; only the pictures,
// which escape their own, go in as they are.
type page struct {
	Title, Sub string
	Tiles      []tile
	Alerts     []string
	Sections   []section
}

// tile is one of the numbers at the top.
type tile struct {
	Name, Value, Note string
	Class             string // "", "good" or "bad"
}

// section is a part of the page; what is empty is left out.
type section struct {
	Title   string
	Text    []string
	Figures []figure
	Tables  []table
	Pre     string
}

type figure struct {
	SVG template.HTML
	PNG string // file name beside the page
}

// table holds texts. The first column names the row. Folded: it is only shown on demand.
type table struct {
	Caption string
	Head    []string
	Rows    [][]string
	Folded  bool
}

// Numeric reports whether all cells of a column are numbers, so that its head is set above them.
func (t table) Numeric(column int) bool {
	if column == 0 {
		return false
	}
	for _, row := range t.Rows {
		if column < len(row) && row[column] != "" && cellClass(row[column]) != "n" {
			return false
		}
	}
	return len(t.Rows) > 0
}

// The words that a cell is coloured by.
const (
	cellPassed = "passed"
	cellFailed = "FAILED"
)

// cellClass says how a cell is set: numbers to the right.
func cellClass(text string) string {
	switch {
	case text == cellPassed:
		return "good"
	case text == cellFailed:
		return "bad"
	case text == "-" || strings.IndexAny(strings.TrimLeft(text, "≥-+ "), "0123456789") == 0 && len(text) < 20:
		return "n"
	}
	return ""
}

// clean replaces what does not print, or turns the direction of the text after it.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' || r == '\u202f' { // the narrow space between digits
			return r
		}
		return '\ufffd'
	}, text)
}

// figuresOf puts pictures on a page.
func figuresOf(pictures ...chart.Drawing) []figure {
	out := make([]figure, 0, len(pictures))
	for _, d := range pictures {
		out = append(out, figure{SVG: template.HTML(d.HTML()), PNG: d.Name + ".png"})
	}
	return out
}

// write puts report.html and a PNG of every picture into dir, which it makes if it is missing.
func (p page) write(dir string, pictures []chart.Drawing) error {
	t, err := template.New("page").Funcs(template.FuncMap{"class": cellClass, "clean": clean}).Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("the page's template: %w", err)
	}
	var html bytes.Buffer
	if err := t.Execute(&html, p); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range pictures {
		png, err := d.PNG()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, d.Name+".png"), png, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "report.html"), html.Bytes(), 0o644)
}
