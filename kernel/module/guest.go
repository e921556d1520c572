//go:build riscv64 || 386

package module

import (
	"fmt"
	"runtime"
	"strings"
	"sync"

	"rv86/kernel/klog"
	"rv86/kernel/module/gofuncs"
	"rv86/kernel/nucleus"
	"rv86/kmod/vmlinux"
)

// kern is the running kernel's modules; Setup sets it before any process runs.
var kern *Kernel

// Running gives the running kernel's modules.
func Running() *Kernel { return kern }

// Setup makes the modules of the machine this kernel runs on. What the kernel's
// other packages export can then be provided; Kernel.Start ends the set-up.
func Setup(args string) *Kernel {
	m := &machine{}
	m.window.modules.turn = modulesTurn
	if s := m.window.allocData(stackPages); s != 0 {
		m.stacks = append(m.stacks, s)
	}
	kern = New(Config{Machine: m, Args: args})
	kern.Version = kern.base.version
	return kern
}

// machine implements Machine on the nucleus.
type machine struct {
	window window

	mu     sync.Mutex
	stacks []uintptr // C stacks that wait for use; at most stacksKept
}

const (
	stackPages = 4 // Linux THREAD_SIZE, 16 KiB
	stackSize  = stackPages * nucleus.PageSize
	stacksKept = 1
)

// spare is the part of memory that C code leaves to programs: a module that
// allocates until it gets nothing must not cost the shell its life.
const spare = 16 // one in so many pages

// enough says whether C code may have n more pages.
func enough(n uint64) bool {
	total, free := nucleus.Pages()
	return uint64(free) >= n && free-uintptr(n) >= total/spare
}

func (m *machine) Map(n uint64) uint64 {
	n /= nucleus.PageSize
	if !enough(n) {
		return 0
	}
	return uint64(m.window.allocModule(int(n)))
}

func (m *machine) MapData(n uint64) uint64 {
	n /= nucleus.PageSize
	if !enough(n) {
		return 0
	}
	return uint64(m.window.allocData(int(n)))
}

func (m *machine) Unmap(va uint64) { m.window.free(uintptr(va)) }

func (m *machine) Protect(va, n uint64, r Rights) {
	m.window.protect(uintptr(va), uintptr(n), rightsPte[r])
}

// Physical looks the window up; other memory that C code has is in the direct map.
func (m *machine) Physical(va uint64) uint64 {
	if a := uintptr(va); a >= nucleus.ModuleBase && a < nucleus.ModuleEnd {
		return uint64(m.window.physical(a))
	}
	return va - uint64(nucleus.DirectMap)
}

// Poke writes by way of the direct map, where everything is writable.
func (m *machine) Poke(va uint64, b []byte) { m.window.poke(uintptr(va), b) }

// Page gives a page at its place in the direct map.
func (m *machine) Page() uint64 {
	if !enough(1) {
		return 0
	}
	pa := nucleus.AllocPageDirty(nucleus.PageSlab)
	if pa == 0 {
		return 0
	}
	return uint64(pa + nucleus.DirectMap)
}

func (m *machine) FreePage(va uint64) { nucleus.FreePage(uintptr(va) - nucleus.DirectMap) }

func (m *machine) Slice(va, n uint64) []byte { return nucleus.Bytes(uintptr(va), uintptr(n)) }

func (m *machine) Now() int64 { return nucleus.Now() }

func (m *machine) Panic(reason string) { nucleus.Panic(reason) }

func (m *machine) SetModules(text string) { nucleus.SetModules(text) }

// Bounds reads the image's header.
func (m *machine) Bounds() (vmlinux.Bounds, error) {
	return vmlinux.ReadBounds(nucleus.ImageHeader(), m.Target().WordSize())
}

// Functions are those that Go's linker listed. Their table is not looked at
// before somebody asks.
func (m *machine) Functions() *gofuncs.Table {
	table, text := nucleus.GoFuncs()
	t, err := gofuncs.Read(table, uint64(text))
	if err != nil {
		klog.Warnf("%v", err)
	}
	return t
}

// KernelSymbol asks Go's own tables.
func (m *machine) KernelSymbol(addr uint64) string {
	f := runtime.FuncForPC(uintptr(addr))
	if f == nil {
		return ""
	}
	name := f.Name()
	return fmt.Sprintf("%s+%#x", name[strings.LastIndexByte(name, '.')+1:], addr-uint64(f.Entry()))
}

func (m *machine) takeStack() uintptr {
	m.mu.Lock()
	if n := len(m.stacks); n > 0 {
		s := m.stacks[n-1]
		m.stacks = m.stacks[:n-1]
		m.mu.Unlock()
		return s
	}
	m.mu.Unlock()
	return m.window.allocData(stackPages)
}

func (m *machine) putStack(s uintptr) {
	m.mu.Lock()
	if len(m.stacks) < stacksKept {
		m.stacks = append(m.stacks, s)
		m.mu.Unlock()
		return
	}
	m.mu.Unlock()
	m.window.free(s)
}
