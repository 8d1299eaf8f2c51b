package lab

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestADiskRunsFullAndIsFreedAgain(t *testing.T) {
	if err := diskProblem(); err != nil {
		t.Skip(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(filepath.Join(dir, "inner"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "inner", "record")
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := moveToDisk(filepath.Join(dir, "missing"), 1<<20); err == nil {
		t.Fatal("a folder that is not there was moved")
	}
	d, err := moveToDisk(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close() })
	if kept, err := os.ReadFile(file); err != nil || string(kept) != "kept" {
		t.Fatalf("the folder holds %q, %v", kept, err)
	}
	for _, name := range []string{"first", "again"} {
		if err := d.fill(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, 5000), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("a full disk takes 5000 bytes: %v", err)
		}
		if err := d.free(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, 5000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the disk is still there: %v", err)
	}
}

func TestAFolderThatDoesNotFitStaysAsItWas(t *testing.T) {
	if err := diskProblem(); err != nil {
		t.Skip(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "large")
	if err := os.WriteFile(file, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := moveToDisk(dir, 1<<20); err == nil || !strings.Contains(err.Error(), "does not hold") {
		t.Fatalf("error %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() != 2<<20 {
		t.Fatalf("%v, %v", info, err)
	}
}

// Only a disk of ours, under the folder in question, of a process that has ended, is stale.
func TestStaleDisks(t *testing.T) {
	const list = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
90 22 0:40 / /run/a\040b/node3/data rw,nosuid - tmpfs blink-lab-disk:7 rw,size=65536k
91 22 0:41 / /run/a\040b/node2/data rw,nosuid - tmpfs blink-lab-disk:8 rw
92 22 0:42 / /run/a\040b/other rw,nosuid - tmpfs tmpfs rw
93 22 0:43 / /run/a\040bc/node3/data rw,nosuid - tmpfs blink-lab-disk:7 rw
94 22 0:44 / /run/a\040b/node1/data rw,nosuid - ext4 blink-lab-disk:7 rw
95 22 0:45 / /run/a\040b/node0/data rw,nosuid shared:3 master:2 - tmpfs blink-lab-disk:7x rw
`
	got := staleDisks(list, "/run/a b", func(pid int) bool { return pid == 8 })
	if len(got) != 1 || got[0] != "/run/a b/node3/data" {
		t.Fatalf("%q", got)
	}
}

func TestAStaleDiskIsUnmounted(t *testing.T) {
	if err := diskProblem(); err != nil {
		t.Skip(err)
	}
	root := t.TempDir()
	dir := filepath.Join(root, "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const nobody = "4194305" // above the largest process number of Linux
	if err := syscall.Mount(diskSource+nobody, dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unmountStale(root); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Fatalf("%v, %v", left, err)
	}
}
