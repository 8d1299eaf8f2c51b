// Package tx is the transaction: what it says, its one byte string, its signature, its JSON form.
//
// A transaction goes through three types, and each step can be taken in one way only:
//
//	Body      what the sender wants; a plain value
//	Signed    canonical bytes within all stateless bounds, by Sign, Decode, Assemble or ParseSigned
//	Verified  signed by its sender for this chain, by Signed.Verify
//
// The witness that makes a Signed a Verified is one signature, or for a threshold account a ThresholdWitness: its keys,
// its threshold and that many signatures. The external signer's way is the same for both: Body.Encode, SigningHash,
// signatures made anywhere, Assemble.
//
// Whatever takes a Verified need not check again. What cannot become one is explained by a *Refusal.
//
// The bytes are protobuf, with the public schema proto/blink/v1/tx.proto, but only one of the many encodings that
// protobuf allows is a transaction: see wireReader. The package is pure: it knows no state, clock or chance.
package tx
