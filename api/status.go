package api

import (
	"encoding/hex"
	"net/http"
	"time"
)

func (s *Server) statusRoutes() []route {
	return []route{
		get("/v1/status", s.getStatus),
		get("/v1/config", s.getConfig),
		get("/v1/health", s.getHealth),
		get("/v1/ready", s.getReady),
		get("/metrics", s.getMetrics),
	}
}

type peerAnswer struct {
	ID       string `json:"id"`
	Moniker  string `json:"moniker"`
	Address  string `json:"address"`
	Outbound bool   `json:"outbound"`
}

type statusAnswer struct {
	ChainID    string           `json:"chain_id"`
	NodeID     string           `json:"node_id"`
	Moniker    string           `json:"moniker"`
	Version    string           `json:"version"`
	Height     int64            `json:"height"`
	AppHash    string           `json:"app_hash"`
	BlockTime  time.Time        `json:"block_time"`
	CatchingUp bool             `json:"catching_up"`
	Ready      bool             `json:"ready"`
	NotReady   string           `json:"not_ready_reason,omitempty"`
	Peers      []peerAnswer     `json:"peers"`
	Consensus  *consensusAnswer `json:"consensus,omitempty"` // of a node that takes part in it, once a round has begun
	Validator  *validatorStatus `json:"validator,omitempty"` // of a node that has a consensus key
	Mempool    mempoolAnswer    `json:"mempool"`
}

type consensusAnswer struct {
	Height   int64  `json:"height"`
	Round    int32  `json:"round"`
	Step     string `json:"step"`
	Proposer string `json:"proposer,omitempty"`
}

type validatorStatus struct {
	Active      bool   `json:"active"`
	Address     string `json:"address"`
	VotingPower int64  `json:"voting_power"`
}

type mempoolAnswer struct {
	Txs   int   `json:"txs"`
	Bytes int64 `json:"bytes"`
}

func (s *Server) getStatus(w http.ResponseWriter, _ *request) error {
	v := s.cfg.Node.Status()
	answer := statusAnswer{
		ChainID: v.ChainID, NodeID: v.NodeID, Moniker: v.Moniker, Version: v.Version, Height: v.Height, AppHash: hex.EncodeToString(v.AppHash),
		BlockTime: v.BlockTime.UTC(), CatchingUp: v.CatchingUp, Ready: true, Peers: []peerAnswer{}, Mempool: mempoolAnswer(v.Mempool),
	}
	if err := s.cfg.Node.Ready(); err != nil {
		answer.Ready, answer.NotReady = false, err.Error()
	}
	for _, p := range v.Peers {
		answer.Peers = append(answer.Peers, peerAnswer(p))
	}
	if c := v.Consensus; c.Height > 0 && !v.CatchingUp {
		answer.Consensus = &consensusAnswer{Height: c.Height, Round: c.Round, Step: c.Step, Proposer: consensusAddress(c.Proposer)}
	}
	if len(v.Validator.Address) > 0 {
		answer.Validator = &validatorStatus{Active: v.Validator.Active, Address: consensusAddress(v.Validator.Address), VotingPower: v.Validator.Power}
	}
	return writeJSON(w, http.StatusOK, answer)
}

// getHealth says that the process answers, and nothing more.
func (s *Server) getHealth(w http.ResponseWriter, _ *request) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// getReady says whether this node makes progress with the network: what a load balancer should ask.
func (s *Server) getReady(w http.ResponseWriter, _ *request) error {
	if err := s.cfg.Node.Ready(); err != nil {
		return problem(codeNotReady, err.Error(), "")
	}
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}
