package blink_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks follows every link of the documentation that points into the repository: a rule whose file or transcript was
// renamed must not leave its page behind.
func TestLinks(t *testing.T) {
	links := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range markdownLink.FindAllStringSubmatch(string(text), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, ":") {
				continue // within the page, or another site
			}
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), target)); err != nil {
				t.Errorf("%s: link to %s: %v", path, m[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links < 50 {
		t.Errorf("only %d links were found: does this test still see them?", links)
	}
}

// TestEveryTranscriptIsARule: each transcript of the state machine is named in the page of the rules, so that a reader
// of either finds the other.
func TestEveryTranscriptIsARule(t *testing.T) {
	page, err := os.ReadFile("docs/proof-of-stake.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("app/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		if !strings.Contains(string(page), "("+"../"+filepath.ToSlash(file)+")") {
			t.Errorf("docs/proof-of-stake.md does not mention %s", file)
		}
	}
}
