package debugfs

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/vfs"
	"rv86/kmod/kapi"
)

// value is a kind of variable that a file shows.
type value struct {
	suffix string // of debugfs_create_
	ctype  string
	size   uint64 // 0 is a word
	format string
	signed bool
}

var values = []value{
	{"u8", "u8", 1, "%d\n", false},
	{"u16", "u16", 2, "%d\n", false},
	{"u32", "u32", 4, "%d\n", false},
	{"u64", "u64", 8, "%d\n", false},
	{"ulong", "unsigned long", 0, "%d\n", false},
	{"size_t", "size_t", 0, "%d\n", false},
	{"x8", "u8", 1, "0x%02x\n", false},
	{"x16", "u16", 2, "0x%04x\n", false},
	{"x32", "u32", 4, "0x%08x\n", false},
	{"x64", "u64", 8, "0x%016x\n", false},
	{"atomic_t", "atomic_t", 4, "%d\n", true},
}

// variable adds the file of a variable in C memory: show and store are called
// with a Guard around them.
func (d *Debug) variable(
	c *kapi.Call, show func(at uint64) string, store func(at uint64, text string) abi.Errno,
) uint64 {
	name, mode, parent, at := c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr()
	return d.add(c, name, parent, "File", func(e *entry) *vfs.Node {
		a := kobj.Attr{Name: name, Mode: mode, Gone: abi.EIO}
		a.Show = func(who *lkm.Caller) ([]byte, abi.Errno) {
			var text string
			err := d.files.Guard(who, func() { text = show(at) })
			return []byte(text), err
		}
		if store != nil {
			a.Store = func(who *lkm.Caller, b []byte) (int, abi.Errno) {
				var err abi.Errno
				if g := d.files.Guard(who, func() { err = store(at, strings.TrimSpace(string(b))) }); g != 0 {
					err = g
				}
				return len(b), err
			}
		}
		var node *vfs.Node
		node, e.shut = kobj.Node(d.files, a)
		return node
	})
}

func (d *Debug) valueFuncs() []kapi.Func {
	var funcs []kapi.Func
	for _, v := range values {
		name := "debugfs_create_" + v.suffix
		funcs = append(funcs, kapi.Func{
			Name: name, Proto: "void " + name + "(const char *name, umode_t mode, struct dentry *parent, " + v.ctype + " *value)",
			Call: func(c *kapi.Call) uint64 {
				d.variable(c, func(at uint64) string { return d.show(&v, at) }, func(at uint64, text string) abi.Errno {
					return d.store(&v, at, text)
				})
				return 0
			},
		})
	}
	return append(funcs,
		kapi.Func{Name: "debugfs_create_bool", Proto: "void debugfs_create_bool(const char *name, umode_t mode, struct dentry *parent, bool *value)", Call: func(c *kapi.Call) uint64 {
			d.variable(c, func(at uint64) string {
				if d.core.Slice(at, 1)[0] != 0 {
					return "Y\n"
				}
				return "N\n"
			}, d.storeBool)
			return 0
		}},
		kapi.Func{Name: "debugfs_create_str", Proto: "void debugfs_create_str(const char *name, umode_t mode, struct dentry *parent, char **value)", Call: func(c *kapi.Call) uint64 {
			d.variable(c, func(at uint64) string {
				if p := cstruct.Word(d.core, at); p != 0 {
					return cstruct.String(d.core, p) + "\n"
				}
				return "(null)\n"
			}, nil)
			return 0
		}},
		kapi.Func{Name: "debugfs_create_blob", Proto: "struct dentry *debugfs_create_blob(const char *name, umode_t mode, struct dentry *parent, struct debugfs_blob_wrapper *blob)", Call: d.createBlob},
	)
}

