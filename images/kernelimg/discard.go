package kernelimg

import "fmt"

// unused are variables of Go's library that take memory and are never touched.
// The first: 32 MiB for an entropy source that only FIPS 140 mode asks (package
// crypto/internal/fips140/drbg), which every user of crypto/sha256 has linked in.
// The kernel cannot get into that mode: its environment is the nucleus' (auxv.go).
var unused = map[string]bool{"crypto/internal/fips140/drbg.memory": true}

// discard leaves the unused variables out. The Go linker sorts variables by
// size, so that large ones are the last of their section, which is the last one
// of all: it is cut.
func (im *Image) discard(*Config) error {
	bss := im.find(".noptrbss")
	if bss == nil {
		return nil // boundGo says so
	}
	kept := im.symbols[:0]
	cut := bss.end()
	for _, s := range im.symbols {
		if unused[s.name] {
			cut = min(cut, s.value)
		}
	}
	for _, s := range im.symbols {
		inCut := s.section == bss && s.value >= cut && s.size > 0
		switch {
		case inCut && !unused[s.name]:
			return fmt.Errorf("%s lies behind variables that are left out; has the Go linker changed?", s.name)
		case inCut:
			continue
		case s.section == bss && s.value > cut:
			s.value = cut // runtime.enoptrbss, runtime.end
		}
		kept = append(kept, s)
	}
	im.symbols = kept
	bss.Size = cut - bss.Addr
	return nil
}
