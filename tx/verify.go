package tx

import "blink/crypto"

// Verified is a transaction that its sender signed for this chain. Only Verify and VerifyAll make it, so whatever takes a
// Verified need not look at signatures again. The zero value is no transaction.
type Verified struct {
	signed Signed // not embedded: nobody but Verify may fill it, not even a JSON decoder
}

// Signed is the transaction itself.
func (v Verified) Signed() Signed { return v.signed }

// ID is Signed.ID.
func (v Verified) ID() ID { return v.signed.id }

// Raw is Signed.Raw.
func (v Verified) Raw() []byte { return v.signed.raw }

// Body is Signed.Body.
func (v Verified) Body() Body { return v.signed.body }

// Verify checks that the transaction is for this chain and that the witness proves the sender's consent. It is the one
// expensive check, and gives the same answer for ever: callers remember it. It costs one signature, of a threshold
// account at most crypto.MaxThresholdKeys (16), and as many points of the curve to check: so much work a transaction may
// ask of CheckTx, even one whose last signature is wrong and which therefore pays no fee. It ends at the first wrong one.
// The error is a *Refusal.
func (s Signed) Verify(chainID string) (Verified, error) {
	if r := s.checkChain(chainID); r != nil {
		return Verified{}, r
	}
	return s.judge(s.checkConsent())
}

// Verdict is what Verify says of one transaction.
type Verdict struct {
	Tx  Verified
	Err error // a *Refusal
}

// VerifyAll gives for each transaction the verdict that Verify gives, in about a fifth of the time if there are many: the
// signatures of all kind-0 accounts are verified in one batch. It runs on the caller's goroutine.
func VerifyAll(chainID string, txs []Signed) []Verdict {
	verdicts := make([]Verdict, len(txs))
	claims := make([]crypto.Claim, 0, len(txs))
	places := make([]int, 0, len(txs)) // of the claims, in txs
	for i, s := range txs {
		if pub, single := s.body.Sender.PublicKey(); single && len(s.witness) == SignatureBytes && s.checkChain(chainID) == nil {
			claims = append(claims, crypto.Claim{Key: pub, Hash: SigningHash(s.bytes), Sig: crypto.Signature(s.witness)})
			places = append(places, i)
			continue
		}
		verdicts[i].Tx, verdicts[i].Err = s.Verify(chainID)
	}
	for n, valid := range crypto.VerifyBatch(claims) {
		i := places[n]
		var r *Refusal
		if !valid {
			r = refuseSignature()
		}
		verdicts[i].Tx, verdicts[i].Err = txs[i].judge(r)
	}
	return verdicts
}

func (s Signed) checkChain(chainID string) *Refusal {
	if s.body.ChainID == chainID {
		return nil
	}
	r := refuse(WrongChain, "body.chain_id", "must be %q, was %q", chainID, s.body.ChainID)
	r.Expected = chainID
	return r
}

// judge turns what was found wrong with the consent, nil for nothing, into a verdict.
func (s Signed) judge(r *Refusal) (Verified, error) {
	if r != nil {
		r.Hint = "sign the BIP-340 tagged hash of the canonical body bytes under the tag " + SigningTag
		return Verified{}, r
	}
	return Verified{s}, nil
}

func refuseSignature() *Refusal {
	return refuse(BadSignature, "witness", "is not the sender's signature of this body")
}

// checkConsent looks at the signatures. The form of the witness is that of the sender's kind since Decode; the zero
// value, which never was decoded, has neither witness nor key.
func (s Signed) checkConsent() *Refusal {
	hash := SigningHash(s.bytes)
	if pub, single := s.body.Sender.PublicKey(); single {
		if len(s.witness) != SignatureBytes || !crypto.Verify(pub, hash, crypto.Signature(s.witness)) {
			return refuseSignature()
		}
		return nil
	}
	w, r := decodeThresholdWitness(s.witness)
	if r != nil {
		return r.within("witness")
	}
	if err := w.verify(s.body.Sender, hash); err != nil {
		return refuse(BadSignature, "witness", "%v", err)
	}
	return nil
}
