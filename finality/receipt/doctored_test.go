package receipt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"testing"
)

// mayBeAbsent: one of four signatures may be missing, and so may the result. What is left is a receipt, too.
var mayBeAbsent = regexp.MustCompile(`^(\.result is left out|.*\.commit\.signatures\.\d is <nil>)$`)

// TestEveryMemberCounts puts extremes in the place of each member and element of a receipt, leaves each out and has each
// element twice. Nothing may be accepted but what is true, and nothing may panic.
func TestEveryMemberCounts(t *testing.T) {
	c := newChain(t)
	raw := c.make(c.source(10, 3, c.set(0, 1, 2, 3), c.set(0, 1, 2, 4)))
	trust := c.trust()
	var root any
	must(t, json.Unmarshal(raw, &root))
	count := 0
	try := func(what string) {
		count++
		text, err := json.Marshal(root)
		must(t, err)
		if _, err := trust.Verify(text); (err == nil) != mayBeAbsent.MatchString(what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	doctor(root, "", func(v any) { root = v }, try)
	text, err := json.Marshal(root)
	must(t, err)
	if again := edit(t, raw, func(object) {}); !bytes.Equal(text, again) {
		t.Fatal("the receipt was not put together again")
	}
	t.Logf("%d changes", count)
}

// doctor changes v, which put puts in its place, and everything in it, one at a time.
func doctor(v any, at string, put func(any), try func(what string)) {
	for _, x := range []any{nil, true, -1, 0, 1, int64(math.MaxInt64), math.MinInt64, 1.5, "", "00", "9999-12-31T23:59:59Z", []any{}, object{}, []any{nil}} {
		if fmt.Sprint(x) == fmt.Sprint(v) {
			continue
		}
		put(x)
		try(fmt.Sprintf("%s is %v", at, x))
	}
	put(v)
	switch v := v.(type) {
	case object:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			was := v[name]
			delete(v, name)
			try(at + "." + name + " is left out")
			v[name] = was
			doctor(was, at+"."+name, func(x any) { v[name] = x }, try)
		}
	case []any:
		for i := range v {
			put(slices.Delete(slices.Clone(v), i, i+1))
			try(fmt.Sprintf("%s.%d is left out", at, i))
			put(slices.Insert(slices.Clone(v), i, v[i]))
			try(fmt.Sprintf("%s.%d is there twice", at, i))
			put(v)
			doctor(v[i], fmt.Sprintf("%s.%d", at, i), func(x any) { v[i] = x }, try)
		}
	}
}
