package lab

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"blink/genesis"
	"blink/lab/scenario"
)

// subnet is 10.A.B.0/24, of which the nodes' network and the networks of their clients have 16 addresses each.
type subnet struct{ a, b int }

func randomSubnet() subnet { return subnet{128 + rand.IntN(127), rand.IntN(256)} }

// part is the n-th network of it.
func (s subnet) part(n int) string { return fmt.Sprintf("10.%d.%d.%d/28", s.a, s.b, 16*n) }

// node is the address of node i in the nodes' network; .1 is the gateway's.
func (s subnet) node(i int) string { return fmt.Sprintf("10.%d.%d.%d", s.a, s.b, 4+i) }

// composeFile is what the override file may change, in the form of docker-compose.yml.
type composeFile struct {
	Services map[string]composeService `json:"services"`
	Networks map[string]composeNetwork `json:"networks"`
}

type composeService struct {
	Command  []string                     `json:"command,omitempty"`
	Restart  string                       `json:"restart,omitempty"`
	Networks map[string]map[string]string `json:"networks,omitempty"`
}

type composeNetwork struct {
	IPAM struct {
		Config []map[string]string `json:"config"`
	} `json:"ipam"`
}

func (c *composeCluster) overrideFile() string {
	return filepath.Join(c.cfg.Dir, "docker-compose.override.json")
}

// override says what differs from docker-compose.yml.
//
// A node that was killed stays down: by itself it would restart at once. Each node has its REST port on a network of its
// own, so that clients still reach one that is off the network of nodes; docker publishes ports through the first network
// by name, hence "clients" before "default". Addresses are fixed, so that a node comes back with the one that its
// connections know. And the keys follow from a seed, so that this program knows them.
func (c *composeCluster) override() (composeFile, error) {
	f := composeFile{Services: map[string]composeService{}, Networks: map[string]composeNetwork{}}
	params, err := changedParams(c.cfg.Params)
	if err != nil {
		return f, err
	}
	f.Services["init"] = composeService{Command: append([]string{
		"testnet", "--if-missing", "--chain-id=" + c.chainID, fmt.Sprintf("--validators=%d", scenario.ComposeValidators),
		fmt.Sprintf("--observers=%d", scenario.ComposeObservers), "--hosts=node%d", "--out=/homes", "--seed=" + c.seed, "--profile=" + c.cfg.Profile,
	}, params...)}
	f.Networks["default"] = networkOf(c.net.part(0))
	for i, n := range c.nodes {
		clients := fmt.Sprintf("clients%d", i)
		f.Networks[clients] = networkOf(c.net.part(1 + i))
		f.Services[n.Name] = composeService{Restart: "no", Networks: map[string]map[string]string{
			"default": {"ipv4_address": c.net.node(i)}, clients: {},
		}}
	}
	return f, nil
}

func networkOf(subnet string) composeNetwork {
	var n composeNetwork
	n.IPAM.Config = []map[string]string{{"subnet": subnet}}
	return n
}

// writeOverride writes it as JSON, which is YAML too.
func (c *composeCluster) writeOverride() error {
	f, err := c.override()
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.overrideFile(), b, 0o600)
}

// changedParams lists the parameters that differ from those of a test network, as flags of blinkd testnet.
func changedParams(p genesis.Params) ([]string, error) {
	if p == (genesis.Params{}) {
		return nil, nil
	}
	values, err := paramValues(p)
	if err != nil {
		return nil, err
	}
	usual, err := paramValues(genesis.TestnetParams())
	if err != nil {
		return nil, err
	}
	var flags []string
	for _, name := range genesis.ParamNames() {
		if values[name] != usual[name] {
			flags = append(flags, "--param="+name+"="+values[name])
		}
	}
	return flags, nil
}

// paramValues are the parameters by name, in digits.
func paramValues(p genesis.Params) (map[string]string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	values := make(map[string]string, len(raw))
	for name, v := range raw {
		values[name] = strings.Trim(string(v), `"`)
	}
	return values, nil
}
