package node

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	cmtstore "github.com/cometbft/cometbft/store"
)

// ErrRunning: a node runs on the home.
var ErrRunning = errors.New("a node is running here")

// BlockTime is the time of a block in a home whose node is stopped. Errors:
// ErrNoBlock and ErrRunning (for errors.Is), or what the disk says.
func BlockTime(home Home, height int64) (at time.Time, err error) {
	config, err := loadComet(home)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := os.Stat(config.DBDir()); err != nil { // opening would make it
		return time.Time{}, fmt.Errorf("%w: height %d: %w", ErrNoBlock, height, err)
	}
	db, err := openDatabase(&cmtcfg.DBContext{ID: "blockstore", Config: config})
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK) {
		return time.Time{}, fmt.Errorf("%s: %w", home.Dir, ErrRunning)
	}
	if err != nil {
		return time.Time{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	meta := cmtstore.NewBlockStore(db).LoadBlockMeta(height)
	if meta == nil {
		return time.Time{}, fmt.Errorf("%w: height %d", ErrNoBlock, height)
	}
	return meta.Header.Time.UTC(), nil
}
