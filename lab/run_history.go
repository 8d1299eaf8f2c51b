package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"blink/genesis"
	"blink/lab/history"
)

// gatherTimeout bounds the reading of all chains.
const gatherTimeout = 5 * time.Minute

// judge reads what every node says of the chain, checks it against what the clients were told, and writes both down.
func (r *trial) judge(ctx context.Context, result *Result, records []Record, nodes []ClusterNode) error {
	ctx, cancel := context.WithTimeout(ctx, gatherTimeout)
	defer cancel()
	h, err := r.gather(ctx, records, nodes)
	if err != nil {
		return fmt.Errorf("gather the history: %w", err)
	}
	violations, scope := h.Examine()
	result.Violations, result.Checked = violations, &scope
	dir := r.folder()
	if dir == "" {
		return nil
	}
	if err := os.RemoveAll(filepath.Join(dir, "history")); err != nil { // of a run before
		return err
	}
	return history.Write(dir, h)
}

// gather collects the history of the run from the chains of nodes. What the operators of nodes send stands outside: they fund the load, and stake.
func (r *trial) gather(ctx context.Context, records []Record, nodes []ClusterNode) (history.History, error) {
	text, err := r.client.Raw(ctx, "/v1/genesis")
	if err != nil {
		return history.History{}, err
	}
	var h history.History
	if h.Genesis, err = genesis.Parse(text); err != nil {
		return h, err
	}
	for i, k := range r.keys {
		h.Outside = append(h.Outside, history.Outside{Address: k.Operator.Address(), Why: "operator of " + r.nodes[i].Name})
	}
	h.Submissions = Submissions(records, r.loadNodes())
	h.Chains, err = Gather(ctx, h.Genesis, nodes)
	return h, err
}

// answering are the nodes that can be asked.
func (r *trial) answering(ctx context.Context) []ClusterNode {
	var up []ClusterNode
	for i, s := range r.askAll(ctx) {
		if s != nil {
			up = append(up, r.nodes[i])
		}
	}
	return up
}

// loadNodes are the names of the nodes that the load goes to.
func (r *trial) loadNodes() []string {
	var names []string
	for _, i := range r.scenario.Load.Nodes {
		names = append(names, r.nodes[i].Name)
	}
	if names == nil {
		for _, n := range r.nodes {
			names = append(names, n.Name)
		}
	}
	return names
}
