package tx

import (
	"slices"

	"blink/crypto"
)

// Verified is a transaction that its sender signed for this chain. Only Signed.Verify and VerifyAll make it, so whatever
// takes a Verified need not look at signatures again. The zero value is no transaction.
type Verified struct {
	signed Signed // not embedded: nobody else may fill it, not even a JSON decoder
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
	c, r := s.consent(chainID)
	if r != nil {
		return Verified{}, r
	}
	for i, claim := range c.claims {
		if !crypto.Verify(claim.Key, claim.Hash, claim.Sig) {
			return Verified{}, c.refuse(i)
		}
	}
	return Verified{s}, nil
}

// consent is the signatures that a transaction stands or falls with.
type consent struct {
	claims []crypto.Claim
	keys   []crypto.PublicKey // of a threshold account; nil: the sender is a key
}

// consent finds everything wrong but the signatures themselves. The form of the witness is that of the sender's kind
// since Decode; the zero value, which never was decoded, has neither witness nor key.
func (s Signed) consent(chainID string) (consent, *Refusal) {
	if s.body.ChainID != chainID {
		r := refuse(WrongChain, "body.chain_id", "must be %q, was %q", chainID, s.body.ChainID)
		r.Expected = chainID
		return consent{}, r
	}
	hash := SigningHash(s.bytes)
	if pub, single := s.body.Sender.PublicKey(); single {
		if len(s.witness) != SignatureBytes {
			return consent{}, consent{}.refuse(0)
		}
		return consent{claims: []crypto.Claim{{Key: pub, Hash: hash, Sig: crypto.Signature(s.witness)}}}, nil
	}
	w, r := decodeThresholdWitness(s.witness)
	if r != nil {
		return consent{}, hinted(r.within("witness"))
	}
	claims, err := w.claims(s.body.Sender, hash)
	if err != nil {
		return consent{}, hinted(refuse(BadSignature, "witness", "%v", err))
	}
	return consent{claims, w.Keys}, nil
}

// refuse is for the first signature that is wrong.
func (c consent) refuse(claim int) *Refusal {
	if c.keys == nil {
		return hinted(refuse(BadSignature, "witness", "is not the sender's signature of this body"))
	}
	return hinted(refuse(BadSignature, "witness", "the signature of keys[%d] is not its signature of this body",
		slices.Index(c.keys, c.claims[claim].Key)))
}

func hinted(r *Refusal) *Refusal {
	r.Hint = "sign the BIP-340 tagged hash of the canonical body bytes under the tag " + SigningTag
	return r
}
