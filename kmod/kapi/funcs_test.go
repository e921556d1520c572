package kapi

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/kernel/abi"
	"rv86/tests/lab"
)

func minus(e abi.Errno) uint64 { return -uint64(e) }

// TestStrings calls the functions of string.h. A result of kind `index` is
// relative to the first argument.
func TestStrings(t *testing.T) {
	type in = []any
	for _, c := range []struct {
		name string
		args in
		want any    // int: the result; string: what the result points to; nil: NULL
		then string // what the first argument points to afterwards, if not ""
	}{
		{"strlen", in{""}, 0, ""},
		{"strlen", in{strings.Repeat("x", 9000)}, 9000, ""},
		{"strnlen", in{"abcdef", 3}, 3, ""},
		{"strnlen", in{"ab", 3}, 2, ""},
		{"strcpy", in{"xxxxxx", "abc"}, "abc", "abc"},
		{"strncpy", in{"xxxxxx", "abc", 2}, "abxxxx", "abxxxx"},
		{"strncpy", in{"xxxxxx", "abc", 5}, "abc", "abc"},
		{"strlcpy", in{"xxxxxx", "abcdef", 4}, 6, "abc"},
		{"strlcpy", in{"xxxxxx", "abcdef", 0}, 6, "xxxxxx"},
		{"strscpy", in{"xxxxxx", "abc", 4}, 3, "abc"},
		{"strscpy", in{"xxxxxx", "abcd", 4}, int(-int(abi.E2BIG)), "abc"},
		{"strscpy", in{"xxxxxx", "abcd", 0}, int(-int(abi.E2BIG)), "xxxxxx"},
		{"strcat", in{"ab\x00....", "cd"}, "abcd", "abcd"},
		{"strncat", in{"ab\x00....", "cdef", 2}, "abcd", "abcd"},
		{"strlcat", in{"ab\x00....", "cdef", 5}, 6, "abcd"},
		{"strlcat", in{"abcdef", "gh", 3}, 5, "abcdef"},
		{"strcmp", in{"a", "b"}, -1, ""},
		{"strcmp", in{"b\xff", "b"}, 1, ""},
		{"strcmp", in{"same", "same"}, 0, ""},
		{"strncmp", in{"abX", "abY", 2}, 0, ""},
		{"strncmp", in{"abX", "abY", 3}, -1, ""},
		{"strcasecmp", in{"HeLLo", "hEllO"}, 0, ""},
		{"strcasecmp", in{"a", "B"}, -1, ""},
		{"strncasecmp", in{"ABx", "aby", 2}, 0, ""},
		{"strchr", in{"abcabc", 'b'}, "bcabc", ""},
		{"strchr", in{"abc", 0}, "", ""},
		{"strchr", in{"abc", 'x'}, nil, ""},
		{"strchrnul", in{"abc", 'x'}, "", ""},
		{"strchrnul", in{"abc", 'b'}, "bc", ""},
		{"strnchr", in{"abc", 2, 'c'}, nil, ""},
		{"strnchr", in{"abc", 3, 'c'}, "c", ""},
		{"strrchr", in{"abcabc", 'b'}, "bc", ""},
		{"strrchr", in{"abc", 0}, "", ""},
		{"strstr", in{"hello", "ll"}, "llo", ""},
		{"strstr", in{"hello", ""}, "hello", ""},
		{"strstr", in{"hello", "lo!"}, nil, ""},
		{"strnstr", in{"hello", "lo", 4}, nil, ""},
		{"strnstr", in{"hello", "ll", 4}, "llo", ""},
		{"strspn", in{"aabbc", "ab"}, 4, ""},
		{"strcspn", in{"aabbc", "cb"}, 2, ""},
		{"strpbrk", in{"hello", "lo"}, "llo", ""},
		{"strpbrk", in{"hello", "xyz"}, nil, ""},
		{"skip_spaces", in{" \t\nx y"}, "x y", ""},
		{"strim", in{"  x y \n"}, "x y", "  x y"},
		{"strim", in{"   "}, "", ""},
		{"sysfs_streq", in{"on\n", "on"}, 1, ""},
		{"sysfs_streq", in{"on", "off"}, 0, ""},
		{"memcpy", in{"xxxxxx", "abc", 3}, "abcxxx", ""},
		{"memmove", in{"xxxxxx", "abc", 0}, "xxxxxx", ""},
		{"memset", in{"xxxxxx", 0x141, 2}, "AAxxxx", ""},
		{"memcmp", in{"abc", "abd", 3}, -1, ""},
		{"memcmp", in{"abc", "abd", 2}, 0, ""},
		{"memchr", in{"ab\x00c", 'c', 4}, "c", ""},
		{"memchr", in{"abc", 'c', 2}, nil, ""},
		{"memchr_inv", in{"\xff\xff\xfea", 0xff, 4}, "\xfea", ""},
		{"memchr_inv", in{"aaa", 'a', 3}, nil, ""},
		{"kstrdup", in{"copy", 0}, "copy", ""},
		{"kstrdup", in{0, 0}, nil, ""},
		{"kstrndup", in{"copy", 2, 0}, "co", ""},
		{"kstrndup", in{0, 2, 0}, nil, ""},
		{"kmemdup", in{"copy", 5, 0}, "copy", ""},
	} {
		f := newFake(t)
		first := uint64(0)
		if s, ok := c.args[0].(string); ok {
			first = f.str(s)
			c.args[0] = first
		}
		got, _ := f.call(c.name, c.args...)
		ok := false
		switch want := c.want.(type) {
		case nil:
			ok = got == 0
		case int:
			ok = got == uint64(want)
		case string:
			ok = got != 0 && f.text(got) == want
		}
		if !ok {
			t.Errorf("%s(%v) = %#x, want %v", c.name, c.args, got, c.want)
		}
		if c.then != "" && f.text(first) != c.then {
			t.Errorf("%s(%v): argument became %q, want %q", c.name, c.args, f.text(first), c.then)
		}
	}
}

