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
// expensive check (a signature), and gives the same answer for ever: callers remember it. The error is a *Refusal.
func (s Signed) Verify(chainID string) (Verified, error) {
	if s.body.ChainID != chainID {
		r := refuse(WrongChain, "body.chain_id", "must be %q, was %q", chainID, s.body.ChainID)
		r.Expected = chainID
		return Verified{}, r
	}
	pub, ok := s.body.Sender.PublicKey()
	if !ok {
		return Verified{}, refuse(Unsupported, "body.sender", "threshold accounts cannot send in this version")
	}
	if len(s.witness) != SignatureBytes || !crypto.Verify(pub, SigningHash(s.bytes), crypto.Signature(s.witness)) {
		r := refuse(BadSignature, "witness", "is not the sender's signature of this body")
		r.Hint = "sign the BIP-340 tagged hash of the canonical body bytes under the tag " + SigningTag
		return Verified{}, r
	}
	return Verified{s}, nil
}
