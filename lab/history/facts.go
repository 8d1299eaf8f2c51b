package history

import (
	"errors"
	"runtime"
	"sync"

	"blink/tx"
)

// fact is what the bytes of a transaction say by themselves.
type fact struct {
	raw  []byte
	body tx.Body
	rule string // the rule that they break; empty: none
	err  error  // how
	read bool   // body is known
}

func idText(raw []byte) string { return tx.IDOf(raw).String() }

// readTransactions decodes every transaction that is in a chain and verifies its signature, each once, on all cores.
func (c *checker) readTransactions() {
	c.facts = make(map[tx.ID]*fact)
	var list []*fact
	note := func(v *view) {
		v.ids, v.places = make([][]tx.ID, len(v.blocks)), make(map[tx.ID][]place)
		for i, b := range v.blocks {
			v.ids[i] = make([]tx.ID, len(b.Txs))
			for j, t := range b.Txs {
				id := tx.IDOf(t.Raw)
				v.ids[i][j] = id
				v.places[id] = append(v.places[id], place{b.Height, uint32(j)})
				if c.facts[id] == nil {
					c.facts[id] = &fact{raw: t.Raw}
					list = append(list, c.facts[id])
				}
			}
		}
	}
	note(&c.all)
	for i := range c.chains {
		if c.differ[i] {
			note(&c.chains[i])
		}
	}
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(list); i += workers {
				list[i].examine(c.h.Genesis.ChainID)
			}
		}()
	}
	wg.Wait()
}

func (f *fact) examine(chainID string) {
	signed, err := tx.Decode(f.raw)
	if err != nil {
		f.rule, f.err = RuleCanonical, err
		return
	}
	f.body, f.read = signed.Body(), true
	if _, err := signed.Verify(chainID); err != nil {
		f.rule, f.err = RuleSignature, err
		if r := (*tx.Refusal)(nil); errors.As(err, &r) && r.Code == tx.WrongChain {
			f.rule = RuleChainID
		}
	}
}
