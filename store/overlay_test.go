package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is the dumb twin of everything that reads: a map.
type model map[string]string

func (m model) Get(key []byte) []byte {
	if v, ok := m[string(key)]; ok {
		return []byte(v)
	}
	return nil
}

func (m model) Range(start, end []byte, fn func(key, value []byte) bool) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k >= string(start) && (end == nil || k < string(end)) && !fn([]byte(k), []byte(m[k])) {
			return
		}
	}
}

// sameRange compares what two readers show in [start, end), stopping after at most limit keys.
func sameRange(t interface{ Fatalf(string, ...any) }, got, want Reader, start, end []byte, limit int) {
	collect := func(r Reader) (all [][]byte) {
		r.Range(start, end, func(k, v []byte) bool {
			all = append(all, bytes.Clone(k), bytes.Clone(v))
			return len(all) < 2*limit
		})
		return all
	}
	g, w := collect(got), collect(want)
	if !slices.EqualFunc(g, w, bytes.Equal) {
		t.Fatalf("Range(%q, %q) stopped after %d:\ngot  %q\nwant %q", start, end, limit, g, w)
	}
}

const noLimit = 1 << 30

// The keys are few and prefixes of each other, so that forks meet each other's changes and bounds fall between keys.
var (
	anyKey   = rapid.StringMatching(`[ab]{1,4}`)
	anyValue = rapid.StringMatching(`[xyz]{0,2}`)
	anyBound = rapid.Custom(func(t *rapid.T) []byte {
		if rapid.Bool().Draw(t, "open") {
			return nil
		}
		return []byte(rapid.StringMatching(`[abc]{0,4}`).Draw(t, "bound"))
	})
)

func TestOverlayIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := model(rapid.MapOf(anyKey, anyValue).Draw(t, "base"))
		overlays := []*Overlay{NewOverlay(base)}
		models := []model{maps.Clone(base)}
		top := func() (*Overlay, model) { return overlays[len(overlays)-1], models[len(models)-1] }
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				k, v := anyKey.Draw(t, "key"), anyValue.Draw(t, "value")
				o, m := top()
				o.Set([]byte(k), []byte(v))
				m[k] = v
			},
			"delete": func(t *rapid.T) {
				k := anyKey.Draw(t, "key")
				o, m := top()
				o.Delete([]byte(k))
				delete(m, k)
			},
			"fork": func(t *rapid.T) {
				o, m := top()
				overlays, models = append(overlays, o.Fork()), append(models, maps.Clone(m))
			},
			"clone": func(t *rapid.T) {
				n := len(overlays) - 1
				former := overlays[n]
				overlays[n] = former.Clone()
				former.Set([]byte(anyKey.Draw(t, "key")), []byte("of the former"))
				former.Delete([]byte(anyKey.Draw(t, "key")))
			},
			"join": func(t *rapid.T) {
				n := len(overlays) - 1
				if n == 0 {
					t.Skip("nothing to join")
				}
				overlays[n].Join()
				if overlays[n].Len() != 0 {
					t.Fatalf("joined overlay still has %d changes", overlays[n].Len())
				}
				models[n-1] = models[n]
				overlays, models = overlays[:n], models[:n]
			},
			"drop": func(t *rapid.T) {
				n := len(overlays) - 1
				if n == 0 {
					t.Skip("nothing to drop")
				}
				overlays, models = overlays[:n], models[:n]
			},
			"range": func(t *rapid.T) {
				o, m := top()
				sameRange(t, o, m, anyBound.Draw(t, "start"), anyBound.Draw(t, "end"), rapid.IntRange(1, 8).Draw(t, "limit"))
			},
			"range while writing": func(t *rapid.T) {
				o, m := top()
				before, k := maps.Clone(m), anyKey.Draw(t, "key")
				var seen []string
				o.Range(nil, nil, func(key, value []byte) bool {
					seen = append(seen, string(key), string(value))
					o.Set([]byte(k), append(value, '!'))
					m[k] = string(value) + "!"
					o.Delete(key)
					delete(m, string(key))
					return true
				})
				var want []string
				before.Range(nil, nil, func(key, value []byte) bool {
					want = append(want, string(key), string(value))
					return true
				})
				if !slices.Equal(seen, want) {
					t.Fatalf("Range saw its own writes: %q, want %q", seen, want)
				}
			},
			"": func(t *rapid.T) {
				o, m := top()
				k := anyKey.Draw(t, "probe")
				got, want := o.Get([]byte(k)), m.Get([]byte(k))
				if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
					t.Fatalf("Get(%q) = %q, want %q", k, got, want)
				}
				sameRange(t, o, m, nil, nil, noLimit)
			},
		})
		for i := len(overlays) - 1; i > 0; i-- {
			overlays[i].Join()
		}
		changed := maps.Clone(base)
		last := ""
		overlays[0].Changes(func(k, v []byte) bool {
			if string(k) <= last {
				t.Fatalf("Changes: %q after %q", k, last)
			}
			last = string(k)
			if v == nil {
				delete(changed, last)
			} else {
				changed[last] = string(v)
			}
			return true
		})
		if !maps.Equal(changed, models[len(models)-1]) {
			t.Fatalf("Changes lead to %q, want %q", changed, models[len(models)-1])
		}
	})
}

func TestOverlayRefusesMisuse(t *testing.T) {
	for name, misuse := range map[string]func(*Overlay){
		"empty key":        func(o *Overlay) { o.Set(nil, []byte("x")) },
		"join of no fork":  func(o *Overlay) { o.Join() },
		"delete empty key": func(o *Overlay) { o.Delete([]byte{}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Fatal("no panic")
				}
			}()
			misuse(NewOverlay(model{}))
		})
	}
}

// TestOverlayOfManyKeys writes more than the recent keys hold, and walks between the writes.
func TestOverlayOfManyKeys(t *testing.T) {
	base, m := model{}, model{}
	o := NewOverlay(base)
	key := func(i int) string { return fmt.Sprintf("%04d", i*7919%5000) } // far apart, each once
	for i := range 3 * maxRecent {
		o.Set([]byte(key(i)), []byte("x"))
		m[key(i)] = "x"
		if i%5 == 0 {
			o.Delete([]byte(key(i / 2)))
			delete(m, key(i/2))
		}
		if i%17 == 0 {
			sameRange(t, o, m, []byte("1"), []byte("2"), noLimit)
		}
	}
	sameRange(t, o, m, nil, nil, noLimit)
	fork := o.Fork()
	fork.Set([]byte("1"), []byte("y"))
	m["1"] = "y"
	sameRange(t, fork, m, []byte("0"), nil, noLimit)
	fork.Join()
	sameRange(t, o, m, nil, nil, noLimit)
}
