package cfile

import (
	"fmt"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/vfs"
)

// Mappings of files (Linux 6.6 mm/mmap.c, mmap_region, and mm/memory.c for when
// vm_operations_struct's functions are called). Each area has a struct vm_area_struct
// from before mmap is called until after close was. Its file is open as long, and with
// that the module stays.

const mmHeader = "linux/mm.h"

var (
	// VMA is struct vm_area_struct.
	VMA = cstruct.New("vm_area_struct", mmHeader, cstruct.LongFields("vm_start", "vm_end", "vm_mm", "vm_page_prot", "vm_flags",
		"vm_ops", "vm_pgoff", "vm_file", "vm_private_data")...)

	// VMOps is struct vm_operations_struct.
	VMOps = cstruct.New("vm_operations_struct", mmHeader, cstruct.LongFields("open", "close", "fault")...)

	// VMFault is struct vm_fault.
	VMFault = cstruct.New("vm_fault", mmHeader,
		cstruct.Field{Name: "vma", Type: cstruct.Long},
		cstruct.Field{Name: "gfp_mask", Type: cstruct.Int},
		cstruct.Field{Name: "pgoff", Type: cstruct.Long},
		cstruct.Field{Name: "address", Type: cstruct.Long},
		cstruct.Field{Name: "real_address", Type: cstruct.Long},
		cstruct.Field{Name: "flags", Type: cstruct.Int},
		cstruct.Field{Name: "page", Type: cstruct.Long},
	)
)

// Bits of vm_flags (include/linux/mm.h).
const (
	vmProt       = 0x7 // VM_READ, VM_WRITE, VM_EXEC: as PROT_*
	vmShared     = 0x8
	vmMayShift   = 4 // from what may be done now to what mprotect may allow
	vmMayWrite   = abi.PROT_WRITE << vmMayShift
	vmMayShare   = 0x80
	vmPFNMap     = 0x400
	vmIO         = 0x4000
	vmDontCopy   = 0x20000
	vmDontExpand = 0x40000
	vmDontDump   = 0x4000000
	vmMixedMap   = 0x10000000
)

// Results of fault (vm_fault_t) and bits of its flags.
const (
	faultOOM    = 0x0001
	faultError  = 0x0873 // VM_FAULT_ERROR
	faultNoPage = 0x0100
	faultRetry  = 0x0400

	faultFlagWrite = 0x01
	faultFlagUser  = 0x40
)

const (
	pageSize  = 4096
	pageMask  = pageSize - 1
	pageShift = 12
	gfpUser   = 0x100cca // GFP_HIGHUSER_MOVABLE
)

// Pages is the memory that C code can have mapped. A page is known by its physical
// address, and to C code as a struct page by an address of its own.
type Pages interface {
	// Physical gives an address in physical memory, 0 if nothing is there.
	Physical(va uint64) uint64
	// Hold takes a reference to a page that a module can have: its memory, or with
	// registers a device's registers. It is false for any other.
	Hold(pa uint64, registers bool) bool
	Release(pa uint64)
	// Put gives up C code's reference to a page (put_page), Unmapped tells that
	// mappings are gone, which may have been the last to use one.
	Put(who *lkm.Caller, page uint64)
	Unmapped()
}

// Area is an area of memory that a file is mapped in. It implements vfs.UserArea.
type Area struct {
	f     *File
	space vfs.AreaSpace
	view  cstruct.View // struct vm_area_struct; at 0 if there was no memory for it
}

