package rv64

import (
	"strconv"
	"strings"
	"testing"

	"rv86/cpu"
)

// rig is a hart with a megabyte of RAM at diffBase and a program in it.
type rig struct {
	*Hart
	t    *testing.T
	ram  []byte
	fast bool // which path runs it
}

// Addresses in a rig. Code runs at diffBase.
const (
	rigHandlerM = diffBase + 0x1000
	rigHandlerS = diffBase + 0x2000
	rigTables   = diffBase + 0x8000
	rigData     = diffBase + 0x10000
	rigSize     = 1 << 20
)

// onBothPaths runs a test on the reference path and on the fast path.
func onBothPaths(t *testing.T, f func(r *rig)) {
	for name, fast := range map[string]bool{"reference": false, "fast": true} {
		t.Run(name, func(t *testing.T) { f(newRig(t, fast)) })
	}
}

// newRig opens all memory through PMP and points the trap vectors at handlers
// that do nothing but stop: an endless WFI.
func newRig(t *testing.T, fast bool) *rig {
	r := &rig{t: t, ram: make([]byte, rigSize), fast: fast}
	r.Hart = New(Config{RAM: r.ram, RAMBase: diffBase, Time: func() uint64 { return r.Insns() / ticks }})
	r.Reset(diffBase)
	r.set("pmpaddr0", allBits)
	r.set("pmpcfg0", pmpNAPOT|pmpR|pmpW|pmpX)
	r.set("mtvec", rigHandlerM)
	r.set("stvec", rigHandlerS)
	for _, at := range []uint64{rigHandlerM, rigHandlerS} {
		r.code(at, "wfi", "jal zero, -4")
	}
	return r
}

func (r *rig) set(csr string, v uint64) {
	n, ok := CSRNumber(csr)
	if !ok || !r.SetCSR(n, v) {
		r.t.Fatalf("no writable CSR %q", csr)
	}
}

func (r *rig) get(csr string) uint64 {
	n, _ := CSRNumber(csr)
	v, ok := r.CSR(n)
	if !ok {
		r.t.Fatalf("no CSR %q", csr)
	}
	return v
}

// want checks CSRs given as name, value pairs.
func (r *rig) want(pairs ...any) {
	r.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		var want uint64
		switch v := pairs[i+1].(type) {
		case int:
			want = uint64(v)
		case uint64:
			want = v
		case Cause:
			want = uint64(v)
		}
		if got := r.get(name); got != want {
			r.t.Errorf("%s = %#x, want %#x", name, got, want)
		}
	}
}

func (r *rig) wantX(i int, want uint64) {
	r.t.Helper()
	if got := r.X(i); got != want {
		r.t.Errorf("%s = %#x, want %#x", xNames[i], got, want)
	}
}

// code assembles lines at a physical address. "name:" is a label, which
// branches and jumps may use as their offset. After the last line the program
// waits for ever, for finish.
func (r *rig) code(pa uint64, lines ...string) {
	r.t.Helper()
	lines = append(lines, "wfi", "jal zero, -4")
	labels := map[string]uint64{}
	size := func(line string) uint64 {
		if strings.HasPrefix(line, "c.") {
			return 2
		}
		return 4
	}
	at := pa
	for _, line := range lines {
		if name, ok := strings.CutSuffix(line, ":"); ok {
			labels[name] = at
			continue
		}
		at += size(line)
	}
	at = pa
	for _, line := range lines {
		if strings.HasSuffix(line, ":") {
			continue
		}
		if i := strings.LastIndexByte(line, ' '); i >= 0 {
			if target, ok := labels[line[i+1:]]; ok {
				line = line[:i+1] + strconv.FormatInt(int64(target-at), 10)
			}
		}
		raw, n, err := Assemble(line)
		if err != nil {
			r.t.Fatal(err)
		}
		storeBytes(r.ram[at-diffBase:][:n], uint64(raw))
		at += uint64(n)
	}
	r.InvalidateCode(pa, at-pa)
}

// run executes n instruction slots, or less if something stops it.
func (r *rig) run(n uint64) cpu.Stop {
	limit := r.Insns() + n
	if r.fast {
		return r.Run(limit)
	}
	return (&diffMachine{h: r.Hart}).stepTo(limit)
}

// finish runs until the program or a handler waits for ever. Unlike run it
// leaves the fast path room for whole blocks up to the end.
func (r *rig) finish() {
	r.t.Helper()
	r.wfi = false
	if s := r.run(100_000); s.Why != cpu.StopIdle {
		r.t.Fatalf("%v at %#x after %d", s, r.PC(), r.Insns())
	}
}

// word reads 8 bytes of RAM.
func (r *rig) word(pa uint64) uint64 { return loadBytes(r.ram[pa-diffBase:][:8]) }

func (r *rig) setWord(pa, v uint64) { storeBytes(r.ram[pa-diffBase:][:8], v) }
