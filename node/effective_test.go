package node

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
)

// What tells nodes apart leaves the digest as it is; what they do otherwise
// changes it.
func TestDigest(t *testing.T) {
	base := digest(LAN.CometConfig(), DefaultConfig())
	for what, change := range map[string]func(*cmtcfg.Config, *Config){
		"home":   func(c *cmtcfg.Config, _ *Config) { c.SetRoot("/elsewhere") },
		"name":   func(c *cmtcfg.Config, _ *Config) { c.Moniker = "other" },
		"peers":  func(c *cmtcfg.Config, _ *Config) { c.P2P.PersistentPeers = "ab@host:1" },
		"port":   func(c *cmtcfg.Config, _ *Config) { c.P2P.ListenAddress = "tcp://0.0.0.0:1" },
		"API":    func(_ *cmtcfg.Config, c *Config) { c.API.Listen = "0.0.0.0:80" },
		"secret": func(c *cmtcfg.Config, _ *Config) { c.TxIndex.PsqlConn = "postgres://me:secret@host" },
	} {
		comet, own := LAN.CometConfig(), DefaultConfig()
		if change(comet, &own); digest(comet, own) != base {
			t.Errorf("another %s gives another digest", what)
		}
	}
	for what, change := range map[string]func(*cmtcfg.Config, *Config){
		"timeout":     func(c *cmtcfg.Config, _ *Config) { c.Consensus.TimeoutPropose++ },
		"empty block": func(c *cmtcfg.Config, _ *Config) { c.Consensus.CreateEmptyBlocks = true },
		"mempool":     func(c *cmtcfg.Config, _ *Config) { c.Mempool.Size++ },
		"database":    func(c *cmtcfg.Config, _ *Config) { c.DBBackend = "other" },
		"fuzz":        func(c *cmtcfg.Config, _ *Config) { c.P2P.TestFuzzConfig.MaxDelay++ },
		"push":        func(_ *cmtcfg.Config, c *Config) { c.Gossip.Push = false },
		"cache":       func(_ *cmtcfg.Config, c *Config) { c.Store.CacheNodes++ },
	} {
		comet, own := LAN.CometConfig(), DefaultConfig()
		if change(comet, &own); digest(comet, own) == base {
			t.Errorf("another %s gives the same digest", what)
		}
	}
}

// A key that has no place in the files any more would be a gap in the list.
func TestIndividualKeysExist(t *testing.T) {
	own := DefaultConfig()
	var keys []string
	for _, line := range listed(nil, "", reflect.ValueOf(cmtcfg.DefaultConfig())) {
		key, _, _ := strings.Cut(line, "=")
		keys = append(keys, key)
	}
	for _, s := range settings(&own) {
		keys = append(keys, s.name())
	}
	for _, key := range individual {
		if !slices.Contains(keys, key) {
			t.Errorf("there is no key %s", key)
		}
	}
	for _, key := range keys { // new ones of CometBFT
		for _, word := range []string{"laddr", "_file", "home", "secret", "password", "peer_ids", "_dir"} {
			if strings.Contains(key, word) && !slices.Contains(individual, key) {
				t.Errorf("%s looks like a key in which nodes differ", key)
			}
		}
	}
}

func TestProfileHint(t *testing.T) {
	for _, p := range []Profile{LAN, WAN} {
		c := p.CometConfig()
		if got := profileOf(c); got != p {
			t.Errorf("profile %q is taken for %q", p, got)
		}
		c.Consensus.TimeoutCommit += time.Millisecond
		if got := profileOf(c); got != "" {
			t.Errorf("a changed %q is taken for %q", p, got)
		}
	}
}
