package module

import (
	"rv86/kernel/abi"
	"rv86/kmod"
	"rv86/kmod/vmlinux"
)

// debugHead, debugModule and debugSection have the layout that abi documents.
// Debuggers read them in guest memory; the kernel does not.
type debugHead struct {
	version, generation uintptr
	first               *debugModule
	stubs, stubSize     uintptr
	stubCount           uintptr
}

type debugModule struct {
	next           *debugModule
	name           string
	state          uintptr
	core, coreSize uintptr
	init, initSize uintptr
	sections       []debugSection
}

type debugSection struct {
	name string
	addr uintptr
}

// debugList is written under the Kernel's lock. It is a variable of its own, so
// that it has a symbol.
var debugList = debugHead{version: abi.DebugListVersion}

// debugNotify is where a debugger waits for changes of debugList.
//
//go:noinline
func debugNotify() {}

// debugStubs tells debuggers where the export stubs are; the first is the one to
// which C functions return.
func (k *Kernel) debugStubs(count int) {
	debugList.stubs, debugList.stubSize, debugList.stubCount = uintptr(k.base.ReturnStub()), vmlinux.StubSize, uintptr(count)
}

// debugAdd puts a module that was just linked on the list.
func (k *Kernel) debugAdd(m *Module, im *kmod.Image) {
	d := &debugModule{name: m.Name, state: uintptr(Coming)}
	for i := range im.Spec.Sections {
		if _, addr := im.SectionMem(i); addr != 0 {
			d.sections = append(d.sections, debugSection{im.Spec.Sections[i].Name, uintptr(addr)})
		}
	}
	k.mu.Lock()
	d.core, d.coreSize = uintptr(m.core), uintptr(m.coreSize)
	d.init, d.initSize = uintptr(m.init), uintptr(m.initSize)
	d.next, debugList.first = debugList.first, d
	m.debug = d
	debugList.generation++
	k.mu.Unlock()
	debugNotify()
}

// debugChange follows the module's state and what memory it has left; a module
// without any is taken off the list.
func (k *Kernel) debugChange(m *Module) {
	k.mu.Lock()
	d := m.debug
	if d == nil { // it never got as far as the list
		k.mu.Unlock()
		return
	}
	d.state = uintptr(m.state)
	if m.init == 0 && d.init != 0 {
		kept := d.sections[:0]
		for _, s := range d.sections {
			if s.addr-d.init >= d.initSize {
				kept = append(kept, s)
			}
		}
		d.sections, d.init, d.initSize = kept, 0, 0
	}
	if m.core == 0 {
		at := &debugList.first
		for *at != d {
			at = &(*at).next
		}
		*at, m.debug = d.next, nil
	}
	debugList.generation++
	k.mu.Unlock()
	debugNotify()
}
