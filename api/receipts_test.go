package api

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// receiptFile is a receipt that was made by the code which makes them: this package does not know how.
const receiptFile = "../finality/receipt/testdata/receipt.json"

// Receipt gives the same receipt for every transaction whose block is there; that of the node is tested in package node.
func (c *chain) Receipt(height int64, _ uint32) ([]byte, error) {
	if _, err := c.Block(height); err != nil {
		return nil, err
	}
	return os.ReadFile(receiptFile)
}

func TestReceipt(t *testing.T) {
	s := serve(t, nil)
	signed := s.transfer(0, 5)
	path := "/v1/txs/" + signed.ID().String() + "/receipt"
	s.get(path).problem(http.StatusNotFound, "not_found")
	s.get("/v1/txs/abc/receipt").problem(http.StatusBadRequest, "invalid_parameter")
	s.get(path+"?wait=5s").problem(http.StatusBadRequest, "unknown_parameter")

	s.hold(true)
	s.submit("/v1/txs", signed).is(http.StatusAccepted)
	waiting := s.get(path)
	if waiting.problem(http.StatusConflict, "not_final"); waiting.header.Get("Retry-After") != "1" {
		t.Errorf("try again after %q", waiting.header.Get("Retry-After"))
	}
	s.block(0)
	if v := s.get(path).is(http.StatusOK); v["format"] != "blink-receipt/1" || v["result"] == nil {
		t.Errorf("the receipt is %v", v)
	}

	refused := s.transfer(99, 5)
	s.submit("/v1/txs", refused)
	gone := s.get("/v1/txs/"+refused.ID().String()+"/receipt").problem(http.StatusConflict, "not_final")
	if !strings.Contains(gone["detail"].(string), "rejected") {
		t.Errorf("detail is %v", gone["detail"])
	}

	s.mu.Lock()
	s.blocks = nil
	s.mu.Unlock()
	s.get(path).problem(http.StatusGone, "pruned")
}
