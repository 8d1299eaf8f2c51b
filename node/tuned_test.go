package node

import (
	"reflect"
	"testing"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/spf13/viper"
)

// TestPeerIsTunedAsWeAre: the CometBFT that blink is compared with has every setting of the profile that a stock node can
// have, so that what is compared is not the configuration.
func TestPeerIsTunedAsWeAre(t *testing.T) {
	v := viper.New()
	v.SetConfigFile("../deploy/compare/tuned.toml")
	if err := v.ReadInConfig(); err != nil {
		t.Fatal(err)
	}
	peer, ours := cmtcfg.DefaultConfig(), LAN.CometConfig()
	if err := v.Unmarshal(peer); err != nil {
		t.Fatal(err)
	}
	// It has CometBFT's RPC, is not watched, is told its address book's strictness by cometbft testnet, and polls more
	// often since it does not push: the flag -gossip.
	peer.RPC, peer.Instrumentation = ours.RPC, ours.Instrumentation
	peer.P2P.AddrBookStrict = ours.P2P.AddrBookStrict
	peer.Consensus.PeerGossipSleepDuration = ours.Consensus.PeerGossipSleepDuration
	a, b := reflect.ValueOf(*peer), reflect.ValueOf(*ours)
	for i := range a.NumField() {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			t.Errorf("%s: tuned.toml gives\n%+v, lan has\n%+v", a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	}
}
