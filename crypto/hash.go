package crypto

import "crypto/sha256"

// TaggedHash is the tagged hash of BIP-340: SHA-256(SHA-256(tag) || SHA-256(tag) || parts...). Hashes made under
// different tags never collide, so a signature over one kind of message cannot be passed off as one over another.
func TaggedHash(tag string, parts ...[]byte) [32]byte {
	prefix := sha256.Sum256([]byte(tag))
	var short [320]byte // most inputs fit, and need no memory of their own
	b := append(append(short[:0], prefix[:]...), prefix[:]...)
	for _, part := range parts {
		b = append(b, part...)
	}
	return sha256.Sum256(b)
}
