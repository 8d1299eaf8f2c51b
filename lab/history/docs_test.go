package history_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"blink/lab/history"
)

// The documentation has a row for each rule, and counts the lies that the tests tell.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/history.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range history.Rules() {
		if !strings.Contains(string(text), "\n| `"+rule+"` | ") {
			t.Errorf("docs/history.md says nothing about the rule %s", rule)
		}
	}
	if lies := fmt.Sprintf("tells %d different lies", len(doctorings())); !strings.Contains(string(text), lies) {
		t.Errorf("docs/history.md does not say: %s", lies)
	}
	covered := map[string]bool{}
	for _, x := range doctorings() {
		covered[x.rule] = true
	}
	for _, rule := range history.Rules() {
		if !covered[rule] {
			t.Errorf("no doctoring is for the rule %s", rule)
		}
	}
}