func TestStrsep(t *testing.T) {
	f := newFake(t)
	ps := f.list(f.str("a,b;;c"))
	var got []string
	for {
		p, _ := f.call("strsep", ps, ",;")
		if p == 0 {
			break
		}
		got = append(got, f.text(p))
	}
	if fmt.Sprint(got) != "[a b  c]" {
		t.Errorf("fields %q", got)
	}
}

func TestKstrtox(t *testing.T) {
	f := newFake(t)
	res := f.Alloc(8)
	c := &Call{Env: f}
	for _, x := range []struct {
		name, s string
		base    int
		e       abi.Errno
		want    int64
	}{
		{"kstrtoint", "42", 10, 0, 42},
		{"kstrtoint", "-42\n", 10, 0, -42},
		{"kstrtoint", "+7", 10, 0, 7},
		{"kstrtoint", "0x1F", 0, 0, 31},
		{"kstrtoint", "0x1F", 16, 0, 31},
		{"kstrtoint", "017", 0, 0, 15},
		{"kstrtoint", "0", 0, 0, 0},
		{"kstrtoint", "", 10, abi.EINVAL, 0},
		{"kstrtoint", "-", 10, abi.EINVAL, 0},
		{"kstrtoint", "0x", 0, abi.EINVAL, 0},
		{"kstrtoint", "1 ", 10, abi.EINVAL, 0},
		{"kstrtoint", "1\n\n", 10, abi.EINVAL, 0},
		{"kstrtoint", " 1", 10, abi.EINVAL, 0},
		{"kstrtoint", "08", 0, abi.EINVAL, 0},
		{"kstrtoint", "2147483647", 10, 0, 1<<31 - 1},
		{"kstrtoint", "2147483648", 10, abi.ERANGE, 0},
		{"kstrtoint", "-2147483648", 10, 0, -1 << 31},
		{"kstrtoint", "-2147483649", 10, abi.ERANGE, 0},
		{"kstrtouint", "4294967295", 10, 0, 1<<32 - 1},
		{"kstrtouint", "4294967296", 10, abi.ERANGE, 0},
		{"kstrtouint", "-1", 10, abi.EINVAL, 0},
		{"kstrtou8", "255", 10, 0, 255},
		{"kstrtou8", "256", 10, abi.ERANGE, 0},
		{"kstrtos8", "-128", 10, 0, -128},
		{"kstrtos8", "128", 10, abi.ERANGE, 0},
		{"kstrtou16", "65535", 10, 0, 65535},
		{"kstrtos16", "-32769", 10, abi.ERANGE, 0},
		{"kstrtol", "-9223372036854775808", 10, 0, -1 << 63},
		{"kstrtol", "9223372036854775808", 10, abi.ERANGE, 0},
		{"kstrtoul", "18446744073709551615", 10, 0, -1},
		{"kstrtoul", "18446744073709551616", 10, abi.ERANGE, 0},
		{"kstrtoll", "-5", 10, 0, -5},
		{"kstrtoull", "ff", 16, 0, 255},
		{"kstrtobool", "y", 0, 0, 1},
		{"kstrtobool", "oN", 0, 0, 1},
		{"kstrtobool", "OFF", 0, 0, 0},
		{"kstrtobool", "0", 0, 0, 0},
		{"kstrtobool", "", 0, abi.EINVAL, 0},
		{"kstrtobool", "x", 0, abi.EINVAL, 0},
	} {
		clear(f.Slice(res, 8))
		args := []any{x.s, x.base, res}
		if x.name == "kstrtobool" {
			args = []any{x.s, res}
		}
		r, _ := f.call(x.name, args...)
		size := 8
		for _, k := range intKinds {
			if "kstrto"+k.name == x.name && k.bits > 0 {
				size = k.bits / 8
			}
		}
		got := int64(c.number(res, 8))
		if r != -uint64(x.e) || got != int64(uint64(x.want)&(1<<(8*size-1)<<1-1)) {
			t.Errorf("%s(%q, %d) = %d, %#x; want %d, %#x", x.name, x.s, x.base, int64(r), got, -int(x.e), x.want)
		}
	}
	if r, _ := f.call("kstrtobool", 0, res); r != minus(abi.EINVAL) {
		t.Error("kstrtobool(NULL)")
	}
	for _, name := range []string{"simple_strtol", "simple_strtoll", "simple_strtoul", "simple_strtoull"} {
		s, end := f.str("0x2ag"), f.Alloc(8)
		if r, _ := f.call(name, s, end, 0); r != 42 || c2(f).word(end) != s+4 {
			t.Errorf("%s = %d, end at %d", name, r, c2(f).word(end)-s)
		}
	}
	if r, _ := f.call("simple_strtol", "-12x", 0, 10); int64(r) != -12 {
		t.Errorf("simple_strtol = %d", int64(r))
	}
}

