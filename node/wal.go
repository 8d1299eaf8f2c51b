package node

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cometbft/cometbft/consensus"
	cmtlog "github.com/cometbft/cometbft/libs/log"
)

// wal is CometBFT's write-ahead log, kept in memory. CometBFT writes to it each
// message before it acts on it, and asks the disk to sync before and after each
// signature, once more for each block; that is most of what a block waits for.
// Yet the log is needed in one case only: to find again, after a crash, what
// this validator is locked on. So its file is in a folder in memory, where a
// sync is free, and what led to a signature becomes durable with the signature
// (journal). At the start the file is made anew out of the journal, whether the
// process or the machine went down: there is one way back.
//
// A nil *wal is a log that stays on disk and syncs itself.
type wal struct {
	folder string // in memory, of this process alone
	disk   string // where CometBFT would have the file; written when the node stops
	link   string // to folder, so that the next start finds what a crash left
	tail   walTail
}

// memoryFolders are tried by "auto".
var memoryFolders = []string{"/dev/shm"}

// openWAL makes the folder for the log. in is journal.memory: a folder, "auto"
// or "off".
func openWAL(in, disk, link string) (*wal, error) {
	if err := removeLeft(link); err != nil {
		return nil, fmt.Errorf("journal.memory: %w", err)
	}
	if in == "auto" {
		in = "off"
		for _, folder := range memoryFolders {
			if hasMemory(folder) {
				in = folder
			}
		}
	}
	if in == "off" {
		return nil, nil
	}
	folder, err := os.MkdirTemp(in, walFolder) // 0700
	if err != nil {
		return nil, fmt.Errorf("journal.memory: %w", err)
	}
	if err := os.Symlink(folder, link); err != nil {
		return nil, errors.Join(fmt.Errorf("journal.memory: %w", err), os.RemoveAll(folder))
	}
	w := &wal{folder: folder, disk: disk, link: link}
	w.tail.path = w.file()
	return w, nil
}

// walFolder begins the names of folders in memory.
const walFolder = "blinkd-wal-"

// removeLeft removes the folder of a process that was killed. It goes by the
// link that the process left in the home, and only if that names such a folder.
func removeLeft(link string) error {
	old, err := os.Readlink(link)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if strings.HasPrefix(filepath.Base(old), walFolder) {
		err = os.RemoveAll(old)
	}
	return errors.Join(err, os.Remove(link))
}

// file is the path for CometBFT.
func (w *wal) file() string { return filepath.Join(w.folder, "wal") }

// prepare makes the log that CometBFT is to replay at height next, out of the
// journal; done is the height of the last block, 0 before the first one. If the
// journal has nothing of that height, the log on disk is taken: the node ran
// without journal.memory, or CometBFT without blink.
func (w *wal) prepare(done, next int64, j *journal) error {
	if w == nil {
		return nil
	}
	image, err := logFrom(done, nil)
	if err != nil {
		return err
	}
	w.tail.at = int64(len(image))
	if j.leadsTo(next) {
		image = append(image, j.log...)
		w.tail.at = int64(len(image)) // the journal has it already
	} else {
		rest, err := logAfter(w.disk, done)
		if err != nil {
			return fmt.Errorf("%s: %w", w.disk, err)
		}
		image = append(image, rest...)
	}
	if err := os.WriteFile(w.file(), image, 0o600); err != nil {
		return fmt.Errorf("journal.memory: %w", err)
	}
	w.tail.f, err = os.Open(w.file())
	return err
}

// logFrom is a log in which messages follow the mark that the height before is
// done, by which CometBFT finds them (catchupReplay in consensus/replay.go).
func logFrom(done int64, messages []byte) ([]byte, error) {
	var log bytes.Buffer
	mark := &consensus.TimedWALMessage{Time: time.Now(), Msg: consensus.EndHeightMessage{Height: done}}
	err := consensus.NewWALEncoder(&log).Encode(mark)
	return append(log.Bytes(), messages...), err
}

// logAfter returns what a log on disk holds after the end of a height; nothing
// if it does not know of that.
func logAfter(file string, height int64) ([]byte, error) {
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	log, err := consensus.NewWAL(file)
	if err != nil {
		return nil, err
	}
	log.SetLogger(cmtlog.NewNopLogger())
	defer log.Group().Close()
	rd, found, err := log.SearchForEndHeight(height, &consensus.WALSearchOptions{IgnoreDataCorruptionErrors: true})
	if err != nil || !found {
		return nil, err
	}
	defer rd.Close()
	return io.ReadAll(rd)
}

// close puts the log where CometBFT would have it and frees the memory. It is
// for when consensus has ended.
func (w *wal) close() error {
	if w == nil {
		return nil
	}
	err := w.toDisk()
	if w.tail.f != nil {
		err = errors.Join(err, w.tail.f.Close())
	}
	return errors.Join(err, os.RemoveAll(w.folder), os.Remove(w.link))
}

// toDisk puts the log where CometBFT would have it.
func (w *wal) toDisk() error {
	if w.tail.f == nil { // never prepared: what is there is right
		return nil
	}
	files, err := rolled(w.file())
	if err != nil {
		return err
	}
	var log []byte
	for _, file := range append(files, w.file()) {
		b, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		log = append(log, b...)
	}
	return replaceLog(w.disk, log)
}

// replaceLog replaces a log on disk. A crash within it leaves one that lacks the
// present height: CometBFT goes by it only if the state file, written later,
// says that it may sign.
func replaceLog(file string, log []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	old, err := rolled(file)
	if err != nil {
		return err
	}
	for _, numbered := range old {
		if err := os.Remove(numbered); err != nil {
			return err
		}
	}
	return writeFile(file, log)
}
