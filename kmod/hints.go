package kmod

import (
	"errors"
	"fmt"

	"rv86/kernel/abi"
)

// Hints: what to do about a file that is refused. A reason says what is wrong
// in the file; its hint says how files come to be so and what helps. Where a
// check has no words of its own, those of the step it belongs to serve, after
// the reason.

// stepHints are the remedies by step of Parse.
const (
	hintELF     = "give a module (NAME.ko) that was built for this machine, and copy it whole"
	hintSection = "the file is damaged or cut short: copy it again, or build it again"
	hintStrip   = "build it again without -s, and strip it with 'strip --strip-debug' at most"
	hintInfo    = "build it again with the module build, which writes .modinfo"
	hintSum     = "copy the original again; whoever changes a module (strip, objcopy) must let the build do it"
	hintSymbol  = "the symbol table is damaged: build the module again from its source"
	hintThis    = "build it again with this kernel's headers (rv86 mod build)"
	hintVersion = "__versions is damaged: build the module again, or force it (insmod -f)"
	hintLoaded  = "change the sections in the source or the linker script, and build it again"
	hintReloc   = "the relocations are damaged: build the module again from its source"
)

// hintCommon is what helps against a COMMON symbol.
const hintCommon = "an uninitialised global variable has no section: compile with -fno-common, or give %s an initial value"

// relocHints are compiler flags that cure a relocation that does not fit or is
// not known, by machine.
var relocHints = map[string]string{
	"riscv64": "compile with -mcmodel=medany -fno-pic -mno-relax, as the module build does",
	"i386":    "compile with -m32 -fno-pic, as the module build does",
}

// HintOf finds or makes the hint of a refusal; "" if err is none. It never has
// a full stop or a newline.
func HintOf(err error) string {
	var reloc *RelocError
	var e *Error
	switch {
	case errors.As(err, &reloc):
		return reloc.hint()
	case errors.As(err, &e) && e.Hint != "":
		return e.Hint
	case errors.As(err, &e) && e.Errno == abi.ENOEXEC: // of tables in the linked module
		return e.Why + "; " + hintThis
	case errors.As(err, &e):
		return e.Why
	}
	return ""
}

// hint says what lets the relocation fit.
func (e *RelocError) hint() string {
	if e.Cure != "" {
		return fmt.Sprintf("relocation %s in %s cannot be done: %s", e.Type, e.Section, e.Cure)
	}
	what := fmt.Sprintf("relocation %s against '%s' in %s", e.Type, e.Sym, e.Section)
	if cure := relocHints[e.Machine]; cure != "" {
		return what + " does not fit: " + cure
	}
	return what + " does not fit: build the module for this kernel"
}

// stepHint completes an error of a step of Parse that has no hint.
func stepHint(err error, remedy string) error {
	if e, ok := err.(*Error); ok && e.Hint == "" {
		e.Hint = e.Why + "; " + remedy
	}
	return err
}
