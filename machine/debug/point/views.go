package point

// Register is a register and its value, little-endian.
type Register struct {
	Name   string
	Group  string // general, fpu, csr, control, segment
	Value  []byte
	Fields []Field // what its bits mean, from the highest; nil for a plain number
}

// Field is some bits of a register.
type Field struct {
	Name  string
	Value uint64
	Text  string // the value in words, empty for a plain number
}

// Register groups.
const (
	GroupGeneral = "general"
	GroupFPU     = "fpu"
	GroupCSR     = "csr"
	GroupControl = "control"
	GroupSegment = "segment"
)

// Walk is how an address is translated.
type Walk struct {
	Steps []WalkStep
	PA    uint64
	OK    bool
	Why   string // the result in words: the page, or why the access faults
}

// WalkStep is one page table entry that was looked at.
type WalkStep struct {
	Level int
	Index uint64
	At    uint64 // physical address of the entry
	Entry uint64
	Text  string // decoded
}

// TLBEntry is a translation that the processor has cached.
type TLBEntry struct {
	VA, PA, Size uint64
	Perm         string // as in rwxu
}

// Mapping is a run of pages with the same rights.
type Mapping struct {
	VA, PA, Size uint64
	Perm         string // letters of r w x u g a d
}

// Device is a device of the board.
type Device struct {
	Name  string
	Where string   // its window
	Lines []string // interrupt lines and their levels
	State []string // its registers, as text
}