func c2(f *fake) *Call { return &Call{Env: f, Args: Args{Word: 8}} }

func TestMemory(t *testing.T) {
	f := newFake(t)
	if p, _ := f.call("kmalloc", 0, 0); p != zeroSizePtr {
		t.Errorf("kmalloc(0) = %#x", p)
	}
	if p, _ := f.call("kmalloc", sizeMax+1, 0); p != 0 {
		t.Errorf("a huge kmalloc gives %#x", p)
	}
	for _, name := range []string{"kcalloc", "kmalloc_array"} {
		if p, _ := f.call(name, uint64(1)<<33, uint64(1)<<33, 0); p != 0 {
			t.Errorf("%s: the product overflows, but it gives %#x", name, p)
		}
		if p, _ := f.call(name, 3, 5, 0); f.SizeOf(p) != 15 {
			t.Errorf("%s(3, 5) has %d bytes", name, f.SizeOf(p))
		}
	}
	p, _ := f.call("kzalloc", 10, 0)
	if n, _ := f.call("ksize", p); n != 10 {
		t.Errorf("ksize = %d", n)
	}
	copy(f.Slice(p, 10), "secret")
	q, _ := f.call("krealloc", p, 100, 0)
	if q == p || f.text(q) != "secret" || f.SizeOf(p) != 0 {
		t.Errorf("krealloc: %#x from %#x, %q", q, p, f.text(q))
	}
	if r, _ := f.call("krealloc", q, 50, 0); r != q {
		t.Error("krealloc moves a block that is large enough")
	}
	if r, _ := f.call("krealloc", 0, 50, 0); f.SizeOf(r) != 50 {
		t.Error("krealloc(NULL) does not allocate")
	}
	f.call("kfree_sensitive", q)
	if f.text(q) != "" || f.SizeOf(q) != 0 {
		t.Error("kfree_sensitive left the contents")
	}
	if r, _ := f.call("krealloc", f.Alloc(8), 0, 0); r != zeroSizePtr {
		t.Errorf("krealloc to 0 = %#x", r)
	}
	f.call("kfree", 0)
	f.call("kfree", zeroSizePtr)
	if f.warns != nil {
		t.Errorf("warnings %q", f.warns)
	}
}

