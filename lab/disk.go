package lab

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// disk is a folder on a file system of its own and of a bounded size, so that it can run full with the kernel's own
// "no space left on device". It lives in memory: what is on it ends with it.
type disk struct {
	dir string

	mu      sync.Mutex
	filling chan struct{} // closed to end the filling; nil: it is not full on purpose
	filled  sync.WaitGroup
}

// fillerName is the file on a disk that takes up its room.
const fillerName = "filler"

// refillEvery is how often a full disk is topped up: what a node deletes must not give it room again.
const refillEvery = 50 * time.Millisecond

// diskProblem says why there can be no disk of a given size here, nil if there can.
func diskProblem() error {
	dir, err := os.MkdirTemp("", "blink-lab-probe-")
	if err != nil {
		return err
	}
	defer os.Remove(dir)
	if err := mountDisk(dir, 1<<20); err != nil {
		return err
	}
	return unmountDisk(dir)
}

// moveToDisk puts a folder that is there, with what it holds, on a disk of so many bytes. When it fails the folder is as
// it was. The caller must close the disk, which ends what the folder holds.
func moveToDisk(dir string, bytes int64) (*disk, error) {
	before := dir + ".before"
	if err := os.Rename(dir, before); err != nil {
		return nil, err
	}
	back := func(err error) (*disk, error) {
		return nil, errors.Join(err, os.Remove(dir), os.Rename(before, dir))
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, errors.Join(err, os.Rename(before, dir))
	}
	if err := mountDisk(dir, bytes); err != nil {
		return back(err)
	}
	if err := copyTree(dir, before); err != nil {
		return back(errors.Join(fmt.Errorf("a disk of %d bytes does not hold %s: %w", bytes, dir, err), unmountDisk(dir)))
	}
	return &disk{dir: dir}, os.RemoveAll(before)
}

// fill leaves no byte free, from its return on until free is called.
func (d *disk) fill() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.filling != nil {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(d.dir, fillerName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%s is full already: %w", d.dir, err)
	}
	if err := writeUntilFull(f); err != nil {
		return errors.Join(err, f.Close())
	}
	end := make(chan struct{})
	d.filling = end
	d.filled.Go(func() { d.keepFull(f, end) })
	return nil
}

// keepFull takes the room that becomes free.
func (d *disk) keepFull(f *os.File, end <-chan struct{}) {
	defer f.Close()
	tick := time.NewTicker(refillEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = writeUntilFull(f) // on a disk that goes away there is nothing left to fill
		case <-end:
			return
		}
	}
}

// writeUntilFull writes until the kernel has no room left.
func writeUntilFull(f *os.File) error {
	zeros := make([]byte, 64<<10)
	for {
		if _, err := f.Write(zeros); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// free gives back the room that fill took.
func (d *disk) free() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.filling == nil {
		return nil
	}
	close(d.filling)
	d.filled.Wait()
	d.filling = nil
	return os.Remove(filepath.Join(d.dir, fillerName))
}

// close removes the disk with all that is on it. The processes that use it must have ended.
func (d *disk) close() error { return errors.Join(d.free(), unmountDisk(d.dir)) }

// copyTree copies the files and folders in from to the folder to, which is there.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil || name == "." {
			return err
		}
		if e.IsDir() {
			return os.Mkdir(filepath.Join(to, name), 0o700)
		}
		return copyFile(filepath.Join(to, name), path)
	})
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
