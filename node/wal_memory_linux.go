package node

import "golang.org/x/sys/unix"

// leastMemory is what a log may need: two files of 10 MB, and what is written
// to the newest until CometBFT looks at its size again.
const leastMemory = 48 << 20

// hasMemory says whether a folder is in memory and has room for a log.
func hasMemory(folder string) bool {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil || fs.Type != unix.TMPFS_MAGIC {
		return false
	}
	return uint64(fs.Bavail)*uint64(fs.Bsize) >= leastMemory && unix.Access(folder, unix.W_OK|unix.X_OK) == nil
}
