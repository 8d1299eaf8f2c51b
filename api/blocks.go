package api

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"blink/tx"
)

func (s *Server) blockRoutes() []route {
	return []route{
		get("/v1/blocks", s.getBlocks, "before", "limit"),
		get("/v1/blocks/{height}", s.getBlock, "raw"),
	}
}

type blockSummary struct {
	Height   int64     `json:"height"`
	Time     time.Time `json:"time"`
	Hash     string    `json:"hash"`
	AppHash  string    `json:"app_hash"` // of the state before this block
	Proposer string    `json:"proposer"` // consensus address
	Round    int32     `json:"round"`    // of the commit that finalised this block, not of the last commit in it
	TxCount  int       `json:"tx_count"`
}

func summarize(b Block) blockSummary {
	return blockSummary{
		Height: b.Height, Time: b.Time.UTC(), Hash: hex.EncodeToString(b.Hash), AppHash: hex.EncodeToString(b.AppHash),
		Proposer: consensusAddress(b.Proposer), Round: b.Round, TxCount: len(b.Txs),
	}
}

// getBlocks lists blocks, newest first.
func (s *Server) getBlocks(w http.ResponseWriter, r *request) error {
	limit, err := r.number("limit", 1, 100, 20)
	if err != nil {
		return err
	}
	top := s.cfg.Store.Height()
	before, err := r.number("before", 1, 1<<62, top+1)
	if err != nil {
		return err
	}
	answer := struct {
		Blocks []blockSummary `json:"blocks"`
		Next   int64          `json:"next_before,omitempty"`
	}{Blocks: []blockSummary{}}
	first, height := s.cfg.Genesis.FirstHeight(), min(before-1, top)
	for ; height >= first && int64(len(answer.Blocks)) < limit; height-- {
		b, err := s.cfg.Node.Block(height)
		if errors.Is(err, ErrNotFound) {
			return writeJSON(w, http.StatusOK, answer) // older blocks are pruned
		}
		if err != nil {
			return err
		}
		answer.Blocks = append(answer.Blocks, summarize(b))
	}
	if height >= first {
		answer.Next = height + 1
	}
	return writeJSON(w, http.StatusOK, answer)
}

type blockTx struct {
	ID    tx.ID  `json:"id"`
	Index int    `json:"index"`
	Code  string `json:"code,omitempty"`
	Bytes int    `json:"bytes"`
	Raw   []byte `json:"raw,omitempty"` // base64; with raw=true
	URL   string `json:"url"`
}

// getBlock answers for a height, or for "latest". With raw=true the transactions come whole.
func (s *Server) getBlock(w http.ResponseWriter, r *request) error {
	whole, err := r.flag("raw")
	if err != nil {
		return err
	}
	latest, err := s.latest()
	if err != nil {
		return err
	}
	height := latest.Height()
	if text := mux.Vars(r.Request)["height"]; text != "latest" {
		if height, err = number("height", text, 1, 1<<62); err != nil {
			return err
		}
	}
	if first := s.cfg.Genesis.FirstHeight(); height < first {
		return problem(codeNotFound, "there is no such block: this chain begins with block "+strconv.FormatInt(first, 10), "").at("height")
	}
	if height > latest.Height() {
		return problem(codeNotFound, "that block is not there yet; the last one is "+strconv.FormatInt(latest.Height(), 10), "").at("height")
	}
	b, err := s.cfg.Node.Block(height)
	if errors.Is(err, ErrNotFound) {
		return problem(codeNotFound, "this node no longer has that block", "ask a node that keeps more").at("height")
	}
	if err != nil {
		return err
	}
	answer := struct {
		blockSummary
		Txs []blockTx `json:"txs"`
	}{summarize(b), make([]blockTx, len(b.Txs))}
	for i, raw := range b.Txs {
		if answer.Txs[i], err = s.blockTx(b.Height, i, raw); err != nil {
			return err
		}
		if whole {
			answer.Txs[i].Raw = raw
		}
	}
	return writeJSON(w, http.StatusOK, answer)
}

func (s *Server) blockTx(height int64, index int, raw []byte) (blockTx, error) {
	id := tx.IDOf(raw)
	t := blockTx{ID: id, Index: index, Bytes: len(raw), URL: "/v1/txs/" + id.String()}
	entry, found, err := s.cfg.Store.Tx(id)
	if found && entry.Height == height && int(entry.Index) == index {
		t.Code = tx.Code(entry.Code).String()
	}
	return t, err
}
