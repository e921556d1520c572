package modlib

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"rv86/kmod"
)

// A signed module ends with the signer's name, the key's identifier, the
// signature, 12 bytes that give the kind and these lengths, and a marker (Linux
// include/linux/module_signature.h). Package kmod/sign makes and checks the one
// kind there is here; this reads it only, without that package's cryptography,
// whose start-up every command would pay for. A test joins the two.
const (
	signatureMarker  = "~Module signature appended~\n"
	signatureTrailer = 12
	signatureEd25519 = 0xed
)

// SignatureInfo describes a module's signature in the fields that kmod has for
// the kinds it knows; nil if there is none, or one of another kind.
func SignatureInfo(file []byte) kmod.Modinfo {
	data, err := Unpack(file)
	if err != nil {
		return nil
	}
	data, ok := bytes.CutSuffix(data, []byte(signatureMarker))
	if !ok || len(data) < signatureTrailer {
		return nil
	}
	trailer := data[len(data)-signatureTrailer:]
	data = data[:len(data)-signatureTrailer]
	sigLen := uint64(binary.BigEndian.Uint32(trailer[8:]))
	signerLen, keyLen := uint64(trailer[3]), uint64(trailer[4])
	if trailer[2] != signatureEd25519 || signerLen+keyLen+sigLen > uint64(len(data)) {
		return nil
	}
	data = data[uint64(len(data))-signerLen-keyLen-sigLen:]
	return kmod.Modinfo{
		{Key: "sig_id", Value: "Ed25519"},
		{Key: "signer", Value: string(data[:signerLen])},
		{Key: "sig_key", Value: hexLines(data[signerLen : signerLen+keyLen])},
		{Key: "sig_hashalgo", Value: "sha512"}, // RFC 8032 5.1: part of Ed25519
		{Key: "signature", Value: hexLines(data[signerLen+keyLen:])},
	}
}

// hexPerLine is how many bytes stand on a line of modinfo.
const hexPerLine = 20

// hexLines writes bytes as modinfo does: 01:AB:..., lines after the first one
// indented.
func hexLines(b []byte) string {
	var s strings.Builder
	for i, c := range b {
		if i > 0 {
			s.WriteByte(':')
			if i%hexPerLine == 0 {
				s.WriteString("\n\t\t")
			}
		}
		fmt.Fprintf(&s, "%02X", c)
	}
	return s.String()
}
