package lab

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
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

// Numeric reports whether all cells of a column are numbers, so that they are set to the right.
func (t table) Numeric(column int) bool {
	some := false
	for _, row := range t.Rows {
		if column < len(row) && row[column] != "" {
			if !numeric(row[column]) {
				return false
			}
			some = true
		}
	}
	return some && column > 0
}

// numeric reports whether a cell is a number, with or without its unit.
func numeric(text string) bool {
	return text == "-" || len(text) < 20 && strings.IndexAny(strings.TrimLeft(text, "≥-+ "), "0123456789") == 0
}

// compact leaves out the columns that say nothing in any row.
func (t table) compact() table {
	for column := len(t.Head) - 1; column > 0; column-- {
		empty := len(t.Rows) > 0
		for _, row := range t.Rows {
			empty = empty && (column >= len(row) || row[column] == "")
		}
		if !empty {
			continue
		}
		t.Head = slices.Delete(slices.Clone(t.Head), column, column+1)
		for i, row := range t.Rows {
			if column < len(row) {
				t.Rows[i] = slices.Delete(slices.Clone(row), column, column+1)
			}
		}
	}
	return t
}

// The words that a cell is coloured by.
const (
	cellPassed = "passed"
	cellFailed = "FAILED"
)

// cellClass is the colour of a verdict.
func cellClass(text string) string {
	switch text {
	case cellPassed:
		return "good"
	case cellFailed:
		return "bad"
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
	for i := range p.Sections {
		for j, t := range p.Sections[i].Tables {
			p.Sections[i].Tables[j] = t.compact()
		}
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