func TestSprintfFamily(t *testing.T) {
	f := newFake(t)
	for _, c := range []struct {
		name string
		size int // -1: the function has none
		n    int
		text string
	}{
		{"sprintf", -1, 5, "<123>"},
		{"snprintf", 100, 5, "<123>"},
		{"snprintf", 4, 5, "<12"},
		{"snprintf", 1, 5, ""},
		{"snprintf", 0, 5, "untouched"},
		{"scnprintf", 4, 3, "<12"},
		{"scnprintf", 100, 5, "<123>"},
		{"scnprintf", 0, 0, "untouched"},
		{"vsprintf", -1, 5, "<123>"},
		{"vsnprintf", 4, 5, "<12"},
		{"vscnprintf", 4, 3, "<12"},
	} {
		buf := f.str("untouched")
		args := []any{buf}
		if c.size >= 0 {
			args = append(args, c.size)
		}
		args = append(args, "<%d>")
		if c.name[0] == 'v' {
			args = append(args, f.list(123))
		} else {
			args = append(args, 123)
		}
		if n, _ := f.call(c.name, args...); n != uint64(c.n) || f.text(buf) != c.text {
			t.Errorf("%s, size %d: %d, %q; want %d, %q", c.name, c.size, n, f.text(buf), c.n, c.text)
		}
	}
	p, _ := f.call("kasprintf", 0, "%x", 255)
	q, _ := f.call("kvasprintf", 0, "%x", f.list(254))
	if f.text(p) != "ff" || f.text(q) != "fe" {
		t.Errorf("kasprintf %q, kvasprintf %q", f.text(p), f.text(q))
	}
}

func TestLog(t *testing.T) {
	f := newFake(t)
	f.call("printk", "\x016%s\n", "a")
	f.call("_printk", "b")
	f.call("vprintk", "%d", f.list(3))
	f.call("kprintf", "c")
	f.call("dump_stack")
	f.call("panic", "at %d", 4)
	if want := []string{"\x016a\n", "b", "3", "\x01cc", "stack", "panic: at 4"}; fmt.Sprint(f.log) != fmt.Sprint(want) {
		t.Errorf("log %q, want %q", f.log, want)
	}
	f.call("warn_slowpath_fmt", "f.c", 3, 9, "n=%d", 5)
	f.call("warn_slowpath_fmt", "f.c", 4, 9, 0)
	if want := []string{`f.c:3 "n=5" 9`, `f.c:4 "" 9`}; fmt.Sprint(f.warns) != fmt.Sprint(want) {
		t.Errorf("warnings %q, want %q", f.warns, want)
	}
	if _, c := f.call("__bug", "f.c", 9); c.Died != "kernel BUG at f.c:9!" || !c.Bug {
		t.Errorf("BUG: %q", c.Died)
	}
	if _, c := f.call("__stack_chk_fail"); c.Died == "" || c.Bug {
		t.Error("a smashed stack goes on")
	}
	f.call("add_taint", 3, 0)
	if f.taint != 8 {
		t.Errorf("taint %#x", f.taint)
	}
}

