#!/usr/bin/env python3
"""Signs a hash as BIP-340 says, with nothing of blink: any language can.

usage: sign.py PRIVATE_KEY_HEX HASH_HEX      prints the signature in hex

For tests only: it takes no care that the time it needs tells nothing.
"""
import hashlib
import sys

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and a[1] != b[1]:
        return None
    if a == b:
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(point, k):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def tagged(tag, *parts):
    t = hashlib.sha256(tag.encode()).digest()
    return hashlib.sha256(t + t + b"".join(parts)).digest()


def sign(key, message, randomness=bytes(32)):
    d = int.from_bytes(key, "big")
    public = multiply(G, d)
    if public[1] % 2:
        d = N - d
    x = public[0].to_bytes(32, "big")
    masked = (d ^ int.from_bytes(tagged("BIP0340/aux", randomness), "big")).to_bytes(32, "big")
    k = int.from_bytes(tagged("BIP0340/nonce", masked, x, message), "big") % N
    r = multiply(G, k)
    if r[1] % 2:
        k = N - k
    rx = r[0].to_bytes(32, "big")
    e = int.from_bytes(tagged("BIP0340/challenge", rx, x, message), "big") % N
    return rx + ((k + e * d) % N).to_bytes(32, "big")


if __name__ == "__main__":
    print(sign(bytes.fromhex(sys.argv[1]), bytes.fromhex(sys.argv[2])).hex())
