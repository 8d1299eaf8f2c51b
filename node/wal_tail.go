package node

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cometbft/cometbft/consensus"
)

// walTail reads what CometBFT has appended to its log since the last look.
// CometBFT gives a file that has reached 10 MB a number (wal.000, wal.001, …)
// and begins a new one (libs/autofile/group.go).
type walTail struct {
	path string
	f    *os.File // what was at path when it was last read to its end
	at   int64    // how far it has been read
	read []byte   // what next returns
}

// mostKept is how many bytes of memory stay for what next returns: more than a block takes as a rule, less than has come
// together where nothing was signed for long.
const mostKept = 1 << 20

// next returns what is new, until it is called again, and removes numbered files
// once they are read: nothing but a start reads them, and that makes the log anew.
func (t *walTail) next() ([]byte, error) {
	log := t.read[:0]
	defer func() {
		if cap(log) <= mostKept {
			t.read = log
		}
	}()
	for {
		have, err := t.f.Stat()
		if err != nil {
			return nil, err
		}
		before := len(log)
		more := int(max(0, have.Size()-t.at))
		log = slices.Grow(log, more)[:before+more]
		n, err := t.f.ReadAt(log[before:], t.at)
		if err != nil {
			return nil, err
		}
		t.at += int64(n)
		behind, err := t.behind(have)
		if err != nil {
			return nil, err
		}
		if behind == "" {
			return log, nil
		}
		f, err := os.Open(behind)
		if errors.Is(err, os.ErrNotExist) { // the new file is made when something is written to it
			return log, nil
		}
		if err != nil {
			return nil, err
		}
		err = errors.Join(t.f.Close(), t.trim(f))
		t.f, t.at = f, 0
		if err != nil {
			return nil, err
		}
	}
}

// behind is the file after the one that was read; "" if that is the newest.
func (t *walTail) behind(have os.FileInfo) (string, error) {
	if head, err := os.Stat(t.path); err == nil && os.SameFile(head, have) {
		return "", nil
	}
	files, err := rolled(t.path)
	if err != nil {
		return "", err
	}
	files = append(files, t.path)
	ours := slices.IndexFunc(files, func(file string) bool {
		info, err := os.Stat(file)
		return err == nil && os.SameFile(info, have)
	})
	return files[ours+1], nil // the oldest, if ours has been removed
}

// trim removes the numbered files before the one that is now read.
func (t *walTail) trim(now *os.File) error {
	files, err := rolled(t.path)
	if err != nil {
		return err
	}
	for _, file := range files {
		if file == now.Name() {
			break
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}

// bound keeps the log small in a node that signs nothing: of the numbered files
// it leaves the two newest, which is more than a height takes.
func (t *walTail) bound() error {
	files, err := rolled(t.path)
	if err != nil {
		return err
	}
	for _, file := range files[:max(0, len(files)-2)] {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// rolled lists the numbered files of a log, oldest first.
func rolled(path string) ([]string, error) {
	files, err := filepath.Glob(path + ".[0-9]*")
	slices.SortFunc(files, func(a, b string) int { // wal.1000 comes after wal.999
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return files, err
}

// afterEnd returns the part of a log after the mark that a height is done; the
// whole if there is no such mark: what is too old is of no harm.
func afterEnd(log []byte, height int64) []byte {
	for rest := log; len(rest) >= 8; {
		size := 8 + int(binary.BigEndian.Uint32(rest[4:])) // CRC, length, message (WALEncoder of consensus/wal.go)
		if size > len(rest) {
			break
		}
		frame := rest[:size]
		rest = rest[size:]
		if size <= maxMark && endsHeight(frame, height) {
			return rest
		}
	}
	return log
}

// maxMark is more than the bytes of a mark; only so short messages are decoded.
const maxMark = 64

func endsHeight(frame []byte, height int64) bool {
	m, err := consensus.NewWALDecoder(bytes.NewReader(frame)).Decode()
	if err != nil {
		return false
	}
	mark, ok := m.Msg.(consensus.EndHeightMessage)
	return ok && mark.Height == height
}
