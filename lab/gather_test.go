package lab

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"blink/lab/history"
	"blink/tx"
)

// archive serves what a node said once: its chain of a real history, perhaps pruned.
type archive struct {
	history.Chain
	chainID string
	busy    atomic.Int64 // requests that are still to be turned away
}

func (a *archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.busy.Add(-1) >= 0 {
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"status":429,"code":"rate_limited","detail":"slow down"}`)
		return
	}
	var answer any
	switch kind, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"); kind {
	case "status":
		answer = map[string]any{"chain_id": a.chainID, "height": a.Last, "app_hash": a.AppHash}
	case "supply":
		answer = a.Supply
	case "accounts":
		answer = map[string]any{"address": name, "balance": "0", "nonce": 0}
		for _, known := range a.Accounts {
			if known.Address.String() == name {
				answer = known
			}
		}
	case "blocks":
		height, _ := strconv.ParseInt(name, 10, 64)
		if height < a.First || height > a.Last {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"status":404,"code":"not_found"}`)
			return
		}
		answer = blockAnswer(a.Blocks[height-a.First])
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func blockAnswer(b history.Block) map[string]any {
	txs := []map[string]any{}
	for i, t := range b.Txs {
		txs = append(txs, map[string]any{"id": tx.IDOf(t.Raw), "index": i, "code": t.Code, "raw": t.Raw})
	}
	return map[string]any{"height": b.Height, "hash": b.Hash, "app_hash": b.AppHash, "time": b.Time, "proposer": b.Proposer, "round": b.Round, "txs": txs}
}

// A history whose nodes are asked again is the same history; node2 has pruned blocks, and node1 is too busy at first.
func TestGatherReadsWhatNodesServe(t *testing.T) {
	h, archives, nodes := serveHistory(t)
	archives[1].busy.Store(3)
	archives[2].Blocks, archives[2].First = archives[2].Blocks[17:], archives[2].First+17
	h.Chains[2] = archives[2].Chain
	got, err := Gather(t.Context(), h.Genesis, nodes)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, h.Chains) {
		t.Errorf("got %+v\nwant %+v", got, h.Chains)
	}
	h.Chains = got
	if found := h.Check(); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}

func TestGatherRefuses(t *testing.T) {
	h, archives, nodes := serveHistory(t)
	archives[3].chainID = "another-chain"
	if _, err := Gather(t.Context(), h.Genesis, nodes); err == nil || !strings.Contains(err.Error(), `status of node3: must be of the chain`) {
		t.Errorf("a node of another chain: %v", err)
	}
	archives[3].chainID = h.Genesis.ChainID
	nodes[3].REST = "http://127.0.0.1:1"
	if _, err := Gather(t.Context(), h.Genesis, nodes); err == nil || !strings.Contains(err.Error(), "status of node3: ") {
		t.Errorf("a node that is down: %v", err)
	}
}

func serveHistory(t *testing.T) (history.History, []*archive, []ClusterNode) {
	t.Helper()
	h, err := history.Read("history/testdata/real")
	if err != nil {
		t.Fatal(err)
	}
	var archives []*archive
	var nodes []ClusterNode
	for _, chain := range h.Chains {
		a := &archive{Chain: chain, chainID: h.Genesis.ChainID}
		server := httptest.NewServer(a)
		t.Cleanup(server.Close)
		archives, nodes = append(archives, a), append(nodes, ClusterNode{Name: chain.Node, REST: server.URL})
	}
	return h, archives, nodes
}
