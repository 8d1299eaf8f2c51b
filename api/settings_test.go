package api

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"blink/api/client"
)

func (c *chain) Settings() Settings {
	return Settings{
		Digest: hex.EncodeToString(make([]byte, 32)), ProfileHint: "lan", Push: true,
		Timeouts: Timeouts{Propose: 60 * time.Millisecond, Prevote: time.Millisecond / 2, Heartbeat: 10 * time.Second},
		Mempool:  MempoolLimits{Txs: 10_000, Bytes: 64 << 20, MaxTxBytes: 64 << 10, CacheTxs: 100_000},
		Store:    StoreSettings{KeepVersions: 1000, CacheNodes: 200_000},
	}
}

// typed is a client of a server, for what the server says in types.
func (s *served) typed() *client.Client {
	c, err := client.New([]string{s.url}, client.Options{})
	must(s.t, err)
	s.t.Cleanup(c.Close)
	return c
}

func TestConfig(t *testing.T) {
	s := serve(t, nil)
	s.get("/v1/config").is(http.StatusOK)
	got, err := s.typed().Config(t.Context())
	must(t, err)
	if got.Digest == "" || got.ProfileHint != "lan" || !got.Push || got.Timeouts != (client.Timeouts{Propose: 60, Prevote: 0.5, Heartbeat: 10_000}) ||
		got.Mempool.Size != 10_000 || got.Mempool.MaxTxBytes != 64<<10 || got.Store.KeepVersions != 1000 {
		t.Errorf("%+v", got)
	}
}

func TestWhereConsensusIs(t *testing.T) {
	s := start(t, nil)
	if got := s.get("/v1/status").is(http.StatusOK); got["consensus"] != nil {
		t.Errorf("before the first round: %v", got)
	}
	s.block(0)
	got, err := s.typed().Status(t.Context())
	must(t, err)
	want := client.Consensus{Height: 2, Step: "new_round", Proposer: "0000000000000000000000000000000000000000"}
	if got.Consensus == nil || *got.Consensus != want {
		t.Errorf("consensus is %+v", got.Consensus)
	}
}

func TestBlocksWithTheirTransactions(t *testing.T) {
	s := serve(t, nil)
	sent := s.transfer(0, 5)
	s.submit("/v1/txs?wait=final", sent).is(http.StatusOK)
	for _, path := range []string{"/v1/blocks/2", "/v1/blocks/2?raw=false"} {
		if txs := s.get(path).is(http.StatusOK)["txs"].([]any); txs[0].(map[string]any)["raw"] != nil {
			t.Errorf("%s: %v", path, txs)
		}
	}
	s.get("/v1/blocks/2?raw=true").is(http.StatusOK)
	s.get("/v1/blocks/2?raw=1").problem(http.StatusBadRequest, codeInvalidParameter)
	for _, height := range []int64{0, 2} {
		b, err := s.typed().Block(t.Context(), height, true)
		must(t, err)
		if b.Height != 2 || b.Proposer == "" || len(b.Txs) != 1 || b.Txs[0].ID != sent.ID() || b.Txs[0].Code != "ok" || !bytes.Equal(b.Txs[0].Raw, sent.Raw()) {
			t.Errorf("%+v", b)
		}
	}
}
