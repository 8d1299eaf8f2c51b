package tx

import "blink/crypto"

// Verified is a transaction that its sender signed for this chain. Only Signed.Verify makes it, so whatever takes a
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
	if s.body.ChainID != chainID {
		r := refuse(WrongChain, "body.chain_id", "must be %q, was %q", chainID, s.body.ChainID)
		r.Expected = chainID
		return Verified{}, r
	}
	if r := s.checkConsent(); r != nil {
		r.Hint = "sign the BIP-340 tagged hash of the canonical body bytes under the tag " + SigningTag
		return Verified{}, r
	}
	return Verified{s}, nil
}

// checkConsent looks at the signatures. The form of the witness is that of the sender's kind since Decode; the zero
// value, which never was decoded, has neither witness nor key.
func (s Signed) checkConsent() *Refusal {
	hash := SigningHash(s.bytes)
	if pub, single := s.body.Sender.PublicKey(); single {
		if len(s.witness) != SignatureBytes || !crypto.Verify(pub, hash, crypto.Signature(s.witness)) {
			return refuse(BadSignature, "witness", "is not the sender's signature of this body")
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
