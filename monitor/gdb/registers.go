package gdb

import (
	"fmt"
	"strings"

	"rv86/machine/debug/point"
)

// register is one of gdb's registers.
type register struct {
	name string // gdb's
	from string // the target's
	bits int
	typ  string // of the target description
	// keep says that gdb is not to save and restore the register when it calls a
	// function in the guest: the function, or time, may have changed it for good.
	keep bool
}

func (r *register) size() int { return r.bits / 8 }

// feature is a group of registers of the target description ("Standard Target
// Features").
type feature struct {
	name string
	regs []register
}

// description is an architecture for gdb. Registers are numbered in the order of
// the features; a g packet has those of the first.
type description struct {
	arch     string
	features []feature
}

func (d *description) all() (out []register) {
	for _, f := range d.features {
		out = append(out, f.regs...)
	}
	return out
}

// xml is the target description ("Target Description Format").
func (d *description) xml() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0">`)
	// Without its own idea of an OS gdb takes the library list from us.
	fmt.Fprintf(&b, "<architecture>%s</architecture><osabi>none</osabi>", d.arch)
	n := 0
	for _, f := range d.features {
		fmt.Fprintf(&b, `<feature name="%s">`, f.name)
		b.WriteString(featureTypes[f.name])
		for _, r := range f.regs {
			save := ""
			if r.keep {
				save = ` save-restore="no"`
			}
			fmt.Fprintf(&b, `<reg name="%s" bitsize="%d" type="%s" regnum="%d"%s/>`, r.name, r.bits, r.typ, n, save)
			n++
		}
		b.WriteString("</feature>")
	}
	b.WriteString("</target>")
	return b.String()
}

const (
	featureCore = "org.gnu.gdb.i386.core"
	featureSSE  = "org.gnu.gdb.i386.sse"

	// EFLAGS (SDM 1 figure 3-8), without IOPL: gdb's flags have one bit.
	flagTypes = `<flags id="i386_eflags" size="4"><field name="CF" start="0" end="0"/><field name="" start="1" end="1"/>` +
		`<field name="PF" start="2" end="2"/><field name="AF" start="4" end="4"/><field name="ZF" start="6" end="6"/>` +
		`<field name="SF" start="7" end="7"/><field name="TF" start="8" end="8"/><field name="IF" start="9" end="9"/>` +
		`<field name="DF" start="10" end="10"/><field name="OF" start="11" end="11"/><field name="NT" start="14" end="14"/>` +
		`<field name="RF" start="16" end="16"/><field name="VM" start="17" end="17"/><field name="AC" start="18" end="18"/>` +
		`<field name="VIF" start="19" end="19"/><field name="VIP" start="20" end="20"/><field name="ID" start="21" end="21"/></flags>`

	vectorTypes = `<vector id="v4f" type="ieee_single" count="4"/><vector id="v2d" type="ieee_double" count="2"/>` +
		`<vector id="v16i8" type="int8" count="16"/><vector id="v8i16" type="int16" count="8"/>` +
		`<vector id="v4i32" type="int32" count="4"/><vector id="v2i64" type="int64" count="2"/>` +
		`<union id="vec128"><field name="v4_float" type="v4f"/><field name="v2_double" type="v2d"/>` +
		`<field name="v16_int8" type="v16i8"/><field name="v8_int16" type="v8i16"/><field name="v4_int32" type="v4i32"/>` +
		`<field name="v2_int64" type="v2i64"/><field name="uint128" type="uint128"/></union>`
)

// featureTypes are the types that a feature's registers have.
var featureTypes = map[string]string{featureCore: flagTypes, featureSSE: vectorTypes}

// describe makes the description of the machine whose registers these are.
func describe(arch string, regs []point.Register) *description {
	if arch == "i386" {
		return describePC()
	}
	return describeHart(regs)
}

func describeHart(regs []point.Register) *description {
	var cpu, fpu, csr []register
	var pc register
	for _, r := range regs {
		switch {
		case r.Name == "pc":
			pc = register{name: "pc", from: "pc", bits: 64, typ: "code_ptr"}
		case r.Group == point.GroupGeneral:
			x := register{name: r.Name, from: r.Name, bits: 64, typ: "int"}
			switch r.Name {
			case "ra":
				x.typ = "code_ptr"
			case "sp", "gp", "tp":
				x.typ = "data_ptr"
			case "s0":
				x.name, x.typ = "fp", "data_ptr"
			}
			cpu = append(cpu, x)
		case r.Name == "fflags", r.Name == "frm", r.Name == "fcsr":
			// They follow the f registers, which come first.
			fpu = append(fpu, register{name: r.Name, from: r.Name, bits: 32, typ: "int"})
		case r.Group == point.GroupFPU:
			fpu = append(fpu, register{name: r.Name, from: r.Name, bits: 64, typ: "ieee_double"})
		default:
			csr = append(csr, register{name: r.Name, from: r.Name, bits: 64, typ: "int", keep: true})
		}
	}
	return &description{"riscv:rv64", []feature{
		{"org.gnu.gdb.riscv.cpu", append(cpu, pc)},
		{"org.gnu.gdb.riscv.fpu", fpu},
		{"org.gnu.gdb.riscv.csr", csr},
	}}
}

func describePC() *description {
	var core, sse, system []register
	for _, n := range []string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"} {
		typ := "int32"
		if n == "esp" || n == "ebp" {
			typ = "data_ptr"
		}
		core = append(core, register{name: n, from: n, bits: 32, typ: typ})
	}
	core = append(core, register{name: "eip", from: "eip", bits: 32, typ: "code_ptr"}, register{name: "eflags", from: "eflags", bits: 32, typ: "i386_eflags"})
	for _, n := range []string{"cs", "ss", "ds", "es", "fs", "gs"} {
		core = append(core, register{name: n, from: n, bits: 32, typ: "int32"})
	}
	for i := range 8 {
		core = append(core, numbered("st", i, 80, "i387_ext"))
		sse = append(sse, numbered("xmm", i, 128, "vec128"))
	}
	for _, n := range []string{"fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"} {
		core = append(core, register{name: n, from: n, bits: 32, typ: "int"})
	}
	sse = append(sse, register{name: "mxcsr", from: "mxcsr", bits: 32, typ: "int32"})
	for _, n := range []string{"cr0", "cr2", "cr3", "cr4", "dr0", "dr1", "dr2", "dr3", "dr6", "dr7", "gdtr", "idtr", "ldtr", "tr"} {
		system = append(system, register{name: n, from: n, bits: 32, typ: "int32", keep: true})
	}
	return &description{"i386", []feature{
		{featureCore, core},
		{featureSSE, sse},
		{"org.rv86.i386.system", system},
	}}
}

// numbered is register i of a kind.
func numbered(kind string, i, bits int, typ string) register {
	name := fmt.Sprint(kind, i)
	return register{name: name, from: name, bits: bits, typ: typ}
}

// values reads all registers, by the target's names.
func values(regs []point.Register) map[string][]byte {
	out := make(map[string][]byte, len(regs))
	for _, r := range regs {
		out[r.Name] = r.Value
	}
	return out
}

// value is a register's bytes, as long as gdb wants them.
func (r *register) value(all map[string][]byte) []byte {
	b := make([]byte, r.size())
	copy(b, all[r.from])
	return b
}
