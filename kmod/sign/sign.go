package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
)

// Marker ends a signed module.
const Marker = "~Module signature appended~\n"

// Kinds of signature, struct module_signature's id_type.
const (
	idPGP   = 0
	idX509  = 1
	idPKCS7 = 2
	// IDEd25519 is ours.
	IDEd25519 = 0xed
)

// infoSize is the size of struct module_signature.
const infoSize = 12

// Offsets in struct module_signature.
const (
	offIDType   = 2
	offSigner   = 3
	offKeyID    = 4
	offSigLen   = 8
	paddingFrom = 5
)

// Signature is what is appended to a module.
type Signature struct {
	IDType byte
	Signer string
	KeyID  []byte
	Sig    []byte
}

// Why a signature is no proof. Anything else is a signature that is wrong.
var (
	ErrAlgorithm = errors.New("unknown kind of signature")
	ErrKey       = errors.New("signed with an unknown key")
	ErrMismatch  = errors.New("the signature does not fit the file")
)

// KeyName is how to call the key in a message.
func (s *Signature) KeyName() string { return fmt.Sprintf("%q (%x)", s.Signer, s.KeyID) }

// Split takes a file apart. The signature is nil if there is none; the error is
// about one that makes no sense.
func Split(file []byte) (module []byte, sig *Signature, err error) {
	module, ok := bytes.CutSuffix(file, []byte(Marker))
	if !ok {
		return file, nil, nil
	}
	if len(module) < infoSize {
		return module, nil, fmt.Errorf("the file ends before its signature")
	}
	info := module[len(module)-infoSize:]
	module = module[:len(module)-infoSize]
	take := func(n uint32) (b []byte) {
		if uint64(n) > uint64(len(module)) {
			err = fmt.Errorf("%d bytes of signature in a file of %d", n, len(file))
			return nil
		}
		b, module = module[len(module)-int(n):], module[:len(module)-int(n)]
		return b
	}
	s := &Signature{IDType: info[offIDType]}
	s.Sig = take(binary.BigEndian.Uint32(info[offSigLen:]))
	s.KeyID = take(uint32(info[offKeyID]))
	s.Signer = string(take(uint32(info[offSigner])))
	if err != nil {
		return module, nil, err
	}
	if info[0] != 0 || info[1] != 0 || !bytes.Equal(info[paddingFrom:offSigLen], make([]byte, offSigLen-paddingFrom)) {
		return module, nil, fmt.Errorf("fields of the signature that must be 0 are not")
	}
	return module, s, nil
}

// Verify checks the signature of a module's file with the keys that are known.
func (s *Signature) Verify(module []byte, keys []PublicKey) error {
	switch s.IDType {
	case IDEd25519:
	case idPGP, idX509, idPKCS7:
		return fmt.Errorf("%w: PKCS#7 or OpenPGP (%d)", ErrAlgorithm, s.IDType)
	default:
		return fmt.Errorf("%w: %d", ErrAlgorithm, s.IDType)
	}
	for _, k := range keys {
		if !bytes.Equal(k.ID(), s.KeyID) {
			continue
		}
		if len(s.Sig) != ed25519.SignatureSize || !ed25519.Verify(k.Key, module, s.Sig) {
			return ErrMismatch
		}
		return nil
	}
	return fmt.Errorf("%w: %s", ErrKey, s.KeyName())
}

// Sign appends a signature to a module's file; one that it has already is
// replaced.
func Sign(file []byte, key PrivateKey) ([]byte, error) {
	module, _, err := Split(file)
	if err != nil {
		return nil, err
	}
	id := key.Public().ID()
	sig := ed25519.Sign(key.Key, module)
	out := append([]byte(nil), module...)
	out = append(out, key.Name...)
	out = append(out, id...)
	out = append(out, sig...)
	info := make([]byte, infoSize)
	info[offIDType], info[offSigner], info[offKeyID] = IDEd25519, byte(len(key.Name)), byte(len(id))
	binary.BigEndian.PutUint32(info[offSigLen:], uint32(len(sig)))
	out = append(out, info...)
	return append(out, Marker...), nil
}
