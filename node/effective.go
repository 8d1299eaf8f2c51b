package node

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
)

// Effective is what a running node goes by: its two files, the environment and
// the flags, without secrets and without what tells nodes apart. It is for
// whoever measures a network and has to say what was measured.
type Effective struct {
	Digest  string  // 64 hex digits, equal for nodes whose settings make them behave alike
	Profile Profile // whose timing this is; "" if it is that of none
	Push    bool    // gossip.push

	// The timeouts of round 0 and the interval of empty blocks.
	Propose, Prevote, Precommit, Commit, Heartbeat time.Duration

	MempoolTxs   int   // that wait at most
	MempoolBytes int64 // of them together
	MaxTxBytes   int
	CacheTxs     int // hashes remembered

	KeepVersions int64 // 0: all
	CacheNodes   int
	Sync         bool
}

// Effective describes the settings of the node. They do not change while it runs.
func (n *Node) Effective() Effective { return n.effective }

func effective(c *cmtcfg.Config, own Config) Effective {
	return Effective{
		Digest: digest(c, own), Profile: profileOf(c), Push: own.Gossip.Push,
		Propose: c.Consensus.TimeoutPropose, Prevote: c.Consensus.TimeoutPrevote, Precommit: c.Consensus.TimeoutPrecommit,
		Commit: c.Consensus.TimeoutCommit, Heartbeat: c.Consensus.CreateEmptyBlocksInterval,
		MempoolTxs: c.Mempool.Size, MempoolBytes: c.Mempool.MaxTxsBytes, MaxTxBytes: c.Mempool.MaxTxBytes, CacheTxs: c.Mempool.CacheSize,
		KeepVersions: own.Store.KeepVersions, CacheNodes: own.Store.CacheNodes, Sync: own.Store.Sync,
	}
}

// profileOf finds the profile that has these timings, which an operator may
// have changed.
func profileOf(c *cmtcfg.Config) Profile {
	for _, p := range []Profile{LAN, WAN} {
		if timingOf(c) == p.timing() {
			return p
		}
	}
	return ""
}

// individual are the keys in which nodes differ without behaving otherwise:
// names, addresses, paths, peers, secrets, and what blink does not read.
var individual = []string{
	"home", "moniker", "proxy_app", "db_dir", "genesis_file", "node_key_file", "log_level", "log_format",
	"priv_validator_key_file", "priv_validator_state_file", "priv_validator_laddr",
	"rpc.home", "rpc.laddr", "rpc.grpc_laddr", "rpc.pprof_laddr", "rpc.tls_cert_file", "rpc.tls_key_file",
	"rpc.cors_allowed_origins", "rpc.cors_allowed_methods", "rpc.cors_allowed_headers",
	"p2p.home", "p2p.laddr", "p2p.external_address", "p2p.seeds", "p2p.persistent_peers", "p2p.addr_book_file",
	"p2p.unconditional_peer_ids", "p2p.private_peer_ids", "p2p.libp2p.bootstrap_peers",
	"p2p.allow_duplicate_ip",
	"mempool.home", "mempool.wal_dir",
	"statesync.temp_dir", "statesync.rpc_servers", "statesync.trust_height", "statesync.trust_hash",
	"consensus.home", "consensus.wal_file", "tx_index.psql-conn", "instrumentation.prometheus_listen_addr",
	"api.listen", "api.cors_origins",
}

// digest hashes the lines "key=value" of both files, sorted, without those
// that are individual.
func digest(c *cmtcfg.Config, own Config) string {
	lines := listed(nil, "", reflect.ValueOf(c))
	for _, s := range settings(&own) {
		lines = append(lines, s.name()+"="+s.literal())
	}
	lines = slices.DeleteFunc(lines, func(line string) bool {
		key, _, _ := strings.Cut(line, "=")
		return slices.Contains(individual, key)
	})
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// listed appends the keys of config.toml in v, each with its value. A struct
// that is squashed adds no part to the names.
func listed(lines []string, name string, v reflect.Value) []string {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return append(lines, fmt.Sprintf("%s=%v", name, v))
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() { // where the log of consensus is, which is not the same twice
			continue
		}
		key := cmp.Or(field.Tag.Get("mapstructure"), field.Name)
		switch {
		case key == ",squash":
			key = name
		case name != "":
			key = name + "." + key
		}
		lines = listed(lines, key, v.Field(i))
	}
	return lines
}
