package gdb

import (
	"fmt"
	"strings"

	"rv86/machine/debug/point"
)

// register is one of gdb's registers.
type register struct {
	name string // gdb's
	from string // the target's; empty: it reads as zero
	bits int
	typ  string // of the target description
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
		if f.name == featureSSE {
			b.WriteString(vectorTypes)
		}
		for _, r := range f.regs {
			fmt.Fprintf(&b, `<reg name="%s" bitsize="%d" type="%s" regnum="%d"/>`, r.name, r.bits, r.typ, n)
			n++
		}
		b.WriteString("</feature>")
	}
	b.WriteString("</target>")
	return b.String()
}

const (
	featureSSE = "org.gnu.gdb.i386.sse"

	vectorTypes = `<vector id="v4f" type="ieee_single" count="4"/><vector id="v2d" type="ieee_double" count="2"/>` +
		`<vector id="v16i8" type="int8" count="16"/><vector id="v8i16" type="int16" count="8"/>` +
		`<vector id="v4i32" type="int32" count="4"/><vector id="v2i64" type="int64" count="2"/>` +
		`<union id="vec128"><field name="v4_float" type="v4f"/><field name="v2_double" type="v2d"/>` +
		`<field name="v16_int8" type="v16i8"/><field name="v8_int16" type="v8i16"/><field name="v4_int32" type="v4i32"/>` +
		`<field name="v2_int64" type="v2i64"/><field name="uint128" type="uint128"/></union>`
)

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
			pc = register{"pc", "pc", 64, "code_ptr"}
		case r.Group == point.GroupGeneral:
			x := register{r.Name, r.Name, 64, "int"}
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
			fpu = append(fpu, register{r.Name, r.Name, 32, "int"})
		case r.Group == point.GroupFPU:
			fpu = append(fpu, register{r.Name, r.Name, 64, "ieee_double"})
		default:
			csr = append(csr, register{r.Name, r.Name, 64, "int"})
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
		core = append(core, register{n, n, 32, typ})
	}
	core = append(core, register{"eip", "eip", 32, "code_ptr"}, register{"eflags", "eflags", 32, "int32"})
	for _, n := range []string{"cs", "ss", "ds", "es", "fs", "gs"} {
		core = append(core, register{n, n, 32, "int32"})
	}
	for i := range 8 {
		core = append(core, register{fmt.Sprintf("st%d", i), fmt.Sprintf("st%d", i), 80, "i387_ext"})
		sse = append(sse, register{fmt.Sprintf("xmm%d", i), fmt.Sprintf("xmm%d", i), 128, "vec128"})
	}
	for _, n := range []string{"fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"} {
		from := ""
		if n == "fctrl" || n == "fstat" {
			from = n
		}
		core = append(core, register{n, from, 32, "int"})
	}
	sse = append(sse, register{"mxcsr", "mxcsr", 32, "int32"})
	for _, n := range []string{"cr0", "cr2", "cr3", "cr4", "gdtr", "idtr", "ldtr", "tr"} {
		system = append(system, register{n, n, 32, "int32"})
	}
	return &description{"i386", []feature{
		{"org.gnu.gdb.i386.core", core},
		{featureSSE, sse},
		{"org.rv86.i386.system", system},
	}}
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
