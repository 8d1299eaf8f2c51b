package node

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"blink/coin"
	"blink/genesis"
)

var update = flag.Bool("update", false, "write the golden files anew")

// testnet is a network of one validator.
func testnet(t *testing.T) genesis.Testnet {
	t.Helper()
	net, err := genesis.NewTestnet(genesis.TestnetSpec{
		ChainID: "blink-test", Validators: 1, Seed: []byte("a seed for tests"), GenesisTime: time.Now(),
		P2PPort: 21900, RESTPort: 21950, Demo: []string{"alice", "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// makeHome makes the home of the network's validator.
func makeHome(t *testing.T, net genesis.Testnet) Home {
	t.Helper()
	home := Home{Dir: filepath.Join(t.TempDir(), "node0")}
	err := InitHome(home, HomeSpec{
		Moniker: "node0", Profile: LAN, Genesis: net.Genesis, ConsensusKey: net.Nodes[0].ConsensusKey,
		NodeKey: net.Nodes[0].NodeKey, P2PListen: "127.0.0.1:0", Config: DefaultConfig(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return home
}

// editComet changes the text of a home's config.toml.
func editComet(t *testing.T, home Home, edit func(text string) string) {
	t.Helper()
	text, err := os.ReadFile(home.CometFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(home.CometFile(), []byte(edit(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestHomeIsMadeOnce(t *testing.T) {
	net := testnet(t)
	home := makeHome(t, net)
	spec := HomeSpec{Profile: LAN, Genesis: net.Genesis, Config: DefaultConfig()}
	if err := InitHome(home, spec); !errors.Is(err, ErrHomeExists) {
		t.Fatalf("a second init gives %v", err)
	}
	if err := os.Remove(home.ConfigFile()); err != nil {
		t.Fatal(err)
	}
	if err := InitHome(home, spec); !errors.Is(err, ErrHomePartial) {
		t.Fatalf("init over an incomplete home gives %v", err)
	}
	if _, err := LoadConfig(home, nil); !errors.Is(err, ErrHomePartial) {
		t.Fatalf("starting an incomplete home gives %v", err)
	}
	if _, err := LoadConfig(Home{Dir: t.TempDir()}, nil); !errors.Is(err, ErrNoHome) {
		t.Fatalf("starting an empty folder gives %v", err)
	}
}

func TestHomeIsForItsOwnerOnly(t *testing.T) {
	home := makeHome(t, testnet(t))
	err := filepath.Walk(home.Dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 && path != home.Dir {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every key that a profile sets survives CometBFT's template and a reload, and
// the file is what the golden file says: what an operator reads.
func TestProfilesSurviveTheFile(t *testing.T) {
	net := testnet(t)
	for _, profile := range []Profile{LAN, WAN} {
		t.Run(string(profile), func(t *testing.T) {
			home := Home{Dir: t.TempDir()}
			spec := HomeSpec{
				Moniker: "golden", Profile: profile, Genesis: net.Genesis, Config: DefaultConfig(), External: "node.example:26656",
				Peers: []string{"00112233445566778899aabbccddeeff00112233@other.example:26656"}, SameHost: true,
			}
			if err := InitHome(home, spec); err != nil {
				t.Fatal(err)
			}
			got, err := loadComet(home)
			if err != nil {
				t.Fatal(err)
			}
			want := cometConfig(home, spec).SetRoot(home.Dir)
			for _, part := range []struct {
				name      string
				got, want any
			}{
				{"base", got.BaseConfig, want.BaseConfig}, {"rpc", *got.RPC, *want.RPC}, {"p2p", *got.P2P, *want.P2P},
				{"mempool", *got.Mempool, *want.Mempool}, {"blocksync", *got.BlockSync, *want.BlockSync},
				{"consensus", *got.Consensus, *want.Consensus}, {"storage", *got.Storage, *want.Storage},
				{"tx_index", *got.TxIndex, *want.TxIndex}, {"instrumentation", *got.Instrumentation, *want.Instrumentation},
			} {
				if !reflect.DeepEqual(part.got, part.want) {
					t.Errorf("section %s came back as\n%+v, was\n%+v", part.name, part.got, part.want)
				}
			}
			text, err := os.ReadFile(home.CometFile())
			if err != nil {
				t.Fatal(err)
			}
			golden(t, string(profile)+".config.toml", text)
		})
	}
}

func TestBlinkTOML(t *testing.T) {
	golden(t, "blink.toml", DefaultConfig().encode())
	changed := DefaultConfig()
	changed.API.CORSOrigins = []string{"https://a.example", "https://b.example"}
	changed.API.Listen = "[::1]:99"
	changed.API.RequestsPerSecond = 0.5
	changed.Faucet.Amount = 3*coin.Blink + 1
	changed.Faucet.Interval = 90 * time.Minute
	changed.Log.Level = "debug"
	var got Config
	if err := got.readTOML(changed.encode()); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, changed) {
		t.Fatalf("came back as %+v", got)
	}
}

func TestConfigPrecedence(t *testing.T) {
	home := makeHome(t, testnet(t))
	load := func(args ...string) Config {
		t.Helper()
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		AddFlags(flags)
		if err := flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		c, err := LoadConfig(home, flags)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := os.WriteFile(home.ConfigFile(), []byte("[api]\nburst = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := load(); c.API.Burst != 1 || c.API.MaxStreams != DefaultConfig().API.MaxStreams {
		t.Fatalf("the file does not win over the default: %+v", c.API)
	}
	t.Setenv("BLINK_API_BURST", "2")
	if c := load(); c.API.Burst != 2 {
		t.Fatal("the environment does not win over the file")
	}
	if c := load("--api.burst=3"); c.API.Burst != 3 {
		t.Fatal("a flag does not win over the environment")
	}
}

func TestConfigNamesWhatIsWrong(t *testing.T) {
	home := makeHome(t, testnet(t))
	for text, want := range map[string]string{
		"[api]\nlisten = \"8080\"":        `api.listen must be an address and port such as 127.0.0.1:8080, was "8080"`,
		"[api]\nburst = \"many\"":         `api.burst must be a whole number, was "many"`,
		"[api]\nlissten = \":1\"":         "unknown key api.lissten",
		"[apy]\nlisten = \":1\"":          "unknown key apy.listen",
		"listen = 1":                      "unknown key listen",
		"[log]\nlevel = \"loud\"":         `log.level must be debug, info, warn or error, was "loud"`,
		"[faucet]\ninterval = 5":          `faucet.interval must be a duration such as 500ms or 5s, was "5"`,
		"[watchdog]\nheartbeats = 1":      "watchdog.heartbeats must be at least 2, was 1",
		"[store]\nkeep_versions = -1":     "store.keep_versions must be 0 (all) or more, was -1",
		"[api]\nlisten = ":                "blink.toml",
		"[faucet]\namount = \"10banana\"": "faucet.amount must be an amount such as 100blink",
	} {
		if err := os.WriteFile(home.ConfigFile(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadConfig(home, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %s", text, err, want)
		}
	}
	t.Setenv("BLINK_LOG_LEVEL", "loud")
	if err := os.WriteFile(home.ConfigFile(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadConfig(home, nil); err == nil || !strings.Contains(err.Error(), "log.level must be") {
		t.Errorf("a wrong variable gives %v", err)
	}
}

func TestConfigTOMLRefusesUnknownKeys(t *testing.T) {
	home := makeHome(t, testnet(t))
	editComet(t, home, func(text string) string { return text + "\n[consensuss]\ntimeout_propose = \"1s\"\n" })
	if _, err := loadComet(home); err == nil || !strings.Contains(err.Error(), "consensuss") {
		t.Fatalf("error is %v", err)
	}
}

func TestNodeIDIsWhatPeersSee(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	if id := NodeID(key); len(id) != 40 {
		t.Fatalf("id is %q", id)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is written now; look at the difference, then run go test ./node -update", path)
	}
}

// Many peers are polled less often each, by the square of their number.
func TestPollsOfManyPeers(t *testing.T) {
	const ms = time.Millisecond
	for peers, want := range map[int]time.Duration{0: 10 * ms, 3: 10 * ms, 4: 17 * ms, 6: 40 * ms, 9: 90 * ms, 15: 250 * ms, 100: 250 * ms} {
		if got := pollFor(10*ms, peers); got != want {
			t.Errorf("%d peers are polled each %v, want %v", peers, got, want)
		}
	}
}
