// Package sign signs module files and checks their signatures, on the host and
// in the kernel. It is pure.
//
// A signed module is the module's file, then the signature, laid out as Linux
// 6.6 does (include/linux/module_signature.h, scripts/sign-file.c):
//
//	the module's file
//	the signer's name         signer_len bytes
//	the key's identifier      key_id_len bytes
//	the signature             sig_len bytes
//	struct module_signature   12 bytes:
//	    u8 algo, hash, id_type, signer_len, key_id_len, pad[3]; be32 sig_len
//	"~Module signature appended~\n"
//
// Linux's signature is a PKCS#7 message (id_type 2) with neither name nor
// identifier outside. This package has a plain Ed25519 signature (RFC 8032) of
// the whole module's file, under an id_type of its own, IDEd25519 (0xed): no
// ASN.1, and the same bytes for the same key and file. algo and hash are 0, as
// Ed25519 fixes both. The identifier is the first 8 bytes of the SHA-256 of the
// public key. A PKCS#7 signature is recognised and refused as one of an unknown
// kind.
//
// Keys are lines of text: "ed25519 NAME BASE64" for a public key, of which the
// file trusted_keys lists those the kernel knows, and "ed25519-private NAME
// BASE64" for a private one, the 32-byte seed. In one word, for a kernel
// command line, a public key is "ed25519:NAME:BASE64".
package sign