func TestModuleRefs(t *testing.T) {
	f := newFake(t)
	f.call("try_module_get", 1)
	f.call("__module_get", 1)
	f.call("module_put", 1)
	f.call("module_put", 0)
	f.call("__module_get", 0)
	if r, _ := f.call("module_refcount", 1); r != 1 {
		t.Errorf("refcount %d", r)
	}
	if r, _ := f.call("try_module_get", 0); r != 1 || f.refs != 1 {
		t.Error("the kernel itself cannot be referenced")
	}
}

func TestModuleCore(t *testing.T) {
	f := newFake(t)
	f.call("register_module_notifier", 0x100)
	f.call("unregister_module_notifier", 0x100)
	f.call("__symbol_get", "sym")
	f.call("__symbol_put", "sym")
	f.call("symbol_put_addr", 0x200)
	if r, _ := f.call("__request_module", 1, "mod-%d", 7); r != 0x500 {
		t.Errorf("request_module: %#x", r)
	}
	want := "[register 0x100 unregister 0x100 get sym put sym put 0x200 request mod-7 true]"
	if got := fmt.Sprint(f.log); got != want {
		t.Errorf("calls %s, want %s", got, want)
	}
}

// TestParams sets and gets every integer type through a struct kernel_param.
func TestParams(t *testing.T) {
	f := newFake(t)
	buf := f.Alloc(4096)
	arg := f.Alloc(16)
	kp := f.list(f.str("name"), 0, 0, 0, arg)
	for _, c := range []struct {
		kind, in, out string
		e             abi.Errno
	}{
		{"byte", "255", "255\n", 0},
		{"byte", "256", "", abi.ERANGE},
		{"short", "-32768", "-32768\n", 0},
		{"ushort", "65535", "65535\n", 0},
		{"int", "-5", "-5\n", 0},
		{"int", "abc", "", abi.EINVAL},
		{"uint", "4000000000", "4000000000\n", 0},
		{"long", "-9000000000", "-9000000000\n", 0},
		{"ulong", "0xffffffffffffffff", "18446744073709551615\n", 0},
		{"ullong", "077", "63\n", 0},
		{"hexint", "255", "0x0000ff\n", 0},
		{"bool", "y", "Y\n", 0},
		{"bool", "2", "", abi.EINVAL},
		{"invbool", "y", "Y\n", 0},
		{"hexint", "0", "00000000\n", 0},
		{"charp", "some text", "some text\n", 0},
		{"charp", strings.Repeat("x", charpMax+1), "", abi.ENOSPC},
	} {
		r, _ := f.call("param_set_"+c.kind, c.in, kp)
		if r != -uint64(c.e) {
			t.Errorf("%s = %s: %d, want %d", c.kind, c.in, int64(r), -int(c.e))
		}
		if c.e != 0 {
			continue
		}
		n, _ := f.call("param_get_"+c.kind, buf, kp)
		if got := f.text(buf); got != c.out || n != uint64(len(c.out)) {
			t.Errorf("%s = %s reads back as %q (%d), want %q", c.kind, c.in, got, n, c.out)
		}
		if c.kind == "charp" {
			f.call("param_free_charp", arg)
		}
		clear(f.Slice(arg, 8))
	}
	for _, k := range paramKinds {
		if r, _ := f.call("param_set_"+k.name, 0, kp); r != minus(abi.EINVAL) {
			t.Errorf("%s without a value: %d", k.name, int64(r))
		}
	}
	if r, _ := f.call("param_set_bool", 0, kp); r != 0 || f.Slice(arg, 1)[0] != 1 {
		t.Error("bool without a value is not true")
	}
	// struct kparam_string: {unsigned int maxlen; char *string}
	text := f.str("................")
	ks := f.list(5, text)
	kp = f.list(f.str("name"), 0, 0, 0, ks)
	if r, _ := f.call("param_set_copystring", "1234", kp); r != 0 || f.text(text) != "1234" {
		t.Errorf("string: %d, %q", int64(r), f.text(text))
	}
	if r, _ := f.call("param_set_copystring", "12345", kp); r != minus(abi.ENOSPC) || f.text(text) != "1234" {
		t.Errorf("long string: %d, %q", int64(r), f.text(text))
	}
	if f.call("param_get_string", buf, kp); f.text(buf) != "1234\n" {
		t.Errorf("string reads back as %q", f.text(buf))
	}
}

