package scenario

import (
	"os"
	"strings"
	"testing"
)

// Each scenario that comes with the program is named in its table, and each key of the format in the reference.
func TestThePageKnowsEveryScenario(t *testing.T) {
	text, err := os.ReadFile("../../docs/lab.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, name := range Names() {
		if link := "[" + name + "](../lab/scenario/shipped/" + name + ".yaml)"; !strings.Contains(page, link) {
			t.Errorf("docs/lab.md does not name %s", link)
		}
	}
	for _, v := range verbs {
		if !strings.Contains(page, string(v)+":") && !strings.Contains(page, "`"+string(v)+"`") {
			t.Errorf("docs/lab.md does not explain %s", v)
		}
	}
}

// What the page shows as an example works.
func TestTheExampleOfThePage(t *testing.T) {
	text, err := os.ReadFile("../../docs/lab.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "## Write your own\n\n")
	example, _, ended := strings.Cut(rest, "\n\nA mistake")
	if !found || !ended {
		t.Fatal("docs/lab.md has no example any more")
	}
	if _, err := Parse("pause-one.yaml", []byte(strings.ReplaceAll(example, "\n    ", "\n")[4:])); err != nil {
		t.Error(err)
	}
}
