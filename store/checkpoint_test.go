package store

import (
	"bytes"
	"fmt"
	"testing"
)

// Every height shows its own state, wherever checkpoints lie and however often the store is opened anew: all keys, some
// of them, and each by itself.
func TestEveryHeightBetweenCheckpoints(t *testing.T) {
	chain := testChain{seed: 6, keys: 40, changes: 7, value: 9}
	const blocks = 70
	for _, every := range []int64{1, 2, 7, CheckpointHeights} {
		o := Options{Dir: t.TempDir(), CacheNodes: 20, checkpointHeights: every}
		s := openTest(t, o)
		states := chain.states(blocks)
		for h := int64(1); h <= blocks; h++ {
			if h%11 == 0 {
				s.Close()
				s = openTest(t, o)
			}
			chain.commit(t, s)
		}
		for h := int64(1); h <= blocks; h++ {
			v, err := s.At(h)
			if err != nil {
				t.Fatal(err)
			}
			sameRange(t, v, states[h], nil, nil, noLimit)
			sameRange(t, v, states[h], []byte("key/000007"), []byte("key/000023"), noLimit)
			sameRange(t, v, states[h], []byte("key/000023"), []byte("key/000007"), noLimit)
			sameRange(t, v, states[h], []byte("key/000030"), nil, 3)
			for n := range chain.keys {
				key := fmt.Sprintf("key/%06d", n)
				want, there := states[h][key]
				if got := v.Get([]byte(key)); (got != nil) != there || string(got) != want {
					t.Fatalf("checkpoints every %d: height %d: %s = %x, want %x (there: %v)", every, h, key, got, want, there)
				}
			}
		}
	}
}

// Between checkpoints no node is written.
func TestNodesAreWrittenAtCheckpoints(t *testing.T) {
	s := openTest(t, Options{})
	smallChain.commit(t, s)
	first := nodesOnDisk(s)
	for s.Height() < CheckpointHeights-1 {
		smallChain.commit(t, s)
	}
	if n := nodesOnDisk(s); first == 0 || n != first {
		t.Errorf("%d nodes after the first block, %d before the checkpoint", first, n)
	}
	smallChain.commit(t, s)
	if n := nodesOnDisk(s); n <= first {
		t.Errorf("%d nodes before the checkpoint, %d after it", first, n)
	}
}

func TestDiffRoundTrip(t *testing.T) {
	for _, d := range []diff{
		{7, []pair{{"a", change{value: []byte{}}}}},
		{7, []pair{{"a", change{deleted: true}}, {"ab", change{value: []byte("v")}}, {"b", change{value: bytes.Repeat([]byte("w"), 300)}}}},
	} {
		got, err := decodeDiff(7, d.encode())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(d) {
			t.Errorf("%v came back as %v: %v", d, got, err)
		}
	}
}

// What decodes is what encode would have written, byte for byte.
func FuzzDecodeDiff(f *testing.F) {
	f.Add(diff{1, []pair{{"a", change{value: []byte("v")}}, {"b", change{deleted: true}}}}.encode())
	for _, bad := range []string{"", "\x02", "\x01\x01a\x00", "\x02\x01b\x00\x01a\x00", "\x02\x01a\x09v", "\x02\x00\x00", "\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a", "\x02\x81\x00a\x00"} {
		f.Add([]byte(bad))
		if _, err := decodeDiff(1, []byte(bad)); err == nil {
			f.Errorf("%q was decoded", bad)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := decodeDiff(1, b)
		if err == nil && !bytes.Equal(d.encode(), b) {
			t.Fatalf("%x decodes, and is encoded as %x", b, d.encode())
		}
	})
}