// NewArea implements vfs.AreaMapper.
func (f *File) NewArea(c *vfs.Caller, s vfs.AreaSpace, r vfs.AreaRange) (vfs.UserArea, abi.Errno) {
	fn, e := f.op(f.fs.CallerOf(c), "mmap")
	switch {
	case e != 0:
		return nil, e
	case fn == 0 && f.spec.Kind == ProcOps: // fs/proc/inode.c, pde_mmap
		return nil, abi.EIO
	case fn == 0 || f.fs.Pages == nil:
		return nil, abi.ENODEV
	}
	a := f.newArea(s)
	if a.view.Addr == 0 {
		return nil, abi.ENOMEM
	}
	flags := uint64(r.Prot) | vmProt<<vmMayShift
	if r.Shared {
		flags |= vmShared | vmMayShare
		if f.mode()&modeWrite == 0 {
			flags &^= vmShared | vmMayWrite
		}
	}
	a.view.Set("vm_flags", flags)
	a.view.Set("vm_page_prot", uint64(r.Prot))
	a.view.Set("vm_file", f.view.Addr)
	return a, 0
}

// newArea makes one with an empty structure.
func (f *File) newArea(s vfs.AreaSpace) *Area {
	core := f.fs.Core
	a := &Area{f: f, space: s}
	addr := core.Alloc(VMA.Size(core))
	if addr == 0 {
		return a
	}
	clear(core.Slice(addr, VMA.Size(core)))
	a.view = VMA.At(core, addr)
	a.view.Set("vm_mm", uint64(s.ID()))
	f.fs.mu.Lock()
	f.fs.areas[addr] = a
	f.fs.mu.Unlock()
	return a
}

// Free implements vfs.UserArea.
func (a *Area) Free() {
	fs := a.f.fs
	if a.view.Addr != 0 {
		fs.mu.Lock()
		delete(fs.areas, a.view.Addr)
		fs.mu.Unlock()
		fs.Core.Free(a.view.Addr)
	}
	fs.Pages.Unmapped()
}

// flags reads vm_flags; an area without a structure has none.
func (a *Area) flags() uint64 {
	if a.view.Addr == 0 {
		return 0
	}
	return a.view.Get("vm_flags")
}

// Place implements vfs.UserArea.
func (a *Area) Place(r vfs.AreaRange) {
	if a.view.Addr == 0 {
		return
	}
	a.view.Set("vm_start", uint64(r.Lo))
	a.view.Set("vm_end", uint64(r.Hi))
	if a.flags()&vmPFNMap == 0 || r.Shared {
		a.view.Set("vm_pgoff", uint64(r.Off)>>pageShift)
	}
	a.view.Set("vm_flags", a.flags()&^vmProt|uint64(r.Prot))
	a.view.Set("vm_page_prot", uint64(r.Prot))
}

// Prot implements vfs.UserArea.
func (a *Area) Prot() (now, most uint8) {
	flags := a.flags()
	return uint8(flags & vmProt), uint8(flags >> vmMayShift & vmProt)
}

// Fixed implements vfs.UserArea (mm/mremap.c, vma_to_resize).
func (a *Area) Fixed() bool { return a.flags()&(vmDontExpand|vmPFNMap) != 0 }

// Special implements vfs.UserArea (mm/madvise.c, madvise_dontneed_free_valid_vma).
func (a *Area) Special() bool { return a.flags()&vmPFNMap != 0 }

// Inherited implements vfs.UserArea (kernel/fork.c, dup_mmap).
func (a *Area) Inherited() bool { return a.flags()&vmDontCopy == 0 }

// Copy implements vfs.UserArea.
func (a *Area) Copy(s vfs.AreaSpace) vfs.UserArea {
	b := a.f.newArea(s)
	if a.view.Addr == 0 || b.view.Addr == 0 {
		return b
	}
	core := a.f.fs.Core
	mm := b.view.Get("vm_mm")
	copy(core.Slice(b.view.Addr, VMA.Size(core)), core.Slice(a.view.Addr, VMA.Size(core)))
	b.view.Set("vm_mm", mm)
	return b
}

