package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// diskSource is what the kernel's list of mounts calls a disk of ours, before the number of the process that made it.
const diskSource = "blink-lab-disk:"

// mountDisk mounts an empty disk on dir.
func mountDisk(dir string, bytes int64) error {
	source := diskSource + strconv.Itoa(os.Getpid())
	err := syscall.Mount(source, dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, fmt.Sprintf("size=%d,mode=0700", bytes))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return fmt.Errorf("a disk of a given size needs the right to mount one: run as root, on a machine or in a privileged container (%w)", err)
	}
	if err != nil {
		return fmt.Errorf("mount a disk on %s: %w", dir, err)
	}
	return nil
}

// unmountDisk removes the disk on dir. A process that is just ending may use it for another moment; after that the disk is
// taken out of sight, and goes when its last user does.
func unmountDisk(dir string) error {
	for range 20 {
		err := syscall.Unmount(dir, 0)
		if !errors.Is(err, syscall.EBUSY) {
			return os.NewSyscallError("unmount "+dir, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return os.NewSyscallError("unmount "+dir, syscall.Unmount(dir, syscall.MNT_DETACH))
}

// unmountStale removes the disks under dir that a run left which was killed: those that bear our name and a process that
// is no more. No other mount is touched.
func unmountStale(dir string) error {
	list, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	var errs []error
	for _, place := range staleDisks(string(list), dir, processThere) {
		errs = append(errs, unmountDisk(place))
	}
	return errors.Join(errs...)
}

// staleDisks finds them in the kernel's list of mounts, whose form is that of proc_pid_mountinfo(5).
func staleDisks(mountinfo, dir string, there func(pid int) bool) []string {
	var out []string
	for line := range strings.Lines(mountinfo) {
		left, right, _ := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if len(l) < 5 || len(r) < 2 || r[0] != "tmpfs" {
			continue
		}
		place := unescape.Replace(l[4])
		owner, ours := strings.CutPrefix(r[1], diskSource)
		pid, err := strconv.Atoi(owner)
		if ours && err == nil && strings.HasPrefix(place, dir+"/") && !there(pid) {
			out = append(out, place)
		}
	}
	return out
}

// unescape undoes what the kernel does to special characters of a path.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func processThere(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
