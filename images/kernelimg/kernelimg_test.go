package kernelimg

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// buildRaw builds the real kernel, which takes a second with a warm cache.
func buildRaw(t *testing.T) []byte {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the kernel")
	}
	out := filepath.Join(t.TempDir(), "kernel.raw")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", LinkFlags, "-o", out, "rv86/kernel")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=riscv64", "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestKernelImage: the image starts at the reset address with a jump to the
// entry point, and no page is both written and executed.
func TestKernelImage(t *testing.T) {
	img, err := Convert(buildRaw(t))
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.NewFile(bytes.NewReader(img))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint64]bool{}
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		if p.Flags&(elf.PF_W|elf.PF_X) == elf.PF_W|elf.PF_X {
			t.Errorf("segment at %#x is writable and executable", p.Vaddr)
		}
		if p.Vaddr != p.Paddr {
			t.Errorf("segment at %#x is loaded at %#x", p.Vaddr, p.Paddr)
		}
		for a := p.Vaddr &^ (pageSize - 1); a < p.Vaddr+p.Memsz; a += pageSize {
			if seen[a] {
				t.Errorf("page %#x is in two segments", a)
			}
			seen[a] = true
		}
		if p.Vaddr != resetAddr {
			continue
		}
		b := make([]byte, stubLength)
		if _, err := p.ReadAt(b, 0); err != nil {
			t.Fatal(err)
		}
		if to := jumpTarget(b); to != f.Entry {
			t.Errorf("the stub jumps to %#x, the entry is %#x", to, f.Entry)
		}
	}
	if !seen[resetAddr] {
		t.Error("nothing is loaded at the reset address")
	}
}

// jumpTarget evaluates auipc + jalr at the reset address.
func jumpTarget(b []byte) uint64 {
	auipc, jalr := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	return uint64(int64(resetAddr) + int64(int32(auipc&^0xfff)) + int64(int32(jalr)>>20))
}

func TestStubCarries(t *testing.T) {
	for _, off := range []uint64{0x1000, 0x17fe, 0x17ff, 0x1800, 0x1801, 0x7ffff7fe} {
		if got := jumpTarget(stub(resetAddr + off)); got != resetAddr+off {
			t.Errorf("offset %#x: jumps to %#x", off, got)
		}
	}
}

// TestNoWriteBarriers: the compiler reports no write barrier in the nucleus,
// whose code must run when the runtime is in any state.
func TestNoWriteBarriers(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the nucleus")
	}
	for _, arch := range []string{"riscv64", "386"} {
		cmd := exec.Command("go", "build", "-gcflags=rv86/kernel/nucleus=-d=wb", "rv86/kernel/nucleus")
		cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "GO386=softfloat", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, line := range strings.Split(string(out), "\n") {
			// api*.go runs in goroutines, where barriers are welcome.
			if strings.Contains(line, "write barrier") && !strings.Contains(line, "/api.go:") {
				t.Errorf("%s: %s", arch, line)
			}
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	good := make([]byte, ehSize)
	copy(good, "\x7fELF\x02\x01\x01")
	binary.LittleEndian.PutUint16(good[ehMachine:], emRISCV)
	for name, b := range map[string][]byte{
		"empty":              nil,
		"not ELF":            make([]byte, 100),
		"another machine":    append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 100)...),
		"no program headers": good,
		"headers outside":    func() []byte { b := bytes.Clone(good); b[ehPhnum] = 4; b[ehPhoff+6] = 1; return b }(),
	} {
		if _, err := Convert(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