// Map implements vfs.UserArea.
func (a *Area) Map(c *vfs.Caller) abi.Errno {
	who := a.f.fs.CallerOf(c)
	if !a.f.enter(who) {
		return gone
	}
	defer a.f.leave(who)
	fn, e := a.f.op(who, "mmap")
	if e != 0 {
		return e
	}
	if fn == 0 {
		return abi.ENODEV
	}
	r, e := a.f.fs.Run(who, fn, a.f.view.Addr, a.view.Addr)
	if e != 0 {
		return e
	}
	if e := lkm.Errno(r); e != 0 || uint32(r) == 0 {
		return e
	}
	return abi.EINVAL // no error number, and not success
}

// op reads an operation of the area's; 0 if there is none.
func (a *Area) op(who *lkm.Caller, name string) (fn uint64, e abi.Errno) {
	if a.view.Addr == 0 {
		return 0, 0
	}
	core := a.f.fs.Core
	e = a.f.fs.Guard(who, func() {
		if ops := a.view.Get("vm_ops"); ops != 0 {
			fn = VMOps.At(core, ops).Get(name)
		}
	})
	return fn, e
}

// tell calls open or close.
func (a *Area) tell(c *vfs.Caller, name string) {
	who := a.f.fs.CallerOf(c)
	if !a.f.enter(who) {
		return
	}
	defer a.f.leave(who)
	if fn, e := a.op(who, name); e == 0 && fn != 0 {
		a.f.fs.Run(who, fn, a.view.Addr)
	}
}

// Open implements vfs.UserArea.
func (a *Area) Open(c *vfs.Caller) { a.tell(c, "open") }

// Close implements vfs.UserArea.
func (a *Area) Close(c *vfs.Caller) { a.tell(c, "close") }

// Fault implements vfs.UserArea. Without the operation, what was not entered by mmap is
// not there.
func (a *Area) Fault(c *vfs.Caller, va uintptr, write bool) (uintptr, abi.Errno) {
	fs := a.f.fs
	who := fs.CallerOf(c)
	if !a.f.enter(who) {
		return 0, gone
	}
	defer a.f.leave(who)
	fn, e := a.op(who, "fault")
	if e != 0 || fn == 0 {
		return 0, abi.EFAULT
	}
	size := VMFault.Size(fs.Core)
	addr := fs.Core.Alloc(size)
	if addr == 0 {
		return 0, abi.ENOMEM
	}
	defer fs.Core.Free(addr)
	clear(fs.Core.Slice(addr, size))
	v := VMFault.At(fs.Core, addr)
	page := uint64(va) &^ pageMask
	v.Set("vma", a.view.Addr)
	v.Set("gfp_mask", gfpUser)
	v.Set("pgoff", a.view.Get("vm_pgoff")+(page-a.view.Get("vm_start"))>>pageShift)
	v.Set("address", page)
	v.Set("real_address", uint64(va))
	flags := uint64(faultFlagUser)
	if write {
		flags |= faultFlagWrite
	}
	v.Set("flags", flags)
	r, e := fs.Run(who, fn, addr)
	switch {
	case e != 0 || r&faultError&^faultOOM != 0:
		return 0, abi.EFAULT
	case r&faultOOM != 0:
		return 0, abi.ENOMEM
	case r&(faultNoPage|faultRetry) != 0:
		return 0, 0
	}
	return a.take(who, fn, v.Get("page"))
}

// take takes the page that fault has supplied, with its reference.
func (a *Area) take(who *lkm.Caller, fn, page uint64) (uintptr, abi.Errno) {
	fs := a.f.fs
	pa := uint64(0)
	if page != 0 {
		pa = fs.Pages.Physical(page) &^ pageMask
	}
	if pa == 0 || !fs.Pages.Hold(pa, false) {
		fs.Core.Log(fmt.Sprintf("\x013BUG: %s: the page for %s is %#x, which is no page of a module\n", fs.Core.Symbol(fn), who.Comm, page))
		return 0, abi.EFAULT
	}
	fs.Pages.Put(who, page)
	return uintptr(pa), 0
}
