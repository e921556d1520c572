package vfs

import "rv86/kernel/abi"

// What is between a file whose driver supplies the pages of its mappings (character
// devices of modules) and the address spaces. The driver's code runs with no lock
// of the space held, and may sleep and reach the program's memory.
type (
	// AreaMapper is a file with such mappings.
	AreaMapper interface {
		// NewArea makes what stands for an area that is about to be mapped, at a place
		// that is not known yet; ENODEV if the file cannot be mapped.
		NewArea(c *Caller, s AreaSpace, r AreaRange) (UserArea, abi.Errno)
	}

	// AreaRange is where an area is and what its pages may be used for.
	AreaRange struct {
		Lo, Hi uintptr
		Off    int64 // of Lo, in the file
		Prot   uint8 // PROT_*
		Shared bool  // MAP_SHARED
	}

	// UserArea is one area to its driver. Of its methods only those that take a
	// Caller run the driver's code.
	UserArea interface {
		// Map asks the driver to map the area (mmap); the area is there already.
		Map(c *Caller) abi.Errno
		// Open tells of an area that Copy made, Close that one is gone.
		Open(c *Caller)
		Close(c *Caller)
		// Fault supplies the page of an address, with a reference for the page
		// table; 0 without an error says that the driver has entered it itself.
		Fault(c *Caller, va uintptr, write bool) (page uintptr, e abi.Errno)
		// Copy makes what stands for another area, of a space, with the same source.
		Copy(s AreaSpace) UserArea
		// Place says where the area is now.
		Place(r AreaRange)
		// Prot is what the driver leaves of the protection that was asked for, and
		// what mprotect may make of it.
		Prot() (now, most uint8)
		// Fixed says that the area cannot grow, Special that its pages cannot be
		// dropped to be supplied again.
		Fixed() bool
		Special() bool
		// Inherited says that fork copies the area.
		Inherited() bool
		// Free gives back what stands for the area.
		Free()
	}

	// AreaSpace is the address space of an area.
	AreaSpace interface {
		// ID is a number that no other space has.
		ID() uintptr
		// Enter enters pages of an area from va on, which gives a reference for
		// each to the page table, if it succeeds. EFAULT says that they are not in
		// the area, EBUSY that there is one, ENOMEM that there is no page for a table.
		Enter(a UserArea, va uintptr, pages []uintptr) abi.Errno
		// Remove takes entries of an area away.
		Remove(a UserArea, va, n uintptr) abi.Errno
	}
)
