package kbuild

import (
	"fmt"
	"os/exec"
	"strings"

	"rv86/kmod"
)

// Target is what all compilers must be told for a machine.
type Target struct {
	Arch    string
	Machine *kmod.Machine
	flags   []string // code generation
	gcc     []string // what only GCC knows
	clang   []string // what only clang knows
	triple  string   // clang's --target
	emul    string   // the linkers' -m
	found   []candidate
}

// candidate is a compiler that may be installed.
type candidate struct {
	cc     string
	pkg    string // the Debian package that has it
	native string // prefix of the machine for which an unadorned gcc must be
	clang  bool
}

// Targets are all there are.
var Targets = []*Target{{
	Arch:    "riscv64",
	Machine: kmod.RISCV64,
	// No floating point: the kernel may change the registers between any
	// two instructions of a module it lets sleep. No relaxation: the loader
	// moves nothing. medany reaches +-2 GiB from the code, which is all of
	// the module window.
	flags:  []string{"-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-mno-relax"},
	triple: "riscv64-linux-gnu",
	// clang 14 knows no _zicsr; there it is part of i.
	clang: []string{"-march=rv64imac"},
	emul:  "elf64lriscv",
	found: []candidate{
		{cc: "riscv64-linux-gnu-gcc", pkg: "gcc-riscv64-linux-gnu"},
		{cc: "riscv64-unknown-linux-gnu-gcc"},
		{cc: "riscv64-unknown-elf-gcc", pkg: "gcc-riscv64-unknown-elf"},
		{cc: "riscv64-elf-gcc"},
		{cc: "gcc", native: "riscv64"},
		{cc: "clang", pkg: "clang", clang: true},
	},
}, {
	Arch:    "i386",
	Machine: kmod.I386,
	// No floating point here either, and arguments on the stack.
	flags: []string{"-m32", "-march=i686", "-mregparm=0", "-mno-mmx", "-mno-sse"},
	// Debian's gcc would mark every function for indirect branch tracking.
	gcc:    []string{"-mno-80387", "-mno-fp-ret-in-387", "-fcf-protection=none"},
	clang:  []string{"-mno-x87"},
	triple: "i686-linux-gnu",
	emul:   "elf_i386",
	found: []candidate{
		{cc: "i686-linux-gnu-gcc", pkg: "gcc-i686-linux-gnu"},
		{cc: "gcc", pkg: "gcc", native: "x86_64"},
		{cc: "gcc", native: "i686"},
		{cc: "clang", pkg: "clang", clang: true},
	},
}}

// Find gives the target of an architecture.
func Find(arch string) (*Target, error) {
	for _, t := range Targets {
		if t.Arch == arch {
			return t, nil
		}
	}
	return nil, fmt.Errorf("no modules are built for %q", arch)
}

// Toolchain is a compiler with all it is told, and a linker.
type Toolchain struct {
	*Target
	CC    string // as found
	args  []string
	clang bool
	ld    []string // the linker, if the compiler brings none
}

// MissingError says that no compiler for a target is installed.
type MissingError struct {
	Arch  string
	Asked string // the compiler asked for, "" for any
	Why   string // what the compiler lacks
	// Install is a command that mends it on Debian.
	Install string
}

func (e *MissingError) Error() string {
	what := "no C compiler for " + e.Arch + " is installed"
	if e.Asked != "" {
		what = "the compiler " + e.Asked + " cannot build modules for " + e.Arch
	}
	if e.Why != "" {
		what += ": " + e.Why
	}
	return what + " (on Debian: " + e.Install + ")"
}

// Toolchain finds a compiler: the one asked for, or with "" the first of the
// target's candidates that is installed.
func (t *Target) Toolchain(cc string) (*Toolchain, error) {
	missing := &MissingError{Arch: t.Arch, Asked: cc, Install: "apt-get install " + t.found[0].pkg}
	candidates := t.found
	if cc != "" {
		candidates = []candidate{{cc: cc, clang: strings.Contains(cc, "clang")}}
	}
	for _, c := range candidates {
		if _, err := exec.LookPath(c.cc); err != nil {
			if cc != "" {
				missing.Why = "it is not installed"
				if strings.Contains(cc, " ") {
					missing.Why = "give its name only, the flags for the machine are added"
				}
			}
			continue
		}
		tc, why := t.try(c)
		if why == "" {
			return tc, nil
		}
		if cc != "" {
			missing.Why = why
		}
	}
	return nil, missing
}

// try sets a compiler up and says what it lacks.
func (t *Target) try(c candidate) (tc *Toolchain, why string) {
	if c.native != "" {
		out, err := exec.Command(c.cc, "-dumpmachine").Output()
		if machine := string(out); err != nil || !strings.HasPrefix(machine, c.native) || !strings.Contains(machine, "linux") {
			return nil, c.cc + " is for another machine"
		}
	}
	tc = &Toolchain{Target: t, CC: c.cc, clang: c.clang}
	tc.args = append(append(tc.args, common...), t.flags...)
	if !c.clang {
		tc.args = append(tc.args, t.gcc...)
		return tc, ""
	}
	tc.args = append(append(tc.args, "--target="+t.triple), t.clang...)
	for _, ld := range []string{"ld.lld", t.triple + "-ld"} {
		if _, err := exec.LookPath(ld); err == nil {
			tc.ld = []string{ld, "-m", t.emul}
			return tc, ""
		}
	}
	return tc, "" // package modpost joins the objects
}

// common are the flags for every machine: no host headers, no library calls
// that the kernel does not have, no tables for unwinding or link-time
// optimisation, one section per kind of data; debugging information, which the
// CRCs of exports are made from. A call is a call, also at a function's end, so
// that call traces are whole (Linux's Makefile has that with frame pointers).
var common = []string{
	"-std=gnu11", "-O2", "-gdwarf-5", "-Wall", "-Wno-pointer-sign", "-Werror=implicit-function-declaration",
	"-ffreestanding", "-nostdinc", "-fno-pic", "-fno-common", "-fno-stack-protector",
	"-fno-strict-aliasing", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables",
	"-fno-ident", "-fno-builtin", "-fno-optimize-sibling-calls", "-Wa,--noexecstack",
}

// ownLinker says that no program joins objects, and package modpost must.
func (tc *Toolchain) ownLinker() bool { return tc.clang && len(tc.ld) == 0 }

// linkCommand makes the command that joins objects into one.
func (tc *Toolchain) linkCommand(out string, objects []string) []string {
	// -X drops the assembler's temporary labels; a file without build id has
	// nothing that depends on anything but its contents.
	if len(tc.ld) > 0 {
		return append(append(tc.ld, "-r", "-X", "--build-id=none", "-z", "noexecstack", "-o", out), objects...)
	}
	args := append([]string{tc.CC, "-r", "-nostdlib", "-Wl,--build-id=none", "-Wl,-X", "-Wl,-z,noexecstack"}, tc.flags...)
	return append(append(args, "-o", out), objects...)
}
