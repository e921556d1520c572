package vmlinux

import "fmt"

// Level is when an initcall runs: one after the other in this order (Linux
// include/linux/init.h). A level's "s" form runs behind it, for what has to
// wait for all of the level.
type Level int

// The levels, by Linux's names.
const (
	Early Level = iota
	Pure
	PureSync
	Core
	CoreSync
	Postcore
	PostcoreSync
	Arch
	ArchSync
	Subsys
	SubsysSync
	FS
	FSSync
	Rootfs
	Device
	DeviceSync
	Late
	LateSync

	LevelCount
)

// levelNames are the middles of the section names .initcall*.init.
var levelNames = [LevelCount]string{
	"early", "0", "0s", "1", "1s", "2", "2s", "3", "3s", "4", "4s", "5", "5s", "rootfs", "6", "6s", "7", "7s",
}

// String is the level as Linux's section names have it.
func (l Level) String() string { return levelNames[l] }

// Section is the name of the level's section.
func (l Level) Section() string { return ".initcall" + levelNames[l] + ".init" }

// Start is the bound at the level's beginning; ok is false for one that has
// none, which continues the level before.
func (l Level) Start() (b Bound, ok bool) {
	switch l {
	case Early:
		return InitcallStart, true
	case Rootfs:
		return InitcallRootfsStart, true
	case Pure, Core, Postcore, Arch, Subsys, FS:
		return Initcall0Start + Bound(l-Pure)/2, true
	case Device:
		return Initcall6Start, true
	case Late:
		return Initcall7Start, true
	}
	return 0, false
}

// A row of .initcall*.init is {function, level, name}; one of __param is
// {function, name, 0}. Names are NUL-terminated.
const (
	RowWords = 3

	initcallLevel = 1
	initcallName  = 2
	paramName     = 1
)

// Initcall is a row of .initcall*.init.
type Initcall struct {
	Row   uint64 // its own address: a Go function value
	Func  uint64
	Level Level
	Name  string
}

// Param is a row of __param: a word of the kernel command line and the function
// that takes its value.
type Param struct {
	Row  uint64
	Func uint64
	Name string
}

// AppendInitcall writes a row, for a name at the given address.
func AppendInitcall(out []byte, word int, c Initcall, name uint64) []byte {
	out = appendWord(out, word, c.Func)
	out = appendWord(out, word, uint64(c.Level))
	return appendWord(out, word, name)
}

// AppendParam writes a row, for a name at the given address.
func AppendParam(out []byte, word int, p Param, name uint64) []byte {
	out = appendWord(out, word, p.Func)
	out = appendWord(out, word, name)
	return appendWord(out, word, 0)
}

// maxName bounds the names in rows.
const maxName = 64

func nameAt(at uint64, slice func(va, n uint64) []byte) string {
	for n := uint64(0); n < maxName; n++ {
		if slice(at+n, 1)[0] == 0 {
			return string(slice(at, n))
		}
	}
	return string(slice(at, maxName))
}

// ReadInitcalls reads the rows of all levels, which lie behind one another.
func ReadInitcalls(b *Bounds, word int, slice func(va, n uint64) []byte) ([]Initcall, error) {
	var calls []Initcall
	last := Early
	err := eachRow(b[InitcallStart], b[InitcallEnd], word, slice, func(at uint64, row func(i int) uint64) error {
		c := Initcall{Row: at, Func: row(0), Level: Level(row(initcallLevel)), Name: nameAt(row(initcallName), slice)}
		if c.Level < last || c.Level >= LevelCount {
			return fmt.Errorf("initcall %s has level %d behind level %d", c.Name, c.Level, last)
		}
		last = c.Level
		calls = append(calls, c)
		return nil
	})
	return calls, err
}

// ReadParams reads the rows of __param.
func ReadParams(b *Bounds, word int, slice func(va, n uint64) []byte) (params []Param, err error) {
	err = eachRow(b[StartParam], b[StopParam], word, slice, func(at uint64, row func(i int) uint64) error {
		params = append(params, Param{Row: at, Func: row(0), Name: nameAt(row(paramName), slice)})
		return nil
	})
	return params, err
}

func eachRow(lo, hi uint64, word int, slice func(va, n uint64) []byte, f func(at uint64, row func(i int) uint64) error) error {
	size := uint64(RowWords * word)
	if hi < lo || (hi-lo)%size != 0 {
		return fmt.Errorf("the table at %#x has %d bytes, no multiple of %d", lo, hi-lo, size)
	}
	for at := lo; at < hi; at += size {
		b := slice(at, size)
		if err := f(at, func(i int) uint64 { return getWord(b[i*word:], word) }); err != nil {
			return err
		}
	}
	return nil
}
