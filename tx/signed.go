package tx

import (
	"bytes"

	"blink/crypto"
)

// SigningTag is the BIP-340 tag under which bodies are signed.
const SigningTag = "blink/tx/v1"

// SigningHash is the hash that the sender signs: the tagged hash of the body's canonical bytes.
func SigningHash(body []byte) [32]byte { return crypto.TaggedHash(SigningTag, body) }

// Signed is a well-formed transaction: canonical bytes within all stateless bounds. Nothing is known about its
// signature yet; Verify tells. The zero value is no transaction.
type Signed struct {
	id      ID
	raw     []byte
	bytes   []byte // of the body, within raw
	witness []byte // within raw
	body    Body
}

// ID is the SHA-256 of the raw bytes.
func (s Signed) ID() ID { return s.id }

// Raw is the transaction on the wire. Shared: read only.
func (s Signed) Raw() []byte { return s.raw }

// Body is the decoded body. Its slices are shared: read only.
func (s Signed) Body() Body { return s.body }

// BodyBytes are the bytes of the body as signed. Shared: read only.
func (s Signed) BodyBytes() []byte { return s.bytes }

// Witness proves the sender's consent; for a kind-0 account it is the 64 bytes of its signature, for a kind-1 account a
// ThresholdWitness. Shared: read only.
func (s Signed) Witness() []byte { return s.witness }

// Sign encodes and signs a body with its sender's key. The error is a *Refusal when the body is at fault.
func Sign(b Body, key crypto.PrivateKey) (Signed, error) { return sign(b, key, key.Sign) }

// SignFast is Sign in less time, at the risk that crypto.PrivateKey.SignFast names: for loads.
func SignFast(b Body, key crypto.PrivateKey) (Signed, error) { return sign(b, key, key.SignFast) }

func sign(b Body, key crypto.PrivateKey, by func([32]byte) (crypto.Signature, error)) (Signed, error) {
	if own := key.Address(); own != b.Sender {
		return Signed{}, &Refusal{Code: InvalidField, Field: "body.sender", Expected: own.String(),
			Message: "must be the address of the signing key, was " + b.Sender.String()}
	}
	body, err := b.Encode()
	if err != nil {
		return Signed{}, err
	}
	sig, err := by(SigningHash(body))
	if err != nil {
		return Signed{}, err
	}
	return Assemble(body, sig[:])
}

// Assemble joins a body and a witness made elsewhere, by an external signer. It checks what Decode checks.
func Assemble(body, witness []byte) (Signed, error) {
	raw := make([]byte, 0, len(body)+len(witness)+8)
	raw = appendBytes(raw, 1, body)
	raw = appendBytes(raw, 2, witness)
	return Decode(raw)
}

// Decode reads a transaction from the wire: canonical bytes within all stateless bounds, and nothing else. It keeps
// raw, which must not be written to any more. The error is a *Refusal.
func Decode(raw []byte) (Signed, error) {
	if len(raw) > MaxTxBytes {
		return Signed{}, refuse(TooLarge, "", "a transaction must be at most %d bytes, was %d", MaxTxBytes, len(raw))
	}
	s := Signed{raw: raw}
	if r := s.readEnvelope(); r != nil {
		return Signed{}, r
	}
	body, r := decodeBody(s.bytes)
	if r != nil {
		return Signed{}, r.within("body")
	}
	s.body = body
	if r := checkWitness(body.Sender, s.witness); r != nil {
		return Signed{}, r
	}
	s.id = IDOf(raw)
	return s, nil
}

func (s *Signed) readEnvelope() *Refusal {
	r := wireReader{buf: s.raw}
	for r.next() {
		switch r.number {
		case 1:
			s.bytes = r.bytes("body")
		case 2:
			s.witness = r.bytes("witness")
		default:
			r.unknown()
		}
	}
	r.require("body", s.bytes != nil)
	r.require("witness", s.witness != nil)
	return r.refusal
}

// checkWitness bounds the witness by its form alone.
func checkWitness(sender crypto.Address, witness []byte) *Refusal {
	if sender.Kind() == crypto.KindThreshold {
		_, r := decodeThresholdWitness(witness)
		return r.within("witness")
	}
	if len(witness) != SignatureBytes {
		return refuse(Malformed, "witness", "must be a signature of %d bytes, was %d", SignatureBytes, len(witness))
	}
	return nil
}

// Equal reports whether both are the same transaction.
func (s Signed) Equal(other Signed) bool { return bytes.Equal(s.raw, other.raw) }
