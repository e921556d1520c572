package kapi

import (
	"fmt"
	"strings"

	"rv86/kernel/abi"
)

// Parameters of modules (Linux kernel/params.c). Each type is a struct
// kernel_param_ops {flags, set, get, free}, exported as a variable whose
// functions are exports themselves.
//
// Offsets in struct kernel_param, in words: name 0, mod 1, ops 2, {perm,
// level, flags} 3, arg 4.
const paramArg = 4

// opNoArg says that a parameter may be given without a value.
const opNoArg = 1

// paramKinds are the integer types of module_param.
var paramKinds = []struct {
	name   string
	bits   int // 0: the size of long
	signed bool
	format string // C's
}{
	{"byte", 8, false, "%llu\n"},
	{"short", 16, true, "%lld\n"},
	{"ushort", 16, false, "%llu\n"},
	{"int", 32, true, "%lld\n"},
	{"uint", 32, false, "%llu\n"},
	{"long", 0, true, "%lld\n"},
	{"ulong", 0, false, "%llu\n"},
	{"ullong", 64, false, "%llu\n"},
	{"hexint", 32, false, "%#08llx\n"},
}

var (
	paramFuncs = makeParamFuncs()
	// Vars are the exported variables.
	Vars = makeVars()
)

func makeVars() []Var {
	ops := func(name string, flags uint64, set, get, free string) Var {
		return Var{Name: name, Words: []Word{{Num: flags}, {Func: set}, {Func: get}, {Func: free}}}
	}
	vs := []Var{
		ops("param_ops_charp", 0, "param_set_charp", "param_get_charp", "param_free_charp"),
		ops("param_ops_bool", opNoArg, "param_set_bool", "param_get_bool", ""),
		ops("param_ops_invbool", 0, "param_set_invbool", "param_get_invbool", ""),
		ops("param_ops_string", 0, "param_set_copystring", "param_get_string", ""),
		ops("param_array_ops", 0, "param_array_set", "param_array_get", "param_array_free"),
	}
	for _, k := range paramKinds {
		vs = append(vs, ops("param_ops_"+k.name, 0, "param_set_"+k.name, "param_get_"+k.name, ""))
	}
	return vs
}

const (
	setProto = "int %s(const char *val, const struct kernel_param *kp)"
	getProto = "int %s(char *buffer, const struct kernel_param *kp)"
)

func makeParamFuncs() []Func {
	var fs []Func
	set := func(name string, f func(c *Call, val, arg uint64) abi.Errno) {
		fs = append(fs, Func{Name: name, Proto: fmt.Sprintf(setProto, name), Call: func(c *Call) uint64 {
			val, kp := c.Ptr(), c.Ptr()
			return errno(f(c, val, c.param(kp, paramArg)))
		}})
	}
	get := func(name string, f func(c *Call, arg uint64) string) {
		fs = append(fs, Func{Name: name, Proto: fmt.Sprintf(getProto, name), Call: func(c *Call) uint64 {
			buf, kp := c.Ptr(), c.Ptr()
			text := f(c, c.param(kp, paramArg))
			c.setStr(buf, text)
			return uint64(len(text))
		}})
	}
	for _, k := range paramKinds {
		set("param_set_"+k.name, func(c *Call, val, arg uint64) abi.Errno {
			if val == 0 {
				return abi.EINVAL
			}
			bits := c.sizeOf(k.bits)
			v, e := kstrto(c.str(val), 0, bits, k.signed)
			if e == 0 {
				c.setNumber(arg, bits/8, v)
			}
			return e
		})
		get("param_get_"+k.name, func(c *Call, arg uint64) string {
			bits := c.sizeOf(k.bits)
			v := c.number(arg, bits/8)
			if k.signed {
				v = uint64(int64(v<<(64-bits)) >> (64 - bits))
			}
			return c.sprintf(k.format, &Args{Word: 8, Next: func() uint64 { return v }})
		})
	}
	set("param_set_bool", func(c *Call, val, arg uint64) abi.Errno { return c.setBool(val, arg, 0) })
	set("param_set_invbool", func(c *Call, val, arg uint64) abi.Errno { return c.setBool(val, arg, 1) })
	get("param_get_bool", func(c *Call, arg uint64) string { return yesNo(c.number(arg, 1)) })
	get("param_get_invbool", func(c *Call, arg uint64) string { return yesNo(c.number(arg, 1) ^ 1) })
	set("param_set_charp", setCharp)
	get("param_get_charp", func(c *Call, arg uint64) string { return c.stringArg(c.word(arg), -1) + "\n" })
	set("param_set_copystring", setCopyString)
	get("param_get_string", func(c *Call, arg uint64) string { return c.str(c.word(arg+uint64(c.Word))) + "\n" })
	return append(fs,
		Func{Name: "param_free_charp", Proto: "void param_free_charp(void *arg)", Call: freeCharp},
		Func{Name: "param_array_set", Proto: fmt.Sprintf(setProto, "param_array_set"), Call: arraySet},
		Func{Name: "param_array_get", Proto: fmt.Sprintf(getProto, "param_array_get"), Call: arrayGet},
		Func{Name: "param_array_free", Proto: "void param_array_free(void *arg)", Call: arrayFree},
	)
}

// param reads a word of a struct kernel_param.
func (c *Call) param(kp uint64, i int) uint64 { return c.word(kp + uint64(i*c.Word)) }

func (c *Call) sizeOf(bits int) int {
	if bits == 0 {
		return 8 * c.Word
	}
	return bits
}

func yesNo(v uint64) string {
	if v != 0 {
		return "Y\n"
	}
	return "N\n"
}

