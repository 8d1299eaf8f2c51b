package node

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	cmttypes "github.com/cometbft/cometbft/types"
)

// cometWAL opens a log as consensus does.
func cometWAL(t testing.TB, file string) *consensus.BaseWAL {
	t.Helper()
	log, err := consensus.NewWAL(file)
	if err != nil {
		t.Fatal(err)
	}
	log.SetLogger(cmtlog.NewNopLogger())
	if err := log.Start(); err != nil {
		t.Fatal(err)
	}
	return log
}

func stopWAL(t testing.TB, log *consensus.BaseWAL) {
	t.Helper()
	if err := log.Stop(); err != nil {
		t.Fatal(err)
	}
	log.Wait()
}

// step is a message of consensus's log that says where it is from.
func walStep(height int64, n int) cmttypes.EventDataRoundState {
	return cmttypes.EventDataRoundState{Height: height, Round: int32(n), Step: "RoundStepPrevote"}
}

// rounds reads the numbers of the steps after the mark that a height is done.
func rounds(t testing.TB, file string, done int64) (found bool, numbers []int32) {
	t.Helper()
	log := cometWAL(t, file)
	defer stopWAL(t, log)
	rd, found, err := log.SearchForEndHeight(done, &consensus.WALSearchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		return false, nil
	}
	defer rd.Close()
	for dec := consensus.NewWALDecoder(rd); ; {
		m, err := dec.Decode()
		if err != nil {
			return true, numbers
		}
		if step, ok := m.Msg.(cmttypes.EventDataRoundState); ok {
			numbers = append(numbers, step.Round)
		}
	}
}

