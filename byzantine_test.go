package blink_test

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A validator that breaks the protocol on purpose is for demonstrations and tests. It is in files that have "byzantine"
// in their name and are compiled with -tags byzantine only; node/honest.go is what is there without them.
func TestNothingByzantineInARelease(t *testing.T) {
	release, byzantine := build.Default, build.Default
	byzantine.BuildTags = append(slices.Clone(byzantine.BuildTags), "byzantine")
	only := 0
	for _, path := range goFiles(t) {
		dir, name := filepath.Split(path)
		inRelease, err := release.MatchFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		inByzantine, err := byzantine.MatchFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.Contains(strings.ToLower(name), "byzantine"):
			only++
			if inRelease || !inByzantine {
				t.Errorf("%s: its name says byzantine, so it must begin with //go:build byzantine", path)
			}
		case filepath.ToSlash(path) == "node/honest.go":
			if !inRelease || inByzantine {
				t.Errorf("%s must be in every build but the byzantine one", path)
			}
		case inRelease != inByzantine:
			t.Errorf("%s: only files with byzantine in their name may depend on that tag", path)
		}
	}
	if only == 0 {
		t.Error("no file is byzantine: this test looks for the wrong name")
	}
}

// goFiles lists the Go files of the repository that can be in a binary.
func goFiles(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
