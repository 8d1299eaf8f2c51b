package node

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// images are the two files of a journal.
func images(t testing.TB, folder string) (files [2][]byte) {
	t.Helper()
	for n := range files {
		b, err := os.ReadFile(journalFile(folder, n))
		if err != nil {
			t.Fatal(err)
		}
		files[n] = b
	}
	return files
}

// A power cut tears the write at any byte, or leaves any mix of old and new
// sectors: the journal then holds the last signature or the one before, which
// is all that can have been handed out, with everything that led to it.
func TestATornJournalNeverForgetsWhatWasHandedOut(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "journal")
	j, err := createJournal(folder, signed{height: 1, signature: []byte("0"), bytes: []byte("first")})
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	random := rand.New(rand.NewPCG(1, 2))
	torn := filepath.Join(t.TempDir(), "torn")
	if err := os.Mkdir(torn, 0o700); err != nil {
		t.Fatal(err)
	}
	before, oldLog := images(t, folder), []byte(nil)
	for n := range 9 {
		height, fresh := int64(2+n/3), n%3 == 0
		old := j.last
		led := bytes.Repeat([]byte{byte('a' + n)}, 100+n*900) // the last ones take several blocks
		newLog := append(bytes.Clone(oldLog), led...)
		if fresh {
			newLog = led
		}
		next := signed{height: height, step: step(n%3 + 1), signature: []byte{byte(n)}, bytes: led[:50]}
		if err := j.put(next, led, fresh); err != nil {
			t.Fatal(err)
		}
		after := images(t, folder)
		check := func(cut [2][]byte) {
			t.Helper()
			for n, b := range cut {
				if err := os.WriteFile(journalFile(torn, n), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r, err := openJournal(torn)
			if err != nil {
				t.Fatal(err)
			}
			defer r.close()
			isOld := r.last.height == old.height && r.last.step == old.step && bytes.Equal(r.last.signature, old.signature) && bytes.Equal(r.log, oldLog)
			isNew := r.last.height == next.height && r.last.step == next.step && bytes.Equal(r.last.signature, next.signature) && bytes.Equal(r.log, newLog)
			if !isOld && !isNew {
				t.Fatalf("signature %d: the journal says height %d step %d, log of %d bytes", n, r.last.height, r.last.step, len(r.log))
			}
		}
		file, size := j.turn, len(encodeRecord(nil, j.at, next, led))
		start := int(j.end) - size
		// Writes of whole files are slow: the files are cut short after the record.
		short := func(b []byte) []byte { return b[:start+size+journalBlock] }
		for cut := 0; cut <= size; cut += 1 + size/150 {
			files := before
			files[file] = append(append(bytes.Clone(before[file][:start]), after[file][start:start+cut]...), short(before[file])[start+cut:]...)
			files[1-file] = files[1-file][:min(len(files[1-file]), 64<<10)]
			check(files)
		}
		for range 60 { // each sector of 512 bytes is old or new
			files := before
			image := bytes.Clone(short(before[file]))
			for at := start; at < start+size; at += 512 {
				if random.IntN(2) == 0 {
					copy(image[at:at+512], after[file][at:])
				}
			}
			files[file] = image
			files[1-file] = files[1-file][:min(len(files[1-file]), 64<<10)]
			check(files)
		}
		before, oldLog = after, newLog
	}
}

// What was put comes back, whatever the sizes; a file that was too small grows.
func TestAJournalGivesBackWhatWasPut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder := filepath.Join(t.TempDir(), fmt.Sprint(rand.Uint64()))
		j, err := createJournal(folder, signed{})
		if err != nil {
			rt.Fatal(err)
		}
		var log []byte
		for n := range rapid.IntRange(1, 8).Draw(rt, "records") {
			fresh := rapid.Bool().Draw(rt, "fresh")
			more := bytes.Repeat([]byte{byte(n)}, rapid.SampledFrom([]int{0, 1, 4000, 4096, 70_000, journalChunk}).Draw(rt, "log"))
			if fresh {
				log = nil
			}
			log = append(log, more...)
			want := signed{height: int64(n), round: 1, step: stepPrevote, signature: []byte("s"), bytes: rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(rt, "bytes")}
			if err := j.put(want, more, fresh); err != nil {
				rt.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "reopen") {
				_ = j.close()
				if j, err = openJournal(folder); err != nil {
					rt.Fatal(err)
				}
				if j.last.height != want.height || !bytes.Equal(j.last.bytes, want.bytes) || !bytes.Equal(j.log, log) {
					rt.Fatalf("height %d, log of %d bytes; want %d and %d", j.last.height, len(j.log), want.height, len(log))
				}
			}
		}
		_ = j.close()
		_ = os.RemoveAll(folder)
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(encodeRecord(nil, serial{3, 1}, signed{height: 5, step: stepPrecommit, signature: []byte("sig"), bytes: []byte("vote")}, []byte("log")))
	f.Add([]byte(recordMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		at, s, log, size, ok := decodeRecord(b)
		if !ok {
			return
		}
		if again := encodeRecord(nil, at, s, log); len(again) != size || !bytes.HasPrefix(again, b[:min(len(b), size)]) && !bytes.Equal(again[:recordFixed], b[:recordFixed]) {
			t.Fatalf("a record of %d bytes is written with %d", size, len(again))
		}
	})
}
