package scenario

import (
	"errors"
	"io/fs"
	"testing"
)

func TestShippedScenariosAreWellFormed(t *testing.T) {
	if len(Names()) < 2 {
		t.Fatalf("shipped are %v", Names())
	}
	for _, name := range Names() {
		s, err := Shipped(name)
		if err != nil {
			t.Error(err)
		} else if s.Name != name || s.About == "" {
			t.Errorf("%s is named %q, about %q", name, s.Name, s.About)
		}
	}
	if _, err := Shipped("none-such"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