// setBool takes "no value" as yes; flip is 1 for an inverted parameter.
func (c *Call) setBool(val, arg, flip uint64) abi.Errno {
	text := "1"
	if val != 0 {
		text = c.str(val)
	}
	v, ok := ParseBool(text)
	if !ok {
		return abi.EINVAL
	}
	c.setNumber(arg, 1, truth(v)^flip)
	return 0
}

// charpMax is the longest string parameter.
const charpMax = 1024

// setCharp stores a copy, which param_free_charp gives back when the module
// goes. The value before may be the module's own constant or an earlier copy.
func setCharp(c *Call, val, arg uint64) abi.Errno {
	if val == 0 {
		return abi.EINVAL
	}
	s := c.strn(val, charpMax+1)
	if len(s) > charpMax {
		c.Log(fmt.Sprintf("\x013%s: string parameter too long\n", s[:32]))
		return abi.ENOSPC
	}
	p := c.dup(s)
	if p == 0 {
		return abi.ENOMEM
	}
	c.freeCopy(c.word(arg))
	c.setWord(arg, p)
	return 0
}

func freeCharp(c *Call) uint64 {
	arg := c.Ptr()
	if p := c.word(arg); c.SizeOf(p) > 0 {
		c.Free(p)
		c.setWord(arg, 0)
	}
	return 0
}

// freeCopy frees a string if it was allocated.
func (c *Call) freeCopy(p uint64) {
	if c.SizeOf(p) > 0 {
		c.Free(p)
	}
}

// setCopyString fills a struct kparam_string {unsigned int maxlen; char *s}.
func setCopyString(c *Call, val, arg uint64) abi.Errno {
	if val == 0 {
		return abi.EINVAL
	}
	max, buf := c.number(arg, 4), c.word(arg+uint64(c.Word))
	s := c.strn(val, max)
	if uint64(len(s)) >= max {
		return abi.ENOSPC
	}
	c.setStr(buf, s)
	return 0
}

// array is a struct kparam_array {unsigned int max, elemsize; unsigned int
// *num; ops; elem}.
type array struct {
	max, elemsize  uint64
	num, ops, elem uint64
}

func (c *Call) array(arg uint64) array {
	w := uint64(c.Word)
	return array{c.number(arg, 4), c.number(arg+4, 4), c.word(arg + 8), c.word(arg + 8 + w), c.word(arg + 8 + 2*w)}
}

// count is how many elements are set.
func (c *Call) count(a array) uint64 {
	if a.num == 0 {
		return a.max
	}
	return min(c.number(a.num, 4), a.max)
}

// arraySet calls the element type's set for each part between commas, with a
// kernel_param of its own for the element.
func arraySet(c *Call) uint64 {
	val, kp := c.Ptr(), c.Ptr()
	if val == 0 {
		return errno(abi.EINVAL)
	}
	a := c.array(c.param(kp, paramArg))
	parts := strings.Split(c.str(val), ",")
	if uint64(len(parts)) > a.max {
		c.Log(fmt.Sprintf("\x013%s: can only take %d arguments\n", c.str(c.param(kp, 0)), a.max))
		return errno(abi.EINVAL)
	}
	for i, part := range parts {
		if r := c.elementSet(kp, a, uint64(i), part); r != 0 || c.Died != "" {
			return r
		}
		if a.num != 0 {
			c.setNumber(a.num, 4, uint64(i)+1)
		}
	}
	return 0
}

func (c *Call) elementSet(kp uint64, a array, i uint64, part string) uint64 {
	size := uint64((paramArg + 1) * c.Word)
	elem := c.Alloc(size)
	if elem == 0 {
		return errno(abi.ENOMEM)
	}
	defer c.Free(elem)
	copy(c.Slice(elem, size), c.Slice(kp, size))
	c.setWord(elem+uint64(paramArg*c.Word), a.elem+i*a.elemsize)
	text := c.dup(part)
	if text == 0 {
		return errno(abi.ENOMEM)
	}
	defer c.Free(text)
	r, ok := c.CallC(c.param(a.ops, 1), text, elem)
	if !ok {
		c.Died = FaultInside
	}
	return uint64(int64(int32(r)))
}

// arrayGet joins the elements with commas.
func arrayGet(c *Call) uint64 {
	buf, kp := c.Ptr(), c.Ptr()
	a := c.array(c.param(kp, paramArg))
	size := uint64((paramArg + 1) * c.Word)
	elem := c.Alloc(size)
	if elem == 0 {
		return errno(abi.ENOMEM)
	}
	defer c.Free(elem)
	copy(c.Slice(elem, size), c.Slice(kp, size))
	at := buf
	for i := range c.count(a) {
		c.setWord(elem+uint64(paramArg*c.Word), a.elem+i*a.elemsize)
		r, ok := c.CallC(c.param(a.ops, 2), at, elem)
		if !ok {
			c.Died = FaultInside
			return 0
		}
		if int32(r) < 0 {
			return uint64(int64(int32(r)))
		}
		at += uint64(uint32(r))
		c.Slice(at-1, 1)[0] = ',' // over the element's newline
	}
	if at == buf {
		at++
	}
	c.setStr(at-1, "\n")
	return at - buf
}

func arrayFree(c *Call) uint64 {
	a := c.array(c.Ptr())
	free := c.param(a.ops, 3)
	if free == 0 {
		return 0
	}
	for i := range c.count(a) {
		if _, ok := c.CallC(free, a.elem+i*a.elemsize); !ok {
			c.Died = FaultInside
			return 0
		}
	}
	return 0
}
