// Package crypto is message digests for modules (Linux crypto/shash.c;
// crypto/hash.h), by Go's own implementations. The state of a digest lies in C
// memory, behind its struct shash_desc, so one that is just dropped leaks nothing.
package crypto

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/binary"
	"hash"
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// Layout is struct crypto_shash (crypto/hash.h).
func Layout(word int) *cstruct.Layout {
	return cstruct.Of(word, "crypto_shash", "u32 digestsize", "u32 blocksize", "u32 descsize")
}

// stateSize is the room for a digest's state (HASH_MAX_DESCSIZE): a length of two
// bytes, and the state as Go marshals it, at most 204 bytes.
const stateSize = 256

// algorithms are the digests by Linux's names.
var algorithms = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New,
	"sha384": sha512.New384, "sha512": sha512.New,
}

// tfm is an allocated algorithm.
type tfm struct {
	make  func() hash.Hash
	keyed bool
	key   []byte // padded to a block, for HMAC
}

// Crypto has the rows.
type Crypto struct {
	core lkm.Core

	mu   sync.Mutex
	tfms map[uint64]*tfm
}

// New makes them for a core.
func New(core lkm.Core) *Crypto { return &Crypto{core: core, tfms: map[uint64]*tfm{}} }

func (x *Crypto) alloc(c *kapi.Call, name string) uint64 {
	inner, keyed := strings.CutPrefix(name, "hmac(")
	inner = strings.TrimSuffix(inner, ")")
	// A name may ask for an implementation: sha256-generic.
	inner = strings.TrimSuffix(inner, "-generic")
	f := algorithms[inner]
	if f == nil {
		return lkm.Fail(abi.ENOENT)
	}
	l := Layout(x.core.WordSize())
	p := c.Alloc(l.Size)
	if p == 0 {
		return lkm.Fail(abi.ENOMEM)
	}
	h := f()
	cstruct.SetU32(x.core, p, uint32(h.Size()))
	cstruct.SetU32(x.core, p+l.At("blocksize"), uint32(h.BlockSize()))
	cstruct.SetU32(x.core, p+l.At("descsize"), stateSize)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tfms[p] = &tfm{make: f, keyed: keyed}
	return p
}

// of finds the algorithm of a struct shash_desc, whose first word names it.
func (x *Crypto) of(desc uint64) *tfm {
	p := cstruct.Word(x.core, desc)
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.tfms[p]
}

// Pads of HMAC (RFC 2104).
const (
	innerPad = 0x36
	outerPad = 0x5c
)

// pad is the key with every byte changed.
func (t *tfm) pad(with byte) []byte {
	b := make([]byte, len(t.key))
	for i, k := range t.key {
		b[i] = k ^ with
	}
	return b
}

// load restores the state behind a descriptor, save stores it.
func (x *Crypto) load(desc uint64, t *tfm) (hash.Hash, abi.Errno) {
	h := t.make()
	b := x.core.Slice(desc+uint64(x.core.WordSize()), stateSize)
	n := int(binary.LittleEndian.Uint16(b))
	if n > stateSize-2 || h.(encoding.BinaryUnmarshaler).UnmarshalBinary(b[2:2+n]) != nil {
		return nil, abi.EINVAL // crypto_shash_init was not called
	}
	return h, 0
}

func (x *Crypto) save(desc uint64, h hash.Hash) abi.Errno {
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil || len(state) > stateSize-2 {
		return abi.EINVAL
	}
	b := x.core.Slice(desc+uint64(x.core.WordSize()), stateSize)
	binary.LittleEndian.PutUint16(b, uint16(len(state)))
	copy(b[2:], state)
	return 0
}

// with runs f on the algorithm of a descriptor.
func (x *Crypto) with(desc uint64, f func(t *tfm) abi.Errno) uint64 {
	t := x.of(desc)
	if t == nil {
		return lkm.Fail(abi.EINVAL)
	}
	return lkm.Fail(f(t))
}

func (x *Crypto) setKey(p uint64, key []byte) abi.Errno {
	x.mu.Lock()
	t := x.tfms[p]
	x.mu.Unlock()
	if t == nil || !t.keyed {
		return abi.ENOSYS
	}
	h := t.make()
	if len(key) > h.BlockSize() {
		h.Write(key)
		key = h.Sum(nil)
	}
	t.key = make([]byte, h.BlockSize())
	copy(t.key, key)
	return 0
}

// Exports are the rows of the package.
func (x *Crypto) Exports() []kapi.Func {
	return []kapi.Func{
		{Name: "crypto_alloc_shash", GPL: true, Proto: "struct crypto_shash *crypto_alloc_shash(const char *alg_name, u32 type, u32 mask)", Call: func(c *kapi.Call) uint64 {
			return x.alloc(c, c.Str(c.Ptr()))
		}},
		{Name: "crypto_free_shash", GPL: true, Proto: "void crypto_free_shash(struct crypto_shash *tfm)", Call: func(c *kapi.Call) uint64 {
			p := c.Ptr()
			x.mu.Lock()
			known := x.tfms[p] != nil
			delete(x.tfms, p)
			x.mu.Unlock()
			if known {
				x.core.Free(p)
			}
			return 0
		}},
		{Name: "crypto_shash_setkey", GPL: true, Proto: "int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int keylen)", Call: func(c *kapi.Call) uint64 {
			p, key, n := c.Ptr(), c.Ptr(), c.Uint()
			return lkm.Fail(x.setKey(p, x.core.Slice(key, uint64(n))))
		}},
		{Name: "crypto_shash_init", GPL: true, Proto: "int crypto_shash_init(struct shash_desc *desc)", Call: func(c *kapi.Call) uint64 {
			desc := c.Ptr()
			return x.with(desc, func(t *tfm) abi.Errno {
				h := t.make()
				if t.keyed {
					if t.key == nil {
						return abi.ENOKEY
					}
					h.Write(t.pad(innerPad))
				}
				return x.save(desc, h)
			})
		}},
		{Name: "crypto_shash_update", GPL: true, Proto: "int crypto_shash_update(struct shash_desc *desc, const u8 *data, unsigned int len)", Call: func(c *kapi.Call) uint64 {
			desc, data, n := c.Ptr(), c.Ptr(), c.Uint()
			return x.with(desc, func(t *tfm) abi.Errno {
				h, e := x.load(desc, t)
				if e != 0 {
					return e
				}
				h.Write(x.core.Slice(data, uint64(n)))
				return x.save(desc, h)
			})
		}},
		{Name: "crypto_shash_final", GPL: true, Proto: "int crypto_shash_final(struct shash_desc *desc, u8 *out)", Call: func(c *kapi.Call) uint64 {
			desc, out := c.Ptr(), c.Ptr()
			return x.with(desc, func(t *tfm) abi.Errno {
				h, e := x.load(desc, t)
				if e != 0 {
					return e
				}
				sum := h.Sum(nil)
				if t.keyed {
					outer := t.make()
					outer.Write(t.pad(outerPad))
					outer.Write(sum)
					sum = outer.Sum(nil)
				}
				copy(x.core.Slice(out, uint64(len(sum))), sum)
				return 0
			})
		}},
	}
}
