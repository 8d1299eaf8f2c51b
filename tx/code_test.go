package tx_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"blink/tx"
)

// Codes are part of consensus and of the REST API: the list may only grow at its end.
func TestCodesAreStable(t *testing.T) {
	const path = "testdata/golden/codes.txt"
	var b strings.Builder
	for _, c := range tx.Codes() {
		fmt.Fprintf(&b, "%d %s\n", uint32(c), c)
		if parsed, err := tx.ParseCode(c.String()); err != nil || parsed != c {
			t.Errorf("ParseCode(%q) = %d, %v", c, parsed, err)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("codes are now\n%swere\n%s", b.String(), want)
	}
}

func TestUnknownCode(t *testing.T) {
	if got := tx.Code(4000000000).String(); got != "code_4000000000" {
		t.Error(got)
	}
	if _, err := tx.ParseCode("no_such"); err == nil {
		t.Error("ParseCode of an unknown name succeeded")
	}
}
