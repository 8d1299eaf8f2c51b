package history_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"blink/coin"
	"blink/genesis"
	"blink/lab/history"
	"blink/tx"
)

// BenchmarkCheck checks runs of four nodes and so many transactions, 100 to a block: most of it is one verification of
// each signature. Making the history takes longer than checking it.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := longHistory(n)
			for b.Loop() {
				if found := h.Check(); len(found) > 0 {
					b.Fatalf("%+v", found[0])
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "txs/s")
		})
	}
}

// longHistory is one of n transfers in a circle of 100 accounts.
func longHistory(n int) history.History {
	const accounts = 100
	h := history.History{Genesis: genesis.Document{ChainID: testChain, GenesisTime: genesisTime, Params: genesis.TestnetParams()},
		Submissions: make([]history.Submission, n)}
	raws := make([][]byte, n)
	var wg sync.WaitGroup
	for core := range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := core; i < n; i += runtime.GOMAXPROCS(0) {
				raws[i] = sign(tx.Body{Nonce: uint64(i / accounts), Fee: h.Genesis.Params.MinFee, ValidUntil: genesisTime.Unix() + 3600,
					Msgs: []tx.Msg{tx.Transfer{To: keyOf(fmt.Sprint((i + 1) % accounts)).Address(), Amount: 1}}}, keyOf(fmt.Sprint(i%accounts))).Raw()
			}
		}()
	}
	wg.Wait()
	var chain history.Chain
	for i := range accounts {
		who, paid := keyOf(fmt.Sprint(i)).Address(), coin.Amount(n/accounts)*h.Genesis.Params.MinFee
		h.Genesis.Accounts = append(h.Genesis.Accounts, genesis.Account{Address: who, Balance: 1000 * coin.Blink})
		chain.Accounts = append(chain.Accounts, history.Account{Address: who, Balance: 1000*coin.Blink - paid, Nonce: uint64(n / accounts)})
	}
	for height := range int64(n / accounts) {
		block := history.Block{Height: height + 1, Time: genesisTime.Add(time.Duration(height) * time.Second)}
		for i := range accounts {
			k := int(height)*accounts + i
			block.Txs = append(block.Txs, history.BlockTx{Raw: raws[k], Code: "ok"})
			h.Submissions[k] = history.Submission{ID: tx.IDOf(raws[k]), Submitted: time.Duration(k), Answered: time.Duration(k + 500),
				Node: "node0", Status: history.Final, Code: "ok", Height: height + 1, Index: uint32(i)}
		}
		chain.Blocks = append(chain.Blocks, block)
	}
	chain.First, chain.Last, chain.StateAt = 1, int64(n/accounts), int64(n/accounts)
	for i := range 4 {
		chain.Node = fmt.Sprint("node", i)
		h.Chains = append(h.Chains, chain)
	}
	return clone(h)
}
