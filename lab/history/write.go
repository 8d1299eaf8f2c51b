package history

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The files of a history, in the folder history of a run's folder.
const (
	folderName      = "history"
	genesisFile     = "genesis.json"
	submissionsFile = "submissions.jsonl"
	chainPrefix     = "chain-" // and the node's name, and .jsonl
	linesSuffix     = ".jsonl"
)

// Write makes the folder history in dir and writes h into it. A history that is there already is not overwritten.
func Write(dir string, h History) error {
	folder := filepath.Join(dir, folderName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fmt.Errorf("write history: %w; choose a folder without one", err)
	}
	if err := os.WriteFile(filepath.Join(folder, genesisFile), h.Genesis.Encode(), 0o644); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	err := writeLines(filepath.Join(folder, submissionsFile), func(write func(line)) {
		for i := range h.Outside {
			write(line{Outside: &h.Outside[i]})
		}
		for i := range h.Submissions {
			write(line{Submission: &h.Submissions[i]})
		}
	})
	if err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	for i := range h.Chains {
		if err := writeChain(folder, &h.Chains[i]); err != nil {
			return fmt.Errorf("write history: %w", err)
		}
	}
	return nil
}

func writeChain(folder string, c *Chain) error {
	return writeLines(filepath.Join(folder, chainPrefix+fileName(c.Node)+linesSuffix), func(write func(line)) {
		write(line{Chain: c})
		for i := range c.Blocks {
			write(line{Block: &c.Blocks[i]})
		}
		for i := range c.Accounts {
			write(line{Account: &c.Accounts[i]})
		}
		if c.Supply != nil {
			write(line{Supply: c.Supply})
		}
	})
}

// fileName makes a node's name, which may be a URL, fit for a file.
func fileName(node string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, node)
	return name[:min(len(name), 100)]
}
