package sign

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// random is an endless source that is the same in every run.
type random byte

func (r random) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(r) + byte(i)
	}
	return len(b), nil
}

func key(t testing.TB, name string, r random) PrivateKey {
	t.Helper()
	k, err := Generate(name, r)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignAndVerify(t *testing.T) {
	mine, other := key(t, "mine", 1), key(t, "other", 2)
	file := []byte("the module")
	signed, err := Sign(file, mine)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Sign(signed, mine); !bytes.Equal(again, signed) {
		t.Error("a signature is not replaced, or not the same each time")
	}
	module, sig, err := Split(signed)
	if err != nil || !bytes.Equal(module, file) || sig.Signer != "mine" {
		t.Fatalf("split: %q, %+v, %v", module, sig, err)
	}
	keys := []PublicKey{other.Public(), mine.Public()}
	if err := sig.Verify(module, keys); err != nil {
		t.Error(err)
	}
	if err := sig.Verify(module, keys[:1]); !errors.Is(err, ErrKey) {
		t.Errorf("unknown key: %v", err)
	}
	if err := sig.Verify([]byte("a module!!"), keys); !errors.Is(err, ErrMismatch) {
		t.Errorf("changed module: %v", err)
	}
	sig.IDType = idPKCS7
	if err := sig.Verify(module, keys); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("PKCS#7: %v", err)
	}
}

// TestEveryByteCounts changes each byte of a signed module.
func TestEveryByteCounts(t *testing.T) {
	mine := key(t, "mine", 1)
	signed, _ := Sign([]byte("the module"), mine)
	for i := range signed {
		bad := bytes.Clone(signed)
		bad[i] ^= 1
		module, sig, err := Split(bad)
		if err == nil && sig != nil && sig.Verify(module, []PublicKey{mine.Public()}) == nil && sig.Signer == "mine" {
			t.Errorf("byte %d may be changed", i)
		}
	}
	for n := range signed {
		if _, sig, _ := Split(signed[:n]); sig != nil {
			t.Errorf("%d bytes have a signature", n)
		}
		if _, _, err := Split([]byte(string(signed[n:]))); err != nil && n < 10 {
			t.Errorf("without the first %d bytes: %v", n, err)
		}
	}
}

func TestKeys(t *testing.T) {
	k := key(t, "mine", 1)
	if got, err := ParsePrivateKey(k.String() + "\n"); err != nil || !got.Key.Equal(k.Key) || got.Name != "mine" {
		t.Errorf("private key: %v", err)
	}
	for _, text := range []string{k.Public().String(), k.Public().Word()} {
		if got, err := ParsePublicKey(text); err != nil || !got.Key.Equal(k.Public().Key) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, bad := range []string{"", "ed25519 x", "ed25519 x !", "ed25519 x AAAA", "rsa x AAAA", k.String()} {
		if _, err := ParsePublicKey(bad); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
	for _, name := range []string{"", "a b", "a:b", strings.Repeat("x", nameMax+1)} {
		if _, err := Generate(name, random(1)); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
}

func TestTrustedKeys(t *testing.T) {
	lines := 0
	for line := range strings.Lines(trustedText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines++
			if _, err := ParsePublicKey(line); err != nil {
				t.Error(err)
			}
		}
	}
	if len(Trusted()) != lines || lines == 0 {
		t.Errorf("%d of %d keys", len(Trusted()), lines)
	}
}

func FuzzSplit(f *testing.F) {
	signed, _ := Sign([]byte("the module"), key(f, "x", 1))
	f.Add(signed)
	f.Add([]byte(Marker))
	f.Fuzz(func(t *testing.T, b []byte) {
		module, sig, _ := Split(b)
		if len(module) > len(b) {
			t.Error("a module longer than its file")
		}
		if sig != nil && sig.Verify(module, Trusted()) == nil {
			t.Error("found a signature")
		}
	})
}
