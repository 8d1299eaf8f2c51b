package crypto

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
)

// evenY is how a compressed point with an even y begins.
const evenY = 2

// aggregateKeys is KeyAgg of BIP-327, for points in the order that all signers keep to.
func aggregateKeys(points []*btcec.PublicKey) (PublicKey, error) {
	aggregate, _, _, err := musig2.AggregateKeys(points, false)
	if err != nil {
		return PublicKey{}, err
	}
	return ParsePublicKey(schnorr.SerializePubKey(aggregate.FinalKey))
}

// makeNonces is NonceGen of BIP-327 with all of its optional inputs. It needs the private key, so that a seed that is
// read by somebody else, or drawn badly, gives no nonce away.
func makeNonces(signer *btcec.PrivateKey, account PublicKey, message [32]byte, seed NonceSeed) (*musig2.Nonces, error) {
	aggregate, err := schnorr.ParsePubKey(account[:])
	if err != nil {
		return nil, err
	}
	return musig2.GenNonces(
		musig2.WithCustomRand(bytes.NewReader(seed[:])),
		musig2.WithPublicKey(signer.PubKey()),
		musig2.WithNonceSecretKeyAux(signer),
		musig2.WithNonceCombinedKeyAux(aggregate),
		musig2.WithNonceMessageAux(message),
	)
}

// aggregateNonces is NonceAgg of BIP-327.
func aggregateNonces(nonces []PublicNonce) (PublicNonce, error) {
	raw := make([][musig2.PubNonceSize]byte, len(nonces))
	for i, nonce := range nonces {
		if _, err := ParsePublicNonce(nonce[:]); err != nil { // the library would take the point at infinity
			return PublicNonce{}, fmt.Errorf("nonce %d: %w", i, err)
		}
		raw[i] = nonce
	}
	return musig2.AggregateNonces(raw)
}

// signPartial is Sign of BIP-327.
func signPartial(points []*btcec.PublicKey, signer *btcec.PrivateKey, secret [musig2.SecNonceSize]byte, total PublicNonce,
	message [32]byte) (PartialSignature, error) {
	partial, err := musig2.Sign(secret, signer, total, points, message)
	if err != nil {
		return PartialSignature{}, fmt.Errorf("sign: %w", err)
	}
	return partial.S.Bytes(), nil
}

// verifyPartial is PartialSigVerify of BIP-327 for the signer at index.
func verifyPartial(points []*btcec.PublicKey, index int, nonce, total PublicNonce, message [32]byte, partial PartialSignature) bool {
	var s btcec.ModNScalar
	if s.SetByteSlice(partial[:]) { // not below the order
		return false
	}
	sig := musig2.NewPartialSignature(&s, nil)
	return sig.Verify(nonce, total, points, points[index], message)
}

// addPartials is PartialSigAgg of BIP-327: the x coordinate of the final nonce, and the sum.
func addPartials(account PublicKey, total PublicNonce, message [32]byte, partials []PartialSignature) (Signature, error) {
	r, err := finalNonce(account, total, message)
	if err != nil {
		return Signature{}, err
	}
	parts := make([]*musig2.PartialSignature, len(partials))
	for i, partial := range partials {
		s := new(btcec.ModNScalar)
		if s.SetByteSlice(partial[:]) {
			return Signature{}, errors.New("a partial signature must be below the order of the curve")
		}
		parts[i] = &musig2.PartialSignature{S: s}
	}
	return Signature(musig2.CombineSigs(r, parts).Serialize()), nil
}

// finalNonce is R of BIP-327's GetSessionValues: R1 + b*R2, or the generator should that be the point at infinity. The
// library computes it only for who signs.
func finalNonce(account PublicKey, total PublicNonce, message [32]byte) (*btcec.PublicKey, error) {
	r1, err := btcec.ParseJacobian(total[:33])
	if err != nil {
		return nil, err
	}
	r2, err := btcec.ParseJacobian(total[33:])
	if err != nil {
		return nil, err
	}
	var b btcec.ModNScalar
	hash := TaggedHash("MuSig/noncecoef", total[:], account[:], message[:])
	b.SetBytes(&hash)
	btcec.ScalarMultNonConst(&b, &r2, &r2)
	var r btcec.JacobianPoint
	btcec.AddNonConst(&r1, &r2, &r)
	if r.Z.IsZero() || r.X.IsZero() && r.Y.IsZero() {
		return btcec.Generator(), nil
	}
	r.ToAffine()
	return btcec.NewPublicKey(&r.X, &r.Y), nil
}
