package uaccess

import (
	"testing"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kernel/lkm/lkmtest"
)

// program has two pages of memory at 0x10000, and nothing else.
type program struct {
	lkm.Thread
	mem [2 * page]byte
}

const base = 0x10000

func (p *program) part(va uintptr, n int) ([]byte, abi.Errno) {
	if va < base || va+uintptr(n) > base+2*page {
		return nil, abi.EFAULT
	}
	return p.mem[va-base:][:n], 0
}

func (p *program) CopyIn(va uintptr, b []byte) abi.Errno {
	m, e := p.part(va, len(b))
	copy(b, m)
	return e
}

func (p *program) CopyOut(va uintptr, b []byte) abi.Errno {
	m, e := p.part(va, len(b))
	copy(m, b)
	return e
}

// TestUserMemory calls every function, with pointers that are good, bad, and good
// at first.
func TestUserMemory(t *testing.T) {
	core := lkmtest.New(t)
	p := &program{}
	who := &lkm.Caller{PID: 1, Thread: p}
	rows := Exports()
	call := func(name string, args ...uint64) int64 { return int64(core.Call(who, rows, name, args...)) }
	const end = base + 2*page
	k := core.Alloc(4 * page)
	text := core.Str("hello")
	fault, errno := -int64(abi.EFAULT), func(e abi.Errno) int64 { return -int64(e) }
	for _, c := range []struct {
		what string
		got  int64
		want int64
	}{
		{"out", call("copy_to_user", base+page-2, text, 6), 0},
		{"in", call("copy_from_user", k, base+page-2, 6), 0},
		{"out to nothing", call("copy_to_user", 8, text, 6), 6},
		{"out past the end", call("copy_to_user", end-4, k, 4+page), page},
		{"in past the end", call("copy_from_user", k, end-4, 8), 4},
		{"in from the kernel", call("copy_from_user", k, 1<<40, 8), 8},
		{"a negative count", call("copy_from_user", k, base, ^uint64(0)), -1},
		{"clear", call("clear_user", end-4, 4), 0},
		{"clear nothing", call("clear_user", end, 4), 4},
		{"string", call("strncpy_from_user", k, base+page-2, 100), 5},
		{"cut string", call("strncpy_from_user", k, base+page-2, 3), 3},
		{"no string", call("strncpy_from_user", k, end, 3), fault},
		{"string of no bytes", call("strncpy_from_user", k, end, 0), 0},
		{"length", call("strnlen_user", base+page-2, 100), 6},
		{"length cut", call("strnlen_user", base+page-2, 2), 3},
		{"length of nothing", call("strnlen_user", end, 2), 0},
		{"dup of nothing", call("memdup_user", end, 8), fault},
		{"dup too large", call("memdup_user", base, 1<<30), errno(abi.ENOMEM)},
		{"string too long", call("strndup_user", base+page-2, 3), errno(abi.EINVAL)},
		{"access", call("access_ok", base, 5), 1},
		{"access above", call("access_ok", 1<<38-4, 5), 0},
		{"access around", call("access_ok", ^uint64(3), 8), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
	if got := string(p.mem[page-2:][:6]); got != "hello\x00" {
		t.Errorf("the program has %q", got)
	}
	for name, size := range map[string]uint64{"memdup_user": 6, "vmemdup_user": 6, "memdup_user_nul": 5, "strndup_user": 100} {
		q := uint64(call(name, base+page-2, size))
		if got := string(core.Slice(q, 6)); got != "hello\x00" {
			t.Errorf("%s: %q", name, got)
		}
		core.Free(q)
	}
}

// TestBuffers moves through a buffer with an offset, and copies structures that are
// shorter and longer than the kernel's.
func TestBuffers(t *testing.T) {
	core := lkmtest.New(t)
	p := &program{}
	who := &lkm.Caller{PID: 1, Thread: p}
	rows := Exports()
	call := func(name string, args ...uint64) int64 { return int64(core.Call(who, rows, name, args...)) }
	buf, pos := core.Str("0123456789"), core.Alloc(8)
	seek := func(n byte) { clear(core.Slice(pos, 8)); core.Slice(pos, 8)[0] = n }
	seek(7)
	if n := call("simple_read_from_buffer", base, 100, pos, buf, 10); n != 3 || string(p.mem[:3]) != "789" || core.Slice(pos, 8)[0] != 10 {
		t.Errorf("read %d: %q at %d", n, p.mem[:3], core.Slice(pos, 8)[0])
	}
	if n := call("simple_read_from_buffer", base, 100, pos, buf, 10); n != 0 {
		t.Errorf("read %d at the end", n)
	}
	seek(8)
	if n := call("simple_write_to_buffer", buf, 10, pos, base, 3); n != 2 || string(core.Slice(buf, 10)) != "0123456778" {
		t.Errorf("wrote %d: %q", n, core.Slice(buf, 10))
	}
	seek(1)
	if n := call("memory_read_from_buffer", buf, 2, pos, buf, 10); n != 2 || string(core.Slice(buf, 2)) != "12" {
		t.Errorf("copied %d: %q", n, core.Slice(buf, 2))
	}
	seek(0)
	if n := call("simple_read_from_buffer", 8, 1, pos, buf, 10); n != -int64(abi.EFAULT) {
		t.Errorf("read to nothing: %d", n)
	}
	core.Slice(pos, 8)[7] = 0x80
	for _, name := range []string{"simple_read_from_buffer", "simple_write_to_buffer", "memory_read_from_buffer"} {
		args := []uint64{base, 1, pos, buf, 10}
		if name == "simple_write_to_buffer" {
			args = []uint64{buf, 10, pos, base, 1}
		}
		if n := call(name, args...); n != -int64(abi.EINVAL) {
			t.Errorf("%s before the start: %d", name, n)
		}
	}
	copy(p.mem[:], "abcdef")
	if n := call("copy_struct_from_user", buf, 8, base, 4); n != 0 || string(core.Slice(buf, 8)) != "abcd\x00\x00\x00\x00" {
		t.Errorf("a short structure: %d %q", n, core.Slice(buf, 8))
	}
	if n := call("copy_struct_from_user", buf, 4, base, 8); n != -int64(abi.E2BIG) {
		t.Errorf("a long structure with contents: %d", n)
	}
	clear(p.mem[4:8])
	if n := call("copy_struct_from_user", buf, 4, base, 8); n != 0 {
		t.Errorf("a long structure: %d", n)
	}
}
