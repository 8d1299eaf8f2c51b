package tx

import (
	"crypto/ed25519"

	"github.com/oasisprotocol/curve25519-voi/curve"
)

// Ed25519 is the only type of consensus key.
const Ed25519 = "ed25519"

// ConsensusKey is the public key that a validator signs its votes with.
type ConsensusKey struct {
	Type string `json:"type"` // Ed25519
	Key  []byte `json:"key"`  // 32 bytes; base64 in JSON
}

// Validate says whether CometBFT may be given this key: ed25519 only, 32 bytes, the canonical encoding of a point on
// the curve, and not one of the eight points of small order, under which anybody's signature is valid. A key of
// another type in a validator update would halt every node, and so must never get past here. The error is a *Refusal.
//
// The curve arithmetic is curve25519-voi, the library that CometBFT verifies votes with.
func (k ConsensusKey) Validate() error { return k.check().asError() }

func (k ConsensusKey) check() *Refusal {
	if k.Type != Ed25519 {
		return refuse(InvalidField, "type", "must be %q, was %q", Ed25519, k.Type)
	}
	if len(k.Key) != ed25519.PublicKeySize {
		return refuse(InvalidField, "key", "must be %d bytes, was %d", ed25519.PublicKeySize, len(k.Key))
	}
	encoded := curve.CompressedEdwardsY(k.Key)
	if !encoded.IsCanonicalVartime() {
		return refuse(InvalidField, "key", "must be the canonical encoding of an ed25519 point, was %x", k.Key)
	}
	var point curve.EdwardsPoint
	if _, err := point.SetCompressedY(&encoded); err != nil {
		return refuse(InvalidField, "key", "must be a point of ed25519, was %x", k.Key)
	}
	if point.IsSmallOrder() {
		return refuse(InvalidField, "key", "must not be a point of small order, was %x", k.Key)
	}
	return nil
}

func (k ConsensusKey) appendFields(buf []byte) []byte {
	buf = appendString(buf, 1, k.Type)
	return appendBytes(buf, 2, k.Key)
}

func readConsensusKey(r *wireReader) ConsensusKey {
	var k ConsensusKey
	for r.next() {
		switch r.number {
		case 1:
			k.Type = r.string("type")
		case 2:
			k.Key = r.bytes("key")
		default:
			r.unknown()
		}
	}
	return k
}

func parseConsensusKey(r *jsonReader) ConsensusKey {
	k := ConsensusKey{Type: r.string("type"), Key: r.base64("key")}
	r.done()
	return k
}
