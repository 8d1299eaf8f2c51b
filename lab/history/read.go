package history

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"blink/genesis"
)

// Read reads the history of a run: dir is the run's folder, or the folder history in it. It is strict about the form;
// what is wrong with the content Check says. Errors name the file and the line.
func Read(dir string) (History, error) {
	folder, err := folderOf(dir)
	if err != nil {
		return History{}, err
	}
	var h History
	if h.Genesis, err = genesis.Load(filepath.Join(folder, genesisFile)); err != nil {
		return History{}, err
	}
	err = readLines(filepath.Join(folder, submissionsFile), func(l line) error {
		switch {
		case l.Outside != nil:
			h.Outside = append(h.Outside, *l.Outside)
		case l.Submission != nil:
			h.Submissions = append(h.Submissions, *l.Submission)
		default:
			return errors.New("must be an outside or a submission")
		}
		return nil
	})
	if err != nil {
		return History{}, err
	}
	paths, err := filepath.Glob(filepath.Join(folder, chainPrefix+"*"+linesSuffix))
	if err != nil {
		return History{}, err
	}
	// node2 before node10
	slices.SortFunc(paths, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for _, path := range paths {
		c, err := readChain(path)
		if err != nil {
			return History{}, err
		}
		h.Chains = append(h.Chains, c)
	}
	return h, nil
}

func folderOf(dir string) (string, error) {
	for _, folder := range []string{filepath.Join(dir, folderName), dir} {
		if _, err := os.Stat(filepath.Join(folder, genesisFile)); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("%s holds no history: there is no %s in it, nor in its folder %s", dir, genesisFile, folderName)
}

func readChain(path string) (Chain, error) {
	var c *Chain
	err := readLines(path, func(l line) error {
		switch {
		case c == nil && l.Chain == nil:
			return errors.New("must be the chain, before its blocks and accounts")
		case c == nil:
			c = l.Chain
		case l.Block != nil:
			c.Blocks = append(c.Blocks, *l.Block)
		case l.Account != nil:
			c.Accounts = append(c.Accounts, *l.Account)
		case l.Supply != nil && c.Supply == nil:
			c.Supply = l.Supply
		default:
			return errors.New("must be a block, an account or the one supply")
		}
		return nil
	})
	if err != nil {
		return Chain{}, err
	}
	if c == nil {
		return Chain{}, fmt.Errorf("%s: must hold a chain", path)
	}
	return *c, nil
}
