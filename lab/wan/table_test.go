package wan

import (
	"strings"
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	if n := len(Regions()); n != 13 {
		t.Fatalf("%d regions", n)
	}
	for _, c := range []struct {
		from, to string
		ms       time.Duration
	}{
		{"N_Virginia", "N_Virginia", 0}, {"N_Virginia", "London", 38}, {"London", "Ireland", 5},
		{"S_Paulo", "Singapore", 161}, {"Tokyo", "Seoul", 16}, {"Seoul", "Tokyo", 17},
	} {
		if got, err := OneWay(c.from, c.to); err != nil || got != c.ms*time.Millisecond {
			t.Errorf("from %s to %s: got %v (%v), want %d ms", c.from, c.to, got, err, c.ms)
		}
	}
}

func TestMatrix(t *testing.T) {
	m, err := Matrix([]string{"London", "Tokyo", "London"})
	if err != nil {
		t.Fatal(err)
	}
	if m[0][1] != 104*time.Millisecond || m[1][2] != 104*time.Millisecond || m[0][2] != 0 {
		t.Errorf("got %v", m)
	}
	if _, err := Matrix([]string{"London", "Atlantis"}); err == nil || !strings.Contains(err.Error(), "Frankfurt") {
		t.Errorf("an unknown region: %v", err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, text := range []string{
		"", "x,a,b\na,0,1\n", "x,a,b\na,0,1\nc,1,0\n", "x,a\na,-1\n", "x,a\na,soon\n", "x,a,b\na,0\nb,0,1\n",
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("accepted %q", text)
		}
	}
}
