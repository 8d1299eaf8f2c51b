//go:build !byzantine

package node

import (
	"github.com/cometbft/cometbft/proxy"
	cmttypes "github.com/cometbft/cometbft/types"
)

// ByzantineConfig has fields only in a build that breaks the protocol on
// purpose (docs/byzantine.md). This one cannot be told to.
type ByzantineConfig struct{}

// conduct returns what consensus signs with and which application it asks:
// the signer and the application, as they are.
func (n *Node) conduct(app proxy.ClientCreator) (cmttypes.PrivValidator, proxy.ClientCreator, error) {
	return n.signer, app, nil
}
