package sign

import (
	"filippo.io/edwards25519"

	"rv86/kmod/sha2"
)

// Ed25519 as RFC 8032 5.1 has it, for the reason for which there is package sha2.
// A test holds it against the standard library's.

const (
	publicKeySize = 32
	seedSize      = 32
	signatureSize = 64
	halfSize      = 32 // of a signature, and of a key's hash
)

// hash is the SHA-512 of its arguments, as a scalar.
func hash(parts ...[]byte) *edwards25519.Scalar {
	sum := sha2.Sum512(parts...)
	s, err := new(edwards25519.Scalar).SetUniformBytes(sum[:])
	if err != nil {
		panic("sign: bug: a SHA-512 sum has 64 bytes")
	}
	return s
}

// expand makes the secret scalar and the prefix of a seed (5.1.5).
func expand(seed []byte) (s *edwards25519.Scalar, prefix []byte) {
	h := sha2.Sum512(seed)
	s, err := new(edwards25519.Scalar).SetBytesWithClamping(h[:halfSize])
	if err != nil {
		panic("sign: bug: half a SHA-512 sum has 32 bytes")
	}
	return s, h[halfSize:]
}

// publicOf is the public key of a seed.
func publicOf(seed []byte) []byte {
	s, _ := expand(seed)
	return new(edwards25519.Point).ScalarBaseMult(s).Bytes()
}

// signature signs a message (5.1.6).
func signature(seed, message []byte) []byte {
	s, prefix := expand(seed)
	r := hash(prefix, message)
	point := new(edwards25519.Point).ScalarBaseMult(r).Bytes()
	k := hash(point, publicOf(seed), message)
	return append(point, new(edwards25519.Scalar).MultiplyAdd(k, s, r).Bytes()...)
}

// verify checks a signature (5.1.7).
func verify(public, message, sig []byte) bool {
	if len(sig) != signatureSize {
		return false
	}
	a, err := new(edwards25519.Point).SetBytes(public)
	if err != nil {
		return false
	}
	s, err := new(edwards25519.Scalar).SetCanonicalBytes(sig[halfSize:])
	if err != nil {
		return false
	}
	k := hash(sig[:halfSize], public, message)
	// [S]B = R + [k]A, so R = [k](-A) + [S]B.
	r := new(edwards25519.Point).VarTimeDoubleScalarBaseMult(k, a.Negate(a), s)
	return string(r.Bytes()) == string(sig[:halfSize])
}
