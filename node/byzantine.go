//go:build byzantine

package node

import (
	"errors"
	"time"

	"github.com/cometbft/cometbft/proxy"
	cmttypes "github.com/cometbft/cometbft/types"
)

// ByzantineConfig says at which heights this validator breaks the protocol,
// each as heights are written (heights.parse), and how wrong its clock is. It
// is for demonstrations and tests of what the others then do
// (docs/byzantine.md).
type ByzantineConfig struct {
	DoublePrevote   string `key:"double_prevote" help:"heights at which it signs a second prevote, for another block: 20, 20-25 or 20-; none if empty"`
	DoublePrecommit string `key:"double_precommit" help:"heights at which it signs a second precommit, for another block"`
	Silent          string `key:"silent" help:"heights at which it signs no votes and makes no proposals"`
	Garbage         string `key:"garbage" help:"heights at which its proposals hold a transaction that does not decode"`

	ClockSkew time.Duration `key:"clock_skew" help:"how far the clock is off by which it votes: 30s is ahead, -30s behind; at all heights"`
}

// misdeeds is ByzantineConfig, read.
type misdeeds struct {
	doublePrevote, doublePrecommit, silent, garbage heights
}

func (c ByzantineConfig) parse() (misdeeds, error) {
	var m misdeeds
	return m, errors.Join(
		m.doublePrevote.parse("byzantine.double_prevote", c.DoublePrevote),
		m.doublePrecommit.parse("byzantine.double_precommit", c.DoublePrecommit),
		m.silent.parse("byzantine.silent", c.Silent),
		m.garbage.parse("byzantine.garbage", c.Garbage),
	)
}

// conduct returns what consensus signs with and which application it asks,
// both under the influence of the settings, and says so loudly.
func (n *Node) conduct(app proxy.ClientCreator) (cmttypes.PrivValidator, proxy.ClientCreator, error) {
	c := n.o.Config.Byzantine
	m, err := c.parse()
	if err != nil {
		return nil, nil, err
	}
	n.o.Logger.Warn("BYZANTINE BUILD: this node breaks the protocol on purpose and can lose its stake for good; it is for test networks only",
		"double_prevote", c.DoublePrevote, "double_precommit", c.DoublePrecommit, "silent", c.Silent, "garbage", c.Garbage,
		"clock_skew", c.ClockSkew)
	return &byzantineSigner{signer: n.signer, node: n, misdeeds: m, clockSkew: c.ClockSkew}, byzantineCreator{ClientCreator: app, node: n, garbage: m.garbage}, nil
}