func (d *Debug) show(v *value, at uint64) string {
	size := v.size
	if size == 0 {
		size = uint64(d.core.WordSize())
	}
	n := cstruct.Get(d.core, at, int(size))
	if v.signed {
		return fmt.Sprintf(v.format, int32(n))
	}
	return fmt.Sprintf(v.format, n)
}

// store takes a number in C's notation (kstrtoull with base 0).
func (d *Debug) store(v *value, at uint64, text string) abi.Errno {
	size := v.size
	if size == 0 {
		size = uint64(d.core.WordSize())
	}
	n, e := number(text)
	if e != 0 {
		return e
	}
	cstruct.Put(d.core, at, int(size), n)
	return 0
}

// number reads a decimal, octal (0...) or hexadecimal (0x...) number; a negative
// one is its two's complement.
func number(text string) (uint64, abi.Errno) {
	base := 10
	digits, minus := strings.CutPrefix(text, "-")
	switch {
	case strings.HasPrefix(digits, "0x") || strings.HasPrefix(digits, "0X"):
		base, digits = 16, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base, digits = 8, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return 0, abi.EINVAL
	}
	if minus {
		n = -n
	}
	return n, 0
}

func (d *Debug) storeBool(at uint64, text string) abi.Errno {
	var v byte
	switch strings.ToLower(text) {
	case "y", "yes", "1", "on", "t", "true":
		v = 1
	case "n", "no", "0", "off", "f", "false":
	default:
		return abi.EINVAL
	}
	d.core.Slice(at, 1)[0] = v
	return 0
}

func (d *Debug) createBlob(c *kapi.Call) uint64 {
	name, mode, parent, blob := c.Str(c.Ptr()), c.Uint(), c.Ptr(), c.Ptr()
	return d.add(c, name, parent, "File", func(e *entry) *vfs.Node {
		const anyRead = 0o444
		var node *vfs.Node
		node, e.shut = kobj.Node(d.files, kobj.Attr{
			Name: name, Mode: mode & anyRead, Gone: abi.EIO,
			ReadAt: func(who *lkm.Caller, off int64, n int) (out []byte, err abi.Errno) {
				err = d.files.Guard(who, func() {
					b := Blob.At(d.core, blob)
					size := int64(b.Get("size"))
					if off < size {
						out = append(out, d.core.Slice(b.Get("data")+uint64(off), uint64(min(int64(n), size-off)))...)
					}
				})
				return out, err
			},
		})
		return node
	})
}

// simpleAttr is an open file of one number (DEFINE_SIMPLE_ATTRIBUTE).
type simpleAttr struct {
	get, set, data uint64
	format         string
	text           string // as of the last read at 0
}

func (d *Debug) simpleOf(file uint64) *simpleAttr {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.simple[file]
}

func (d *Debug) simpleOpen(c *kapi.Call) uint64 {
	in, file := cfile.Inode.At(d.core, c.Ptr()), c.Ptr()
	a := &simpleAttr{get: c.Ptr(), set: c.Ptr(), data: in.Get("i_private"), format: c.Str(c.Ptr())}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.simple[file] = a
	return 0
}

// simpleText asks for the number.
func (d *Debug) simpleText(c *kapi.Call, a *simpleAttr) abi.Errno {
	const size = 8
	cell := c.Alloc(size)
	if cell == 0 {
		return abi.ENOMEM
	}
	defer c.Free(cell)
	clear(c.Slice(cell, size))
	r, ok := c.CallC(a.get, a.data, cell)
	if !ok {
		c.Died = kapi.FaultInside
		return abi.EFAULT
	}
	if e := lkm.Errno(r); e != 0 {
		return e
	}
	words := cfile.Quad(d.core.WordSize(), int64(cstruct.Get(d.core, cell, size)))
	args := kapi.Args{Word: c.Word, Next: func() uint64 {
		if len(words) == 0 {
			return 0
		}
		w := words[0]
		words = words[1:]
		return w
	}}
	a.text = c.Sprintf(a.format, &args)
	return 0
}
