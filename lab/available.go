package lab

import (
	"context"
	"errors"
	"fmt"

	"blink/lab/scenario"
)

// Unavailable says why a scenario cannot be run on this machine with this program, nil if it can. Nothing is started.
func Unavailable(ctx context.Context, s scenario.Scenario, cfg RunConfig) error {
	var errs []error
	if s.Network.Backend == scenario.Compose {
		_, err := findDocker(ctx, composeConfig{File: cfg.ComposeFile})
		errs = append(errs, err)
	}
	if len(s.Network.ClockSkews) > 0 && !cfg.SkewsClocks {
		errs = append(errs, errors.New("network.clock_skew needs a blinkd that can vote by a wrong clock: make byzantine, and run this with that one"))
	}
	if len(s.Network.Disks) > 0 {
		errs = append(errs, diskProblem())
	}
	return errors.Join(errs...)
}

// roomPerNode is what the folder of one node's short life needs at most, in bytes: a minute of blocks, logs and indexes.
const roomPerNode = 64 << 20

// checkRoom refuses to start a network where it would fill the disk.
func checkRoom(dir string, nodes int) error {
	free, known := freeBytes(dir)
	if need := uint64(nodes) * roomPerNode; known && free < need {
		return fmt.Errorf("a network of %d nodes needs %d MiB of disk in %s, which has %d MiB free: make room, or choose another place with TMPDIR",
			nodes, need>>20, dir, free>>20)
	}
	return nil
}