func openTestWAL(t testing.TB) *wal {
	t.Helper()
	home := t.TempDir()
	w, err := openWAL(t.TempDir(), filepath.Join(home, "cs.wal", "wal"), filepath.Join(home, "wal_memory"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Whatever CometBFT writes is read once and in order, though it begins new
// files at any moment and old ones are removed.
func TestTheTailOfALogMissesNothing(t *testing.T) {
	w := openTestWAL(t)
	if err := w.prepare(0, 1, &journal{}); err != nil {
		t.Fatal(err)
	}
	log := cometWAL(t, w.file())
	random := rand.New(rand.NewPCG(3, 4))
	var read []byte
	const steps = 400
	for n := range steps {
		if err := log.WriteSync(walStep(1, n)); err != nil {
			t.Fatal(err)
		}
		for random.IntN(4) == 0 {
			log.Group().RotateFile()
		}
		if random.IntN(3) == 0 {
			more, err := w.tail.next()
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, more...)
		}
	}
	stopWAL(t, log)
	more, err := w.tail.next()
	if err != nil {
		t.Fatal(err)
	}
	dec := consensus.NewWALDecoder(bytes.NewReader(append(read, more...)))
	for n := range steps {
		m, err := dec.Decode()
		if err != nil {
			t.Fatalf("message %d: %v", n, err)
		}
		if got := m.Msg.(cmttypes.EventDataRoundState).Round; got != int32(n) {
			t.Fatalf("message %d has number %d", n, got)
		}
	}
	if left, _ := rolled(w.file()); len(left) > 0 {
		t.Fatalf("%d files that were read are still there", len(left))
	}
}

// A node that signs nothing reads nothing; its log stays small all the same.
func TestALogThatNobodyReadsIsBounded(t *testing.T) {
	w := openTestWAL(t)
	if err := w.prepare(0, 1, &journal{}); err != nil {
		t.Fatal(err)
	}
	log := cometWAL(t, w.file())
	for n := range 20 {
		if err := log.WriteSync(walStep(1, n)); err != nil {
			t.Fatal(err)
		}
		if n < 19 {
			log.Group().RotateFile()
		}
		if err := w.tail.bound(); err != nil {
			t.Fatal(err)
		}
		if left, _ := rolled(w.file()); len(left) > 2 {
			t.Fatalf("%d numbered files", len(left))
		}
	}
	stopWAL(t, log)
	more, err := w.tail.next()
	if err != nil {
		t.Fatal(err)
	}
	m, err := consensus.NewWALDecoder(bytes.NewReader(more)).Decode()
	if err != nil || m.Msg.(cmttypes.EventDataRoundState).Round != 0 && m.Msg.(cmttypes.EventDataRoundState).Round < 17 {
		t.Fatalf("%v, %v", m, err)
	}
}

// What led to the last signature is found again by CometBFT after the memory is
// gone, also at the first height, also when the node goes back to a log on disk,
// and the other way round.
func TestALogComesBackFromTheJournal(t *testing.T) {
	for _, next := range []int64{1, 42} {
		h := newSignerHome(t)
		open := func(memory string) *signer { t.Helper(); return h.runWith(t, memory, next-1) }
		file := func(s *signer) string {
			if s.wal == nil {
				return s.logFile
			}
			return s.wal.file()
		}
		want := func(s *signer, steps int) {
			t.Helper()
			found, numbers := rounds(t, file(s), next-1)
			if !found || len(numbers) != steps {
				t.Fatalf("height %d: mark found %v, steps %v, want %d", next, found, numbers, steps)
			}
			for n, number := range numbers {
				if int(number) != n {
					t.Fatalf("steps %v", numbers)
				}
			}
		}
		write := func(s *signer, from, to int) {
			t.Helper()
			log := cometWAL(t, file(s))
			for n := from; n < to; n++ {
				if err := log.Write(walStep(next, n)); err != nil {
					t.Fatal(err)
				}
			}
			stopWAL(t, log)
		}
		sign := func(s *signer, round int32) {
			t.Helper()
			if err := s.SignVote(signerChain, vote(1, next, round, 1, 1)); err != nil {
				t.Fatal(err)
			}
		}
		memory := t.TempDir()

		s := open(memory)
		write(s, 0, 5)
		sign(s, 0)
		write(s, 5, 7) // nothing was signed on these
		s.crash()
		s = open(memory)
		want(s, 5)
		write(s, 5, 8)
		sign(s, 1)
		s.crash()
		s = open("off")
		want(s, 8)
		write(s, 8, 9)
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		s = open(memory)
		want(s, 9)
		sign(s, 2)
		write(s, 9, 10)
		sign(s, 3)
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		want(&signer{logFile: s.logFile}, 10) // CometBFT finds it
		s = open(memory)
		want(s, 10)
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(memory); len(left) > 0 {
			t.Fatalf("left in memory: %v", left)
		}
	}
}

// A link that does not name a folder of ours is removed, and what it names is not.
func TestALinkToSomethingElseHarmsNothing(t *testing.T) {
	home, precious := t.TempDir(), t.TempDir()
	link := filepath.Join(home, "wal_memory")
	if err := errors.Join(os.WriteFile(filepath.Join(precious, "file"), nil, 0o600), os.Symlink(precious, link)); err != nil {
		t.Fatal(err)
	}
	if w, err := openWAL("off", filepath.Join(home, "wal"), link); w != nil || err != nil {
		t.Fatal(w, err)
	}
	if _, err := os.Stat(filepath.Join(precious, "file")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("the link is still there")
	}
}

// Records of a height that has been decided since lead nowhere.
func TestALogOfADecidedHeightIsForgotten(t *testing.T) {
	w := openTestWAL(t)
	var messages bytes.Buffer
	if err := consensus.NewWALEncoder(&messages).Encode(&consensus.TimedWALMessage{Time: time.Unix(1, 0), Msg: walStep(7, 1)}); err != nil {
		t.Fatal(err)
	}
	if err := w.prepare(7, 8, &journal{last: signed{height: 7}, log: messages.Bytes()}); err != nil {
		t.Fatal(err)
	}
	if found, numbers := rounds(t, w.file(), 7); !found || len(numbers) > 0 {
		t.Fatalf("mark found %v, steps %v", found, numbers)
	}
}
