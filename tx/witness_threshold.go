package tx

import (
	"errors"
	"fmt"
	"math/bits"

	"blink/crypto"
)

// ThresholdWitness is what a threshold account proves its consent with: its keys and threshold, which the address is a
// hash of, and signatures of the body by that many of the keys. All members sign the same SigningHash.
//
// A set of signers has one witness. Another set of the same members has another, and so has the same set when a member
// signs anew: the id of such a transaction is known only when it is complete. The nonce still lets only one execute.
type ThresholdWitness struct {
	Threshold  int                                   // signatures that it takes, 1 to the number of keys
	Keys       []crypto.PublicKey                    // 1 to crypto.MaxThresholdKeys, strictly ascending
	Signatures map[crypto.PublicKey]crypto.Signature // by the key that signed
}

// Address is the account that the witness speaks for. The error says what is wrong with keys or threshold.
func (w ThresholdWitness) Address() (crypto.Address, error) {
	return crypto.ThresholdAddress(w.Threshold, w.Keys)
}

// Encode gives the canonical bytes, with as many signatures as the threshold wants: where there are more, those of the
// first keys. It fails when keys or threshold make no address, when there are too few signatures, and when one is by
// no member. Whether a signature is right only Verify tells, which knows the body.
func (w ThresholdWitness) Encode() ([]byte, error) {
	if _, err := w.Address(); err != nil {
		return nil, err
	}
	var chosen []crypto.Signature
	var signers uint64
	members := 0
	for i, key := range w.Keys {
		signature, signed := w.Signatures[key]
		if !signed {
			continue
		}
		if members++; members <= w.Threshold {
			chosen = append(chosen, signature)
			signers |= 1 << i
		}
	}
	if strangers := len(w.Signatures) - members; strangers > 0 {
		return nil, fmt.Errorf("signatures must be by keys of the account, %d of %d are not", strangers, len(w.Signatures))
	}
	if len(chosen) < w.Threshold {
		return nil, fmt.Errorf("signatures must be %d, were %d", w.Threshold, len(chosen))
	}
	buf := appendUint(nil, 1, uint64(w.Threshold))
	for _, key := range w.Keys {
		buf = appendBytes(buf, 2, key[:])
	}
	buf = appendUint(buf, 3, signers)
	for _, signature := range chosen {
		buf = appendBytes(buf, 4, signature[:])
	}
	return buf, nil
}

// DecodeThresholdWitness reads what Encode wrote, and nothing else. It looks at the form only: neither at the curve nor
// at the signatures. The error is a *Refusal.
func DecodeThresholdWitness(raw []byte) (ThresholdWitness, error) {
	w, r := decodeThresholdWitness(raw)
	return w, r.within("witness").asError()
}

func decodeThresholdWitness(raw []byte) (ThresholdWitness, *Refusal) {
	r := wireReader{buf: raw}
	form := readThresholdForm(&r)
	if r.refusal != nil {
		return ThresholdWitness{}, r.refusal
	}
	if refusal := form.check(); refusal != nil {
		return ThresholdWitness{}, refusal
	}
	return form.witness(), nil
}

// thresholdForm is the witness as it stands in the bytes.
type thresholdForm struct {
	threshold  uint32
	keys       []crypto.PublicKey
	signers    uint32 // bit i: keys[i] has signed
	signatures []crypto.Signature
}

func readThresholdForm(r *wireReader) thresholdForm {
	var f thresholdForm
	for r.next() {
		switch r.number {
		case 1:
			f.threshold = r.uint32("threshold")
		case 2:
			if key := r.bytesElement("keys", len(f.keys), crypto.MaxThresholdKeys, len(crypto.PublicKey{})); key != nil {
				f.keys = append(f.keys, crypto.PublicKey(key))
			}
		case 3:
			f.signers = r.uint32("signers")
		case 4:
			if sig := r.bytesElement("signatures", len(f.signatures), crypto.MaxThresholdKeys, len(crypto.Signature{})); sig != nil {
				f.signatures = append(f.signatures, crypto.Signature(sig))
			}
		default:
			r.unknown()
		}
	}
	return f
}

// check leaves one form for a set of signers: exactly as many signatures as the threshold wants, no bit without one.
func (f thresholdForm) check() *Refusal {
	if len(f.keys) == 0 {
		return refuse(InvalidField, "keys", "must be 1 to %d, were 0", crypto.MaxThresholdKeys)
	}
	for i := 1; i < len(f.keys); i++ {
		if f.keys[i].Compare(f.keys[i-1]) <= 0 {
			return refuse(NonCanonical, element("keys", i), "keys must ascend, each once")
		}
	}
	switch n := len(f.keys); {
	case f.threshold < 1 || f.threshold > uint32(n):
		return refuse(InvalidField, "threshold", "must be 1 to the number of keys (%d), was %d", n, f.threshold)
	case bits.Len32(f.signers) > n:
		return refuse(InvalidField, "signers", "must have bits for %d keys only, was %b", n, f.signers)
	case bits.OnesCount32(f.signers) != int(f.threshold):
		return refuse(InvalidField, "signers", "must have %d bits set, had %d", f.threshold, bits.OnesCount32(f.signers))
	case len(f.signatures) != int(f.threshold):
		return refuse(InvalidField, "signatures", "must be %d, were %d", f.threshold, len(f.signatures))
	}
	return nil
}

// witness puts the signatures beside their keys. The form is checked.
func (f thresholdForm) witness() ThresholdWitness {
	signatures := make(map[crypto.PublicKey]crypto.Signature, len(f.signatures))
	for i, key := range f.keys {
		if f.signers>>i&1 == 1 {
			signatures[key] = f.signatures[len(signatures)]
		}
	}
	return ThresholdWitness{Threshold: int(f.threshold), Keys: f.keys, Signatures: signatures}
}

var errOtherAccount = errors.New("keys and threshold must be those of the sender's account")

// claims are the signatures that must be right for the witness to be the consent of sender to what hash stands for, in
// the order of the keys.
func (w ThresholdWitness) claims(sender crypto.Address, hash [32]byte) ([]crypto.Claim, error) {
	address, err := w.Address()
	if err != nil {
		return nil, err
	}
	if address != sender {
		return nil, errOtherAccount
	}
	claims := make([]crypto.Claim, 0, len(w.Signatures))
	for _, key := range w.Keys {
		if signature, signed := w.Signatures[key]; signed {
			claims = append(claims, crypto.Claim{Key: key, Hash: hash, Sig: signature})
		}
	}
	return claims, nil
}
