package vm

// PageSize is the unit of everything here.
const (
	PageSize  = 4096
	pageMask  = PageSize - 1
	pageShift = 12
)

// Use says what a page of memory is for.
type Use int

// The uses of a page. Tables of a space are Table pages, its root too.
const (
	Anon   Use = iota // private memory of a space
	Shared            // anonymous memory that spaces share
	File              // the file cache
	Table
)

// Memory is the machine's memory and translation hardware.
type Memory interface {
	// Alloc takes a zeroed page with one reference; 0 if memory is short.
	Alloc(u Use) uintptr
	// AllocDirty is Alloc for a page that the caller writes in full.
	AllocDirty(u Use) uintptr
	// Lend gives the page of memory that is b, with a reference, if it may be
	// mapped for reading: then it has an owner that stays, so that nobody takes
	// it for his own. Else 0.
	Lend(b []byte) uintptr
	// Ref adds a reference to a page, Free drops one, Refs counts them.
	Ref(pa uintptr)
	Free(pa uintptr)
	Refs(pa uintptr) uint32
	// Counted tells memory from the registers of devices, of which Ref and Free keep
	// no count, and which the kernel does not touch.
	Counted(pa uintptr) bool
	// Page is the kernel's view of a page, Table the same as page table entries.
	Page(pa uintptr) *[PageSize]byte
	Table(pa uintptr) *[tableLen]pte
	// NewRoot makes a root table with the kernel's parts, 0 if memory is short.
	// LeaveRoot says that root is about to be freed.
	NewRoot() uintptr
	LeaveRoot(root uintptr)
	// Flush forgets the translation of one page, FlushAll all of them.
	Flush(va uintptr)
	FlushAll()
	// FlushCode makes written instructions visible to execution.
	FlushCode()
}

func pageUp(a uintptr) uintptr { return (a + pageMask) &^ pageMask }