func TestParamArray(t *testing.T) {
	f := newFake(t)
	buf, elem, num := f.Alloc(4096), f.Alloc(12), f.Alloc(8)
	export := func(name string) func(...uint64) uint64 {
		return func(args ...uint64) uint64 {
			words := []any{}
			for _, a := range args {
				words = append(words, a)
			}
			r, _ := f.call(name, words...)
			return r
		}
	}
	f.funcs[0xa0], f.funcs[0xa1], f.funcs[0xa2] = export("param_set_int"), export("param_get_int"), export("param_free_charp")
	ops := f.list(0, 0xa0, 0xa1, 0)
	// struct kparam_array: {unsigned int max, elemsize; num; ops; elem}
	arr := f.list(3|4<<32, num, ops, elem)
	kp := f.list(f.str("name"), 0, 0, 0, arr)
	if r, _ := f.call("param_array_set", "7,-8", kp); r != 0 {
		t.Errorf("set: %d", int64(r))
	}
	f.call("param_array_get", buf, kp)
	if f.text(buf) != "7,-8\n" || f.Slice(num, 1)[0] != 2 {
		t.Errorf("array reads back as %q, %d elements", f.text(buf), f.Slice(num, 1)[0])
	}
	for s, e := range map[string]abi.Errno{"1,2,3,4": abi.EINVAL, "1,x": abi.EINVAL, "": abi.EINVAL, "1,4000000000": abi.ERANGE} {
		if r, _ := f.call("param_array_set", s, kp); int32(r) != -int32(e) {
			t.Errorf("%q: %d, want %d", s, int32(r), -int(e))
		}
	}
	if len(f.sizes) != 6 { // buf, elem, num and the three lists
		t.Errorf("%d blocks are allocated", len(f.sizes))
	}
	// A set function that faults ends the call.
	bad := f.list(0, 0xbad, 0xbad, 0xbad)
	kp = f.list(f.str("name"), 0, 0, 0, f.list(3|4<<32, num, bad, elem))
	if _, c := f.call("param_array_set", "1", kp); c.Died != FaultInside {
		t.Errorf("a faulting set: %q", c.Died)
	}
	// free of an array of strings
	strs := f.list(f.Alloc(5), f.Alloc(5))
	free := f.list(2|8<<32, 0, f.list(0, 0, 0, 0xa2), strs)
	before := len(f.sizes)
	f.call("param_array_free", free)
	if len(f.sizes) != before-2 {
		t.Errorf("%d of 2 strings were freed", before-len(f.sizes))
	}
}

