package mmu

// Access is what a translation is for.
type Access uint8

const (
	Load Access = iota
	Store
	Fetch
)

// Fault is why a translation failed. The zero value is no fault.
type Fault uint8

const (
	NoFault     Fault = iota
	PageFault         // the page tables do not permit the access
	AccessFault       // no memory, or memory protected by other means, at a physical address
)

// Pages are 4 KiB on both machines; larger ones are entered in pieces.
const (
	PageShift = 12
	PageSize  = 1 << PageShift
	PageMask  = PageSize - 1
)
