// Package blink_test holds what is true of the repository as a whole: the
// direction of its dependencies, and that the README does what it says.
package blink_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// mayImport is the dependency rule of docs/architecture.md: the packages of
// this module that each folder may import. A folder that is not listed here
// has no place in the architecture yet.
var mayImport = map[string][]string{
	"proto":            {},
	"coin":             {},
	"crypto":           {"coin"},
	"store":            {},
	"tx":               {"coin", "crypto", "proto"},
	"genesis":          {"coin", "crypto", "tx"},
	"app":              {"coin", "crypto", "tx", "genesis", "store"},
	"finality":         {"coin", "crypto", "tx"},
	"finality/receipt": {"coin", "crypto", "tx", "genesis"},
	"abci":             {"coin", "crypto", "tx", "genesis", "store", "app"},
	"node":             {"coin", "crypto", "tx", "genesis", "store", "app", "abci", "finality", "finality/receipt"},
	"api":              {"coin", "crypto", "tx", "genesis", "store", "app", "finality", "proto"},
	"api/client":       {"coin", "crypto", "tx"},
	"lab":              {"coin", "crypto", "tx", "genesis", "finality", "api/client"},
	"lab/scenario":     {"coin", "genesis", "lab/wan"},
	"cmd/blinkd":       {"*"},
	"deploy/growth":    {"coin", "crypto", "tx", "genesis", "lab", "api/client"},
	"deploy/compare":   {}, // a module of its own, with dependencies that this one has no need of
	"":                 {}, // the tests at the top level
}

// homeOf says where a big dependency lives: nowhere else may import it, so
// that it can be upgraded, or replaced, in one place.
var homeOf = map[string][]string{
	"github.com/cometbft/cometbft":                  {"abci", "node", "finality/receipt"},
	"github.com/cosmos/iavl":                        {"store"},
	"github.com/btcsuite/btcd/btcec/v2":             {"crypto"},
	"github.com/decred/dcrd/dcrec/secp256k1/v4":     {"crypto"},
	"github.com/consensys/gnark-crypto":             {"crypto"},
	"github.com/btcsuite/btcd/btcutil":              {"crypto"},
	"github.com/tyler-smith/go-bip39":               {"crypto"},
	"filippo.io/age":                                {"crypto"},
	"github.com/gorilla/mux":                        {"api"},
	"github.com/google/pprof":                       {"lab"},
	"github.com/Shopify/toxiproxy/v2":               {"lab/link"},
	"gonum.org/v1/plot":                             {"lab/chart"},
	"go.yaml.in/yaml/v3":                            {"lab/scenario"},
	"github.com/spf13/cobra":                        {"cmd/blinkd"},
	"google.golang.org/protobuf/encoding/protowire": {"tx"},
}

// purity says what a folder must not know. A replica that looks at a clock, at
// chance, at a map's order or at another goroutine computes another state.
var purity = map[string]pure{
	"coin":    {noClock: true, noGo: true, noRandom: true},
	"tx":      {noClock: true, noGo: true, noRandom: true},
	"genesis": {noClock: true, noGo: true, noRandom: true},
	"store":   {noClock: true, noGo: true, noRandom: true},
	"crypto":  {noClock: true, noGo: true},
	"app": {
		noClock: true, noGo: true, noRandom: true, noFloat: true, noMapRange: true,
		noImport: []string{"context", "sync", "sync/atomic", "net", "net/http", "os", "log", "log/slog", "encoding/json"},
	},
}

func TestArchitecture(t *testing.T) {
	var folders []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if path != "." && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		folders = append(folders, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		p, err := parseFolder(folder)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, violation := range p.violations() {
			t.Error(violation)
		}
	}
	if !t.Failed() {
		for _, violation := range mapRanges(t, "app") {
			t.Error(violation)
		}
	}
}
