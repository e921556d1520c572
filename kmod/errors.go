package kmod

import (
	"fmt"

	"rv86/kernel/abi"
)

// Error refuses a module: what the system call returns, and why in words.
type Error struct {
	Errno abi.Errno
	Why   string // a sentence without a full stop
	Hint  string // cause and remedy in one sentence, for the person who tried; "" = see HintOf
}

func (e *Error) Error() string { return e.Why }

// Unwrap makes errors.Is(err, abi.ENOEXEC) work.
func (e *Error) Unwrap() error { return e.Errno }

func refuse(no abi.Errno, format string, args ...any) error {
	return &Error{Errno: no, Why: fmt.Sprintf(format, args...)}
}

// WithHint adds a hint to an error of this package that has none.
func WithHint(err error, format string, args ...any) error {
	if e, ok := err.(*Error); ok && e.Hint == "" {
		e.Hint = fmt.Sprintf(format, args...)
	}
	return err
}

// malformed is refuse for the common case: the file is not a sound module.
func malformed(format string, args ...any) error {
	return refuse(abi.ENOEXEC, format, args...)
}

// UnknownSymbols lists the symbols nobody exports (or that this module may
// not use), in the order of the symbol table.
type UnknownSymbols struct {
	Module string
	Syms   []UnknownSymbol
}

// UnknownSymbol is one of them.
type UnknownSymbol struct {
	Name string
	Err  error
}

func (e *UnknownSymbols) Error() string {
	s := ""
	for i, u := range e.Syms {
		if i > 0 {
			s += "\n"
		}
		s += UnknownSymbolText(e.Module, u)
	}
	return s
}

func (e *UnknownSymbols) Unwrap() error { return ErrnoOf(e.Syms[0].Err) }

// UnknownSymbolText is Linux's line about one unresolved symbol.
func UnknownSymbolText(module string, u UnknownSymbol) string {
	return fmt.Sprintf("%s: Unknown symbol %s (err %d)", module, u.Name, -int(ErrnoOf(u.Err)))
}

// RelocError says which relocation cannot be done. Linux returns ENOEXEC for
// all of them.
type RelocError struct {
	Module  string
	Machine string // of the module, for the hint
	Section string // the section that is patched
	Offset  uint64 // in it
	Type    string
	Sym     string // name, or the section's name for a section symbol
	Value   uint64
	Why     string
	Cure    string // what helps; "" = the flags that make values fit
}

func (e *RelocError) Error() string {
	return fmt.Sprintf("%s: relocation %s at %s+%#x for symbol '%s': value %#x %s",
		e.Module, e.Type, e.Section, e.Offset, e.Sym, e.Value, e.Why)
}

func (e *RelocError) Unwrap() error { return abi.ENOEXEC }

// ErrnoOf finds the error number an error of this package carries.
func ErrnoOf(err error) abi.Errno {
	for err != nil {
		if no, ok := err.(abi.Errno); ok {
			return no
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return abi.ENOEXEC
		}
		err = u.Unwrap()
	}
	return 0
}
