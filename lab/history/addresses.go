package history

import (
	"maps"
	"slices"

	"blink/crypto"
	"blink/genesis"
	"blink/tx"
)

// Addresses lists the accounts that occur in a genesis document and in the transactions of chains, ascending: those whose
// balances and nonces a node must report for Check to compare them.
func Addresses(doc genesis.Document, chains []Chain) []crypto.Address {
	found := newModel(doc, true).accounts
	note := func(a crypto.Address) { found[a] = nil }
	seen := make(map[tx.ID]bool)
	for _, chain := range chains {
		for _, b := range chain.Blocks {
			for _, t := range b.Txs {
				id := tx.IDOf(t.Raw)
				signed, err := tx.Decode(t.Raw)
				if err != nil || seen[id] {
					continue
				}
				seen[id] = true
				note(signed.Body().Sender)
				for _, msg := range signed.Body().Msgs {
					switch msg := msg.(type) {
					case tx.Transfer:
						note(msg.To)
					case tx.SetWithdrawAddress:
						note(msg.Address)
					}
				}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), byAddress)
}
