package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/privval"

	"blink/genesis"
)

// ErrSameChain: a home of the same chain would sign its heights again.
var ErrSameChain = errors.New("the new chain must have another id than the old one")

// SucceedHome makes the home of a node on a chain that goes on from another
// one's state, out of its home on the old chain: with the same keys and
// settings, the new genesis, and no blocks. The record of signed votes starts
// anew, which is safe because the chain id is in everything that is signed;
// for the same reason a genesis of the old chain's id is refused (ErrSameChain).
func SucceedHome(home, old Home, doc genesis.Document) error {
	before, err := genesis.Load(old.GenesisFile())
	if err = errors.Join(err, old.check(), home.mustBeNew(), doc.Validate()); err != nil {
		return err
	}
	if before.ChainID == doc.ChainID {
		return fmt.Errorf("%w: both are %s", ErrSameChain, doc.ChainID)
	}
	text, err := os.ReadFile(old.ConsensusKeyFile())
	if err != nil {
		return err
	}
	var key privval.FilePVKey
	if err := cmtjson.Unmarshal(text, &key); err != nil {
		return fmt.Errorf("%s: %w", old.ConsensusKeyFile(), err)
	}
	if _, ok := key.PrivKey.(ed25519.PrivKey); !ok {
		return fmt.Errorf("%s: the key must be an ed25519 key", old.ConsensusKeyFile())
	}
	for _, dir := range []string{filepath.Dir(home.ConfigFile()), filepath.Dir(home.ConsensusStateFile())} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := writeFile(home.GenesisFile(), doc.Encode()); err != nil {
		return err
	}
	privval.NewFilePV(key.PrivKey, home.ConsensusKeyFile(), home.ConsensusStateFile()).Save()
	for _, file := range []struct{ from, to string }{
		{old.NodeKeyFile(), home.NodeKeyFile()}, {old.FaucetKeyFile(), home.FaucetKeyFile()},
		{old.CometFile(), home.CometFile()}, {old.ConfigFile(), home.ConfigFile()}, // the last one completes the home
	} {
		text, err := os.ReadFile(file.from)
		if errors.Is(err, fs.ErrNotExist) && file.from == old.FaucetKeyFile() {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeFile(file.to, text); err != nil {
			return err
		}
	}
	return nil
}
