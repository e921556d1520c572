package kernelimg

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// build386 builds the real kernel for i386 and gives the linker's output and
// what it said.
func build386(t *testing.T, ldflags string) (raw, said []byte) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the kernel")
	}
	out := filepath.Join(t.TempDir(), "kernel.raw")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", ldflags, "-o", out, "rv86/kernel")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=386", "GO386=softfloat", "CGO_ENABLED=0")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	raw, err = os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return raw, said
}

// TestKernelImage386: a multiboot loader finds its header, loads above 1 MiB
// and enters inside the text; no page is both written and executed.
func TestKernelImage386(t *testing.T) {
	raw, _ := build386(t, LinkFlags386)
	img, err := Convert386(raw)
	if err != nil {
		t.Fatal(err)
	}
	const searched = 8 << 10 // Multiboot 3.1
	at := bytes.Index(img[:searched], binary.LittleEndian.AppendUint32(nil, multibootMagic))
	if at < 0 || at%multibootAlign != 0 {
		t.Fatalf("multiboot header at %d", at)
	}
	sum := uint32(0)
	for i := 0; i < multibootSize; i += 4 {
		sum += binary.LittleEndian.Uint32(img[at+i:])
	}
	if sum != 0 {
		t.Errorf("the header's sum is %#x", sum)
	}
	f, err := elf.NewFile(bytes.NewReader(img))
	if err != nil {
		t.Fatal(err)
	}
	const extendedMemory = 1 << 20
	seen, entered := map[uint64]bool{}, false
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		if p.Flags&(elf.PF_W|elf.PF_X) == elf.PF_W|elf.PF_X {
			t.Errorf("segment at %#x is writable and executable", p.Vaddr)
		}
		if p.Paddr != p.Vaddr-kernelBase || p.Paddr < extendedMemory {
			t.Errorf("segment at %#x is loaded at %#x", p.Vaddr, p.Paddr)
		}
		for a := p.Vaddr &^ (pageSize - 1); a < p.Vaddr+p.Memsz; a += pageSize {
			if seen[a] {
				t.Errorf("page %#x is in two segments", a)
			}
			seen[a] = true
		}
		entered = entered || p.Flags&elf.PF_X != 0 && f.Entry >= p.Paddr && f.Entry < p.Paddr+p.Filesz
	}
	if !entered {
		t.Errorf("the entry point %#x is in no text", f.Entry)
	}
}

// TestStackHeadroom386: a trap in ring 0 pushes its frame on the goroutine's
// stack, below whatever nosplit functions have used of it unchecked. The
// linker's report gives the height of each such chain of calls.
func TestStackHeadroom386(t *testing.T) {
	_, said := build386(t, LinkFlags386+" -debugnosplit")
	type call struct {
		bytes int
		to    string
	}
	calls := map[string][]call{}
	line := regexp.MustCompile(`(?m)^nosplit: (.*?)(?:<\d+>)? \+(\d+)(?: -> (.*?)(?:<\d+>)?)?$`)
	for _, m := range line.FindAllSubmatch(said, -1) {
		n, _ := strconv.Atoi(string(m[2]))
		calls[string(m[1])] = append(calls[string(m[1])], call{n, string(m[3])})
	}
	if len(calls) < 1000 {
		t.Fatalf("the linker reports %d functions; has its format changed?", len(calls))
	}
	known, active := map[string]int{}, map[string]bool{}
	var height func(f string) int
	height = func(f string) int {
		switch {
		case f == "indirect":
			return 4 // a return address: the callee has its own chain
		case f == "" || f == "runtime.morestack" || active[f]:
			return 0
		}
		if h, ok := known[f]; ok {
			return h
		}
		active[f] = true
		h := 0
		for _, c := range calls[f] {
			h = max(h, c.bytes+height(c.to))
		}
		delete(active, f)
		known[f] = h
		return h
	}
	const (
		linkerLimit = 800    // cmd/internal/objabi.StackNosplit, less what a call needs
		trapFrame   = 13 * 4 // EFLAGS to error code, vector, PUSHAL
	)
	worst, at := 0, ""
	for f := range calls {
		if h := height(f); h > worst {
			worst, at = h, f
		}
	}
	t.Logf("worst chain: %d bytes, from %s", worst, at)
	if worst+trapFrame > linkerLimit {
		t.Errorf("%s uses %d bytes unchecked; a trap needs %d of %d", at, worst, trapFrame, linkerLimit)
	}
}

func TestConvert386Refuses(t *testing.T) {
	page := func(f func(b []byte)) []byte {
		b := make([]byte, pageSize)
		copy(b, "\x7fELF\x01\x01\x01")
		binary.LittleEndian.PutUint16(b[ehMachine:], em386)
		binary.LittleEndian.PutUint32(b[eh32Entry:], kernelBase)
		binary.LittleEndian.PutUint32(b[eh32Phoff:], eh32Size)
		f(b)
		return b
	}
	if _, err := Convert386(page(func([]byte) {})); err != nil {
		t.Fatalf("the example itself: %v", err)
	}
	le := binary.LittleEndian
	for name, b := range map[string][]byte{
		"empty":                nil,
		"short":                []byte("\x7fELF\x01"),
		"64 bits":              page(func(b []byte) { b[4] = 2 }),
		"another machine":      page(func(b []byte) { b[ehMachine]++ }),
		"low entry":            page(func(b []byte) { le.PutUint32(b[eh32Entry:], 0x1000) }),
		"headers outside":      page(func(b []byte) { le.PutUint32(b[eh32Phoff:], 1<<31); b[eh32Phnum] = 1 }),
		"sections outside":     page(func(b []byte) { le.PutUint32(b[eh32Shoff:], pageSize); b[eh32Shnum] = 1 }),
		"no room for a header": page(func(b []byte) { b[eh32Phoff] += 4; b[eh32Phnum] = (pageSize - eh32Size) / ph32Size }),
	} {
		if _, err := Convert386(b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
