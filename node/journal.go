package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// journal is what a validator must not forget: the last signature of its
// consensus key, and the messages of consensus that led to it, which say what
// it is locked on. A signature is handed out once its record is on disk, by
// one fdatasync of blocks that were allocated before
// (docs/adr/0010-one-sync-per-signature.md).
//
// It is a folder of two files. The records of a height follow each other in
// one of them; the first of the next height goes to the beginning of the
// other, so that what is still needed is never overwritten:
//
//	0: height 8 proposal | height 8 prevote | height 8 precommit | what is left of height 6
//	1: height 9 prevote  | what is left of height 7
//
// A crash within put leaves the records before it, with or without the new
// one, which has not been handed out: either is right. Each record begins on a
// disk block of its own, so that a torn write spoils no older one.
type journal struct {
	files  [2]*os.File
	sizes  [2]int64 // bytes allocated
	turn   int      // file of the newest record
	at     serial
	end    int64  // in that file: where the next record goes
	last   signed // what was signed last
	log    []byte // the messages of all records in that file, as they were read by openJournal
	record []byte // what put wrote last: its memory is used again
}

// serial numbers the records: turns of the files since the beginning, and
// records since the turn.
type serial struct {
	turn  uint64
	index uint32
}

const (
	journalBlock = 4096    // bytes; what the disk writes at once
	journalChunk = 1 << 20 // bytes by which a file grows
)

func journalFile(folder string, n int) string { return filepath.Join(folder, fmt.Sprint(n)) }

// createJournal makes the folder. A crash leaves nothing that openJournal takes
// for a journal.
func createJournal(folder string, last signed) (*journal, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	image := make([]byte, journalChunk)
	if err := writeFile(journalFile(folder, 1), image); err != nil {
		return nil, err
	}
	copy(image, encodeRecord(nil, serial{turn: 0}, last, nil))
	if err := writeFile(journalFile(folder, 0), image); err != nil {
		return nil, err
	}
	for _, dir := range []string{folder, filepath.Dir(folder)} {
		if err := syncFolder(dir); err != nil {
			return nil, err
		}
	}
	return openJournal(folder)
}

// openJournal reads the journal; os.ErrNotExist if there is none.
func openJournal(folder string) (*journal, error) {
	j := &journal{}
	found := false
	for n := range j.files {
		f, err := os.OpenFile(journalFile(folder, n), os.O_RDWR, 0)
		if err != nil {
			return nil, errors.Join(err, j.close())
		}
		j.files[n] = f
		image, err := io.ReadAll(f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", f.Name(), err), j.close())
		}
		j.sizes[n] = int64(len(image))
		if run := decodeRun(image); run.count > 0 && run.turn%2 == uint64(n) && (!found || run.turn > j.at.turn) {
			found = true
			j.turn, j.at, j.end = n, serial{run.turn, run.count - 1}, run.end
			j.last, j.log = run.last, run.log
		}
	}
	if !found {
		return nil, errors.Join(fmt.Errorf("%s: it holds no record of a signature: restore it, or make a new home with a new "+
			"consensus key", folder), j.close())
	}
	return j, nil
}

// put makes s the last signature, and log what led to it since the record
// before. fresh says that all earlier records are of no more use: their height
// is decided and stored. When put returns nil, the record is on disk. After an
// error nothing may be signed any more.
func (j *journal) put(s signed, log []byte, fresh bool) error {
	turn, at, offset := j.turn, serial{j.at.turn, j.at.index + 1}, j.end
	if fresh {
		at = serial{turn: j.at.turn + 1}
		turn, offset = int(at.turn%2), 0
	}
	j.record = encodeRecord(j.record, at, s, log)
	if err := j.allocate(turn, offset+int64(len(j.record))); err != nil {
		return err
	}
	if _, err := j.files[turn].WriteAt(j.record, offset); err != nil {
		return err
	}
	if err := syncData(j.files[turn]); err != nil {
		return err
	}
	j.turn, j.at, j.end, j.last = turn, at, offset+int64(len(j.record)), s
	return nil
}

// leadsTo says whether the journal, as it was opened, holds messages of a
// height that is not decided yet.
func (j *journal) leadsTo(height int64) bool { return len(j.log) > 0 && j.last.height == height }

// allocate grows a file, with zeros: a sync of blocks that are there already
// is several times as fast as one that also has to find and note new ones.
func (j *journal) allocate(n int, size int64) error {
	if size <= j.sizes[n] {
		return nil
	}
	grown := (size/journalChunk + 1) * journalChunk
	if _, err := j.files[n].WriteAt(make([]byte, grown-j.sizes[n]), j.sizes[n]); err != nil {
		return err
	}
	if err := j.files[n].Sync(); err != nil {
		return err
	}
	j.sizes[n] = grown
	return nil
}

func (j *journal) close() error {
	var errs []error
	for _, f := range j.files {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