// TestScan compares results and what was stored, in words of 8 bytes that began
// as -1.
func TestScan(t *testing.T) {
	const none = -1
	for _, c := range []struct {
		text, format string
		want         int
		words        []int64
	}{
		{"32\n", "%d", 1, []int64{32 - 1<<32}},
		{" -5 +7", "%ld %ld", 2, []int64{-5, 7}},
		{"0x1f 1f 017 9", "%li %lx %li %lu", 4, []int64{31, 31, 15, 9}},
		{"12:34", "%2ld:%ld", 2, []int64{12, 34}},
		{"1234", "%2ld%ld", 2, []int64{12, 34}},
		{"1,2", "%*d,%ld", 1, []int64{2, none}},
		{"ab", "%ld", 0, []int64{none}},
		{"7x", "%ldy%ld", 1, []int64{7, none}},
		{"5 %", "%ld %% %ln", 1, []int64{5, 3}},
		{"300", "%hhu", 1, []int64{300&0xff - 0x100}},
		{"", "%ld", 0, []int64{none}},
		{"1", "%q", 0, []int64{none}},
		{"-1", "%lx", 0, []int64{none}},
	} {
		f := newFake(t)
		at := make([]uint64, len(c.words))
		args := []any{c.text, c.format}
		for i := range at {
			at[i] = f.list(^uint64(0))
			args = append(args, at[i])
		}
		r, _ := f.call("sscanf", args...)
		if int(r) != c.want {
			t.Errorf("sscanf(%q, %q) = %d, want %d", c.text, c.format, r, c.want)
		}
		for i, p := range at {
			if got := int64((&Call{Env: f, Args: Args{Word: 8}}).word(p)); got != c.words[i] {
				t.Errorf("sscanf(%q, %q) stored %d, want %d", c.text, c.format, got, c.words[i])
			}
		}
	}
	f := newFake(t)
	word, set, ch := f.Alloc(16), f.Alloc(16), f.Alloc(16)
	if r, _ := f.call("vsscanf", "key=va-l x", "%[a-z]=%3s%c", f.list(set, word, ch)); r != 3 {
		t.Errorf("vsscanf = %d", r)
	}
	if f.text(set) != "key" || f.text(word) != "va-" || f.Slice(ch, 1)[0] != 'l' {
		t.Errorf("stored %q %q %q", f.text(set), f.text(word), f.Slice(ch, 1))
	}
}

// TestHexDump compares with what Linux prints for the same memory.
func TestHexDump(t *testing.T) {
	f := newFake(t)
	text := "0123456789abcdefXYZ\x01\xff~"
	p := f.str(text)
	for _, c := range []struct {
		kind, row, group, n, ascii int
		want                       string
	}{
		{2, 16, 1, 22, 1, "<p 00000000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n" +
			"<p 00000010: 58 59 5a 01 ff 7e                                XYZ..~\n"},
		{0, 32, 1, 3, 0, "<p 30 31 32\n"},
		{0, 16, 4, 8, 1, "<p 33323130 37363534                    01234567\n"},
		{0, 16, 8, 16, 0, "<p 3736353433323130 6665646362613938\n"},
		{0, 16, 2, 3, 0, "<p 30 31 32\n"}, // no whole groups
		{0, 7, 3, 2, 1, "<p 30 31                                            01\n"},
		{2, 16, 1, 0, 1, ""},
	} {
		f.log = nil
		f.call("print_hex_dump", "<", "p ", c.kind, c.row, c.group, p, c.n, c.ascii)
		if got := strings.Join(f.log, ""); got != c.want {
			t.Errorf("%+v:\n%q\n%q", c, got, c.want)
		}
	}
	f.log = nil
	f.call("print_hex_dump", "", "", prefixAddress, 16, 1, p, 1, 0)
	if len(f.log) != 1 || !strings.HasSuffix(f.log[0], ": 30\n") || len(f.log[0]) != 16+len(": 30\n") {
		t.Errorf("with addresses: %q", f.log)
	}
	line := f.str("........")
	if r, _ := f.call("hex_dump_to_buffer", p, 3, 16, 1, line, 6, 0); r != 8 || f.text(line) != "30 31" {
		t.Errorf("a short buffer: %d, %q", r, f.text(line))
	}
	if r, _ := f.call("hex_dump_to_buffer", p, 3, 16, 1, line, 0, 0); r != 8 {
		t.Errorf("no buffer: %d", r)
	}
}

