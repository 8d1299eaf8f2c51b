package api

import (
	"errors"
	"net/http"
	"time"

	"blink/app"
	"blink/coin"
	"blink/crypto"
	"blink/store"
	"blink/tx"
)

func (s *Server) accountRoutes() []route {
	return []route{
		get("/v1/accounts/{address}", s.getAccount, "height"),
		get("/v1/accounts/{address}/txs", s.getAccountTxs, "cursor", "limit"),
		get("/v1/accounts/{address}/delegations", s.getDelegations, "height"),
		get("/v1/accounts/{address}/unbonding", s.getUnbonding, "height"),
		get("/v1/accounts/{address}/redelegations", s.getRedelegations, "height"),
		get("/v1/accounts/{address}/rewards", s.getRewards, "height"),
	}
}

type accountAnswer struct {
	Address      crypto.Address `json:"address"`
	Balance      coin.Amount    `json:"balance"`
	Nonce        uint64         `json:"nonce"`
	PendingNonce *uint64        `json:"pending_nonce,omitempty"` // only of the present state
	Height       int64          `json:"height"`
}

// getAccount answers with zeros for an address that was never used: it can receive all the same.
func (s *Server) getAccount(w http.ResponseWriter, r *request) error {
	address, state, err := s.addressAndState(r)
	if err != nil {
		return err
	}
	account := app.AccountOf(state, address)
	answer := accountAnswer{Address: address, Balance: account.Balance, Nonce: account.Nonce, Height: state.Height()}
	if r.param("height") == "" {
		pending := max(s.cfg.Node.PendingNonce(address), account.Nonce)
		answer.PendingNonce = &pending
	}
	return writeJSON(w, http.StatusOK, answer)
}

func (s *Server) addressAndState(r *request) (crypto.Address, store.View, error) {
	address, err := r.address()
	if err != nil {
		return address, nil, err
	}
	state, err := s.view(r)
	return address, state, err
}

// at gives the state after a height that is not in the future.
func (s *Server) at(height int64) (store.View, error) {
	v, err := s.cfg.Store.At(height)
	if errors.Is(err, store.ErrPruned) {
		return nil, problem(codePruned, "this node no longer has the state at that height", "ask a node that keeps more, or leave height out").at("height")
	}
	return v, err
}

type accountTx struct {
	ID     tx.ID     `json:"id"`
	Height int64     `json:"height"`
	Index  uint32    `json:"index"`
	Code   string    `json:"code"`
	Time   time.Time `json:"block_time"`
	URL    string    `json:"url"`
}

// getAccountTxs lists the transactions that touched an account, newest first, a page at a time.
func (s *Server) getAccountTxs(w http.ResponseWriter, r *request) error {
	address, err := r.address()
	if err != nil {
		return err
	}
	limit, err := r.number("limit", 1, 100, 20)
	if err != nil {
		return err
	}
	cursor, err := store.ParseCursor(r.param("cursor"))
	if err != nil {
		return invalid("cursor", "must be what next_cursor of an earlier page was")
	}
	entries, next, err := s.cfg.Store.TxsOf(address.Bytes(), cursor, int(limit))
	if err != nil {
		return err
	}
	answer := struct {
		Txs  []accountTx `json:"txs"`
		Next string      `json:"next_cursor,omitempty"`
	}{Txs: make([]accountTx, len(entries)), Next: next.String()}
	for i, e := range entries {
		id := tx.ID(e.ID)
		answer.Txs[i] = accountTx{ID: id, Height: e.Height, Index: e.Index, Code: tx.Code(e.Code).String(),
			Time: time.UnixMilli(e.Time).UTC(), URL: "/v1/txs/" + id.String()}
	}
	return writeJSON(w, http.StatusOK, answer)
}
