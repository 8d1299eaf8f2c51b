package crypto

import (
	"errors"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
)

// Signature is a BIP-340 Schnorr signature: the x coordinate of R and then s, 32 bytes each. Without the key nobody can
// turn one valid signature into another over the same hash.
type Signature [64]byte

// Sign signs a hash by BIP-340 with auxiliary data of zeros. The BIP allows that: the nonce is still a secret hash of
// the key and the message. It makes the signature, and so the bytes and the id of a transaction, the same each time:
// signing again after a lost answer is a retry, not a second transaction. Against faults of the machine the signature
// is verified before it is handed out. SignAux takes fresh randomness instead.
func (k PrivateKey) Sign(hash [32]byte) (Signature, error) {
	return k.SignAux(hash, [32]byte{})
}

// SignFast makes the signature that Sign makes in a quarter of the time: it does not verify it. A fault of the machine
// could then give the key away to who sees the signature. It is for loads, whose keys are worth nothing.
func (k PrivateKey) SignFast(hash [32]byte) (Signature, error) {
	return k.sign(hash, [32]byte{}, schnorr.FastSign())
}

// SignAux signs a hash by BIP-340 with the given auxiliary random data, which hardens the signer against somebody
// who measures its power or its timing. It fails when k is the zero value, or the machine computed wrongly.
func (k PrivateKey) SignAux(hash, aux [32]byte) (Signature, error) { return k.sign(hash, aux) }

func (k PrivateKey) sign(hash, aux [32]byte, how ...schnorr.SignOption) (Signature, error) {
	if k.hidden == nil {
		return Signature{}, errors.New("sign: no private key")
	}
	sig, err := schnorr.Sign(&(*k.hidden).key, hash[:], append(how, schnorr.CustomNonce(aux))...)
	if err != nil {
		return Signature{}, errors.New("sign: " + err.Error())
	}
	return Signature(sig.Serialize()), nil
}

// Verify reports whether sig is the signature of hash by the owner of pub. A key off the curve, and an r or s out of
// range, are never valid.
func Verify(pub PublicKey, hash [32]byte, sig Signature) bool {
	var s btcec.ModNScalar
	if s.SetByteSlice(sig[32:]) { // btcec reduces s modulo n where BIP-340 says fail: it would have a second form
		return false
	}
	key, err := schnorr.ParsePubKey(pub[:])
	if err != nil {
		return false
	}
	parsed, err := schnorr.ParseSignature(sig[:])
	return err == nil && parsed.Verify(hash[:], key)
}
