package genesis

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestWithKnowsEveryParameter compares the names with those of the JSON form, and looks that each sets its own field.
func TestWithKnowsEveryParameter(t *testing.T) {
	fields := jsonFields(t, DefaultParams())
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	if !slices.Equal(names, ParamNames()) {
		t.Fatalf("JSON has %v, With knows %v", names, ParamNames())
	}
	for _, name := range names {
		changed, err := DefaultParams().With(name, 1234567)
		if err != nil {
			t.Fatal(err)
		}
		for other, value := range jsonFields(t, changed) {
			switch {
			case other == name && strings.Trim(value, `"`) != "1234567":
				t.Errorf("%s was set to 1234567, is %s", name, value)
			case other != name && value != fields[other]:
				t.Errorf("setting %s changed %s to %s", name, other, value)
			}
		}
	}
}

func TestWithRefuses(t *testing.T) {
	if _, err := DefaultParams().With("max_valdators", 5); err == nil || !strings.Contains(err.Error(), "max_validators") {
		t.Errorf("an unknown name: %v", err)
	}
	if _, err := DefaultParams().With("jail_seconds", math.MaxInt64+1); err == nil {
		t.Error("a number of seconds beyond 63 bits was taken")
	}
	if _, err := DefaultParams().With("quorum", math.MaxUint32+1); err == nil {
		t.Error("basis points beyond 32 bits were taken")
	}
}

func jsonFields(t *testing.T, p Params) map[string]string {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]string)
	for name, value := range raw {
		fields[name] = string(value)
	}
	return fields
}
