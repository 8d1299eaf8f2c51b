package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
)

const benchAccounts = 100_000

func benchKey(i int) []byte {
	key := make([]byte, 34) // a prefix and an address, spread like hashes
	r := rand.New(rand.NewPCG(1, uint64(i)))
	for at := 2; at < len(key); at += 8 {
		binary.LittleEndian.PutUint64(key[at:], r.Uint64())
	}
	return key
}

func benchStore(b *testing.B, o Options) *Store {
	s := openTest(b, o)
	const portion = 10_000
	for from := 0; from < benchAccounts; from += portion {
		over := NewOverlay(s.Latest())
		for i := from; i < from+portion; i++ {
			over.Set(benchKey(i), binary.BigEndian.AppendUint64(make([]byte, 16), uint64(i)))
		}
		commitOverlay(b, s, over, nil)
	}
	for i := range o.KeepVersions + portion/100 { // until pruning is past these blocks
		over := NewOverlay(s.Latest())
		over.Set(benchKey(int(i)), []byte("changed"))
		commitOverlay(b, s, over, nil)
	}
	return s
}

// BenchmarkBlock is what a block costs between execution and the next one, on 100 000 accounts: Stage and Commit of
// changes to so many accounts, with an index entry for every two of them. The accounts are any of all, most of whose
// nodes are not in memory, or some of 1000 busy ones.
func BenchmarkBlock(b *testing.B) {
	for _, keep := range []int64{0, 100} {
		s := benchStore(b, Options{KeepVersions: keep})
		r := rand.New(rand.NewPCG(2, 3))
		for _, c := range []struct{ accounts, among int }{
			{0, benchAccounts}, {1, benchAccounts}, {2, benchAccounts}, {10, benchAccounts}, {100, benchAccounts}, {1000, benchAccounts},
			{2, 1000}, {10, 1000}, {100, 1000},
		} {
			accounts := c.accounts
			b.Run(fmt.Sprintf("keep=%d/changed=%d/of=%d", keep, accounts, c.among), func(b *testing.B) {
				for b.Loop() {
					height := s.Height() + 1
					o := NewOverlay(s.Latest())
					var txs []TxEntry
					for i := range accounts {
						key := benchKey(r.IntN(c.among))
						o.Set(key, binary.BigEndian.AppendUint64(make([]byte, 16), r.Uint64()))
						if i%2 == 0 {
							e := TxEntry{Height: height, Index: uint32(i), Accounts: [][]byte{key[1:], benchKey(i)[1:]}}
							binary.BigEndian.PutUint64(e.ID[:], r.Uint64())
							txs = append(txs, e)
						}
					}
					commitOverlay(b, s, o, txs)
				}
			})
		}
	}
}

func BenchmarkGet(b *testing.B) {
	s := benchStore(b, Options{})
	view, keys := s.Latest(), make([][]byte, benchAccounts)
	for i := range keys {
		keys[i] = benchKey(i)
	}
	for name, among := range map[string]int{"hot": 1000, "any": benchAccounts} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if view.Get(keys[(i*7919)%among]) == nil {
					b.Fatal("missing")
				}
			}
		})
	}
}

func BenchmarkOverlay(b *testing.B) {
	s := benchStore(b, Options{})
	key, value := benchKey(1), []byte("value")
	b.Run("fork set join", func(b *testing.B) {
		o := NewOverlay(s.Latest())
		for b.Loop() {
			f := o.Fork()
			f.Get(key)
			f.Set(key, value)
			f.Join()
		}
	})
}
