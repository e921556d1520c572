package block

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/device"
	"rv86/kernel/vfs"
)

// Block is all block devices.
type Block struct {
	core  lkm.Core
	files *cfile.Files
	model *device.Model
	ns    *vfs.Namespace
	class uint64

	mu      sync.Mutex
	majors  map[uint32]string
	sets    map[uint64]*tagSet // by struct blk_mq_tag_set
	disks   map[uint64]*disk   // by struct gendisk
	flights map[uint64]*flight // by struct request, or by struct bio
	ext     uint32             // minors given out of extMajor
}

// extMajor is where disks without a number of their own are (BLOCK_EXT_MAJOR).
const extMajor = 259

// New makes it.
func New(model *device.Model, files *cfile.Files, ns *vfs.Namespace) *Block {
	b := &Block{
		core: files.Core, files: files, model: model, ns: ns,
		majors: map[uint32]string{extMajor: "blkext"}, sets: map[uint64]*tagSet{}, disks: map[uint64]*disk{}, flights: map[uint64]*flight{},
	}
	const perm = 0o444
	ns.Proc().Add("partitions", vfs.Text(perm, b.partitions))
	return b
}

// Start makes the class, once exports have addresses.
func (b *Block) Start() (e abi.Errno) {
	b.class, e = b.model.Class("block", "")
	return e
}

const (
	majorMax = 512 // BLKDEV_MAJOR_MAX
	dynFirst = 254 // where numbers are given out, downwards
)

// register is register_blkdev: the major number it gives, or 0 for one that was
// asked for.
func (b *Block) register(major uint32, name string) (uint32, abi.Errno) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if major == 0 {
		for n := uint32(dynFirst); n > 0; n-- {
			if _, taken := b.majors[n]; !taken {
				b.majors[n] = name
				return n, 0
			}
		}
		return 0, abi.EBUSY
	}
	if major >= majorMax {
		b.core.Log(fmt.Sprintf("\x013register_blkdev: major requested (%d) is greater than the maximum (%d) for %s\n", major, majorMax-1, name))
		return 0, abi.EINVAL
	}
	if _, taken := b.majors[major]; taken {
		b.core.Log(fmt.Sprintf("\x014register_blkdev: cannot get major %d for %s\n", major, name))
		return 0, abi.EBUSY
	}
	b.majors[major] = name
	return 0, 0
}

// MajorsText is what /proc/devices says of block devices.
func (b *Block) MajorsText() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var numbers []uint32
	for n := range b.majors {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	var out strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&out, "%3d %s\n", n, b.majors[n])
	}
	return out.String()
}

// partitions is /proc/partitions (show_partition).
func (b *Block) partitions() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []*disk
	for _, d := range b.disks {
		if d.live {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(x, y *disk) int { return int(int64(x.dev) - int64(y.dev)) })
	var out strings.Builder
	if len(list) > 0 {
		out.WriteString("major minor  #blocks  name\n\n")
	}
	for _, d := range list {
		major, minor := cfile.SplitDev(d.dev)
		fmt.Fprintf(&out, "%4d  %7d %10d %s\n", major, minor, d.sectors()/(1024/sectorSize), d.name)
	}
	return []byte(out.String())
}

func (b *Block) disk(addr uint64) *disk {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.disks[addr]
}

// cstr reads the string in an array of characters.
func (b *Block) cstr(at, n uint64) string {
	s, _, _ := strings.Cut(string(b.core.Slice(at, n)), "\x00")
	return s
}

// read gives a member, of C memory that may be bad.
func (b *Block) read(who *lkm.Caller, s *cstruct.Struct, at uint64, field string) (v uint64, e abi.Errno) {
	if at == 0 {
		return 0, 0
	}
	e = b.files.Guard(who, func() { v = s.At(b.core, at).Get(field) })
	return v, e
}
