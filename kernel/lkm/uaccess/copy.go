package uaccess

import (
	"bytes"

	"rv86/kernel/abi"
	"rv86/kernel/lkm"
	"rv86/kmod/kapi"
)

const page = 4096

// taskSize is where user addresses end, by word size: half of Sv39's space, and
// what lies below the kernel on the PC.
func taskSize(word int) uint64 {
	if word == 4 {
		return 0xc0000000
	}
	return 1 << 38
}

// accessOK checks that a range lies where programs are.
func accessOK(c *kapi.Call, va, n uint64) bool {
	end := taskSize(c.Word)
	return n <= end && va <= end-n
}

// In copies n bytes of user memory to kernel memory, page by page, and returns
// how many could not be copied.
func In(c *kapi.Call, dst, src, n uint64) uint64 {
	t := lkm.From(c).Thread
	for n > 0 && t != nil && accessOK(c, src, n) {
		m := min(n, page-src%page)
		if t.CopyIn(uintptr(src), c.Slice(dst, m)) != 0 {
			break
		}
		dst, src, n = dst+m, src+m, n-m
	}
	return n
}

// Out copies n bytes of kernel memory to user memory and returns how many could
// not be copied.
func Out(c *kapi.Call, dst, src, n uint64) uint64 {
	t := lkm.From(c).Thread
	for n > 0 && t != nil && accessOK(c, dst, n) {
		m := min(n, page-dst%page)
		if t.CopyOut(uintptr(dst), c.Slice(src, m)) != 0 {
			break
		}
		dst, src, n = dst+m, src+m, n-m
	}
	return n
}

// Str reads a user string of up to most bytes; whole is false if it is longer.
func Str(c *kapi.Call, va, most uint64) (s []byte, whole bool, e abi.Errno) {
	t := lkm.From(c).Thread
	var out []byte
	for uint64(len(out)) < most {
		m := min(most-uint64(len(out)), page-va%page)
		b := make([]byte, m)
		if t == nil || !accessOK(c, va, 1) || t.CopyIn(uintptr(va), b) != 0 {
			return nil, false, abi.EFAULT
		}
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return append(out, b[:i]...), true, 0
		}
		out, va = append(out, b...), va+m
	}
	return out, false, 0
}

// zeros clears user memory and returns how much could not be.
func zeros(c *kapi.Call, va, n uint64) uint64 {
	t := lkm.From(c).Thread
	for n > 0 && t != nil && accessOK(c, va, n) {
		m := min(n, page-va%page)
		if t.CopyOut(uintptr(va), make([]byte, m)) != 0 {
			break
		}
		va, n = va+m, n-m
	}
	return n
}