// TestRunProgram reads the lists of strings.
func TestRunProgram(t *testing.T) {
	f := newFake(t)
	argv := f.list(f.str("sh"), f.str("-c"), 0)
	r, _ := f.call("call_usermodehelper", "/bin/sh", argv, 0, 2)
	if want := `run /bin/sh ["sh" "-c"] [] 2`; r != 0x100 || f.log[0] != want {
		t.Errorf("%#x, %q", r, f.log)
	}
}

// TestZZEveryFunction fails for an export that no test above calls. (Its name
// sorts it behind them in the file's order.)
func TestZZEveryFunction(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Funcs {
		if seen[f.Name] {
			t.Errorf("%s is exported twice", f.Name)
		}
		seen[f.Name] = true
		if !called[f.Name] && !t.Failed() && len(called) > 0 {
			t.Errorf("no test calls %s", f.Name)
		}
	}
	for _, v := range Vars {
		for _, w := range v.Words {
			if w.Func != "" && !seen[w.Func] {
				t.Errorf("%s refers to %s, which nobody exports", v.Name, w.Func)
			}
		}
	}
}

// TestHeadersDeclareExports compiles each row's prototype behind all headers:
// the compiler refuses one that differs from the header's.
func TestHeadersDeclareExports(t *testing.T) {
	const cc = "riscv64-linux-gnu-gcc"
	lab.Tool(t, cc, "gcc-riscv64-linux-gnu")
	headers, _ := filepath.Glob("../include/linux/*.h")
	if len(headers) < 20 {
		t.Fatalf("%d headers", len(headers))
	}
	var src strings.Builder
	all := ""
	for _, h := range headers {
		fmt.Fprintf(&src, "#include <linux/%s>\n", filepath.Base(h))
		b, err := os.ReadFile(h)
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
	}
	for _, f := range Funcs {
		fmt.Fprintf(&src, "%s;\n", f.Proto)
		// Some are made by macros: param_set_##name.
		if !strings.Contains(all, f.Name+"(") && !strings.HasPrefix(f.Name, "param_") && f.Name != "__stack_chk_fail" {
			t.Errorf("no header declares %s", f.Name)
		}
	}
	// The layouts the loader and the kernel know.
	src.WriteString(`
#define AT(type, member, off) _Static_assert(__builtin_offsetof(type, member) == off, #member)
AT(struct module, state, 0); AT(struct module, taints, 4); AT(struct module, name, 8);
AT(struct module, init, 64); AT(struct module, exit, 72); AT(struct module, version, 80);
AT(struct module, srcversion, 88); AT(struct module, refcnt, 96);
_Static_assert(sizeof(struct module) == 104, "module");
AT(struct kernel_param, ops, 16); AT(struct kernel_param, perm, 24); AT(struct kernel_param, arg, 32);
_Static_assert(sizeof(struct kernel_param) == 40, "kernel_param");
AT(struct kernel_param_ops, set, 8); AT(struct kernel_param_ops, get, 16); AT(struct kernel_param_ops, free, 24);
AT(struct kparam_string, string, 8);
AT(struct kparam_array, elemsize, 4); AT(struct kparam_array, num, 8); AT(struct kparam_array, ops, 16); AT(struct kparam_array, elem, 24);
_Static_assert(sizeof(struct kernel_symbol) == 24, "kernel_symbol");
`)
	c := filepath.Join(t.TempDir(), "t.c")
	if err := os.WriteFile(c, []byte(src.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	include, _ := filepath.Abs("../include")
	out, err := exec.Command(cc, "-std=gnu11", "-ffreestanding", "-nostdinc", "-Wall", "-Werror", "-I", include,
		`-DKBUILD_MODNAME="t"`, "-c", "-o", os.DevNull, c).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
