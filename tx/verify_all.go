package tx

import (
	"slices"

	"blink/crypto"
)

// Result is what Signed.Verify returns: the transaction, or a *Refusal.
type Result struct {
	Tx  Verified
	Err error
}

// VerifyAll gives for each transaction what its Verify gives. It checks all their signatures together, which takes about
// a third of the time when there are many; a wrong one among them does the others no harm (crypto.VerifyBatch).
func VerifyAll(chainID string, txs []Signed) []Result {
	results := make([]Result, len(txs))
	consents := make([]consent, len(txs))
	claims := make([]crypto.Claim, 0, len(txs))
	for i, t := range txs {
		c, r := t.consent(chainID)
		if r != nil {
			results[i].Err = r
			continue
		}
		consents[i] = c
		claims = append(claims, c.claims...)
	}
	verdicts := crypto.VerifyBatch(claims)
	for i, c := range consents {
		if results[i].Err != nil {
			continue
		}
		own := verdicts[:len(c.claims)]
		verdicts = verdicts[len(c.claims):]
		if wrong := slices.Index(own, false); wrong >= 0 {
			results[i].Err = c.refuse(wrong)
			continue
		}
		results[i].Tx = Verified{txs[i]}
	}
	return results
}
