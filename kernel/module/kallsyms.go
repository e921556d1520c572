package module

import (
	"bytes"
	"slices"
	"sort"

	"rv86/kmod/vmlinux"
)

// kallsyms is /proc/kallsyms, a line at a time: the kernel's symbols by address,
// which are the bounds of its sections, its functions and its exports, then the
// modules' symbols, the oldest module's first. The functions' names stay where
// Go's runtime has them.
func (k *Kernel) kallsyms() (next func(b []byte) []byte) {
	others, modules := k.namedAddresses(), k.all()
	funcs := k.Machine.Functions()
	f := 0
	return func(b []byte) []byte {
		if f < funcs.Len() {
			if addr, name := funcs.At(f); len(others) == 0 || addr < others[0].addr {
				f++
				b = k.appendSymbol(b, addr, funcLetter(name), "")
				return append(appendName(b, name), '\n')
			}
		}
		if len(others) > 0 {
			s := &others[0]
			others = others[1:]
			return append(k.appendSymbol(b, s.addr, s.letter, s.name), '\n')
		}
		for len(b) == 0 && len(modules) > 0 {
			b = k.appendSymbols(b, modules[0])
			modules = modules[1:]
		}
		return b
	}
}

// namedAddresses are the bounds and the exports, by address.
func (k *Kernel) namedAddresses() []symbol {
	var out []symbol
	for i, addr := range k.base.bounds {
		out = append(out, symbol{addr: addr, name: vmlinux.Bound(i).String(), letter: vmlinux.Bound(i).Letter()})
	}
	k.base.all(func(s vmlinux.Symbol, variable bool) {
		letter := byte('T')
		if variable {
			letter = 'R'
		}
		out = append(out, symbol{addr: s.Addr, name: s.Name, letter: letter})
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].addr < out[j].addr })
	return out
}

// all are the modules, the oldest first.
func (k *Kernel) all() []*Module {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.modules)
}

// middleDot separates the parts of some names that the compiler made up.
var middleDot = []byte("·")

// appendName adds a function's name as the linker writes it into a symbol table.
func appendName(b, name []byte) []byte {
	for {
		i := bytes.Index(name, middleDot)
		if i < 0 {
			return append(b, name...)
		}
		b = append(append(b, name[:i]...), '.')
		name = name[i+len(middleDot):]
	}
}

// funcLetter classes a Go function as the image's symbol table does: all are
// global but those that assembly keeps to its file, whose names have no package.
// (The few entry points have none either.)
func funcLetter(name []byte) byte {
	if bytes.IndexByte(name, '.') < 0 {
		return 't'
	}
	return 'T'
}

func (k *Kernel) appendSymbol(b []byte, addr uint64, letter byte, name string) []byte {
	b = appendHex(b, addr, k.digits())
	return append(append(b, ' ', letter, ' '), name...)
}

// appendSymbols adds a module's lines, none if it has gone meanwhile.
func (k *Kernel) appendSymbols(b []byte, m *Module) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if m.state == Unformed || k.names[m.Name] != m {
		return b
	}
	for _, s := range m.syms {
		b = k.appendSymbol(b, s.addr, s.letter, s.name)
		b = append(append(append(b, "\t["...), m.Name...), "]\n"...)
	}
	return b
}

// appendHex adds a number in so many hexadecimal digits.
func appendHex(b []byte, v uint64, digits int) []byte {
	const perDigit = 4
	for shift := perDigit * (digits - 1); shift >= 0; shift -= perDigit {
		b = append(b, "0123456789abcdef"[v>>shift&0xf])
	}
	return b
}
