package sign

import (
	"crypto/ed25519"
	"crypto/sha256"
	_ "embed" // the trusted keys
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// PublicKey checks signatures.
type PublicKey struct {
	Name string
	Key  ed25519.PublicKey
}

// PrivateKey makes them.
type PrivateKey struct {
	Name string
	Key  ed25519.PrivateKey
}

// Words that begin a key's line.
const (
	publicWord  = "ed25519"
	privateWord = "ed25519-private"
)

const (
	idSize = 8
	// nameMax is the longest name of a key: signer_len is a byte.
	nameMax = 255
)

// ID identifies the key in a signature.
func (k PublicKey) ID() []byte {
	sum := sha256.Sum256(k.Key)
	return sum[:idSize]
}

// String is the key's line.
func (k PublicKey) String() string {
	return publicWord + " " + k.Name + " " + base64.StdEncoding.EncodeToString(k.Key)
}

// Word is the key in one word, for a kernel command line.
func (k PublicKey) Word() string { return strings.ReplaceAll(k.String(), " ", ":") }

// Public is the key's public half.
func (k PrivateKey) Public() PublicKey {
	return PublicKey{k.Name, k.Key.Public().(ed25519.PublicKey)}
}

// String is the key's line, which is a secret.
func (k PrivateKey) String() string {
	return privateWord + " " + k.Name + " " + base64.StdEncoding.EncodeToString(k.Key.Seed())
}

// Generate makes a key pair.
func Generate(name string, random io.Reader) (PrivateKey, error) {
	if !validName(name) {
		return PrivateKey{}, fmt.Errorf("the name of a key has no spaces and at most %d bytes: %q", nameMax, name)
	}
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return PrivateKey{}, fmt.Errorf("making a key: %w", err)
	}
	return PrivateKey{name, ed25519.NewKeyFromSeed(seed)}, nil
}

func validName(name string) bool {
	return name != "" && len(name) <= nameMax && !strings.ContainsAny(name, " \t\r\n:")
}

// ParsePublicKey reads a key's line or word.
func ParsePublicKey(text string) (PublicKey, error) {
	name, b, err := parseKey(text, publicWord, ed25519.PublicKeySize)
	return PublicKey{name, b}, err
}

// ParsePrivateKey reads a private key's line.
func ParsePrivateKey(text string) (PrivateKey, error) {
	name, b, err := parseKey(text, privateWord, ed25519.SeedSize)
	if err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{name, ed25519.NewKeyFromSeed(b)}, nil
}

func parseKey(text, word string, size int) (string, []byte, error) {
	f := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n:", r) })
	const fields = 3
	if len(f) != fields || f[0] != word || !validName(f[1]) {
		return "", nil, fmt.Errorf("a key is %q, a name and base64, but this is %.40q", word, text)
	}
	b, err := base64.StdEncoding.DecodeString(f[2])
	if err != nil {
		return "", nil, fmt.Errorf("key %s: %w", f[1], err)
	}
	if len(b) != size {
		return "", nil, fmt.Errorf("key %s has %d bytes, want %d", f[1], len(b), size)
	}
	return f[1], b, nil
}

//go:embed trusted_keys
var trustedText string

// Trusted are the keys that the kernel is built with: the file trusted_keys.
func Trusted() []PublicKey {
	var keys []PublicKey
	for line := range strings.Lines(trustedText) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if k, err := ParsePublicKey(line); err == nil { // a test reads them all
			keys = append(keys, k)
		}
	}
	return keys
}
