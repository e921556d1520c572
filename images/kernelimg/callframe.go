package kernelimg

import (
	"bytes"
	"compress/zlib"
	"debug/dwarf"
	"debug/elf"
	"encoding/binary"
	"fmt"

	"rv86/kmod/vmlinux"
)

// A module's function returns to the return stub, which nobody called: it traps,
// and the kernel goes on where it called nucleus.Run. Debuggers learn from a call
// frame description of the stub, in .debug_frame, that its caller's registers are
// in the nucleus.Frame that the processor is at (kernel/nucleus, vector_*.s). It is
// a signal's trampoline to them: what they say of it is "<signal handler called>".

const (
	frameType   = "rv86/kernel/nucleus.Frame"
	frameInUse  = "rv86/kernel/nucleus.curFrame" // i386; on riscv64 it is in sscratch
	debugFrames = ".debug_frame"
)

// DWARF 5, 6.4 and tables 7.9 and 7.29.
const (
	cieID      = 0xffffffff
	cieVersion = 3

	cfaOffset        = 0x80
	cfaDefExpression = 0x0f
	cfaExpression    = 0x10

	opAddr       = 0x03
	opDeref      = 0x06
	opPlusUconst = 0x23
	opBregX      = 0x92
)

// Register numbers (RISC-V DWARF specification, tables 1 and 2: CSRs begin at
// 4096; System V i386 psABI, table 2.14).
const (
	riscvRA       = 1
	riscvG        = 27
	riscvSscratch = 4096 + 0x140
	intelEIP      = 8
)

// addCallFrame describes the return stub's frame, where there is debug
// information.
func (im *Image) addCallFrame(*Config) error {
	s := im.find(debugFrames)
	if s == nil {
		return nil
	}
	f, err := elf.NewFile(bytes.NewReader(im.raw))
	if err != nil {
		return err
	}
	table, err := f.Section(debugFrames).Data()
	if err != nil {
		return fmt.Errorf("%s: %w", debugFrames, err)
	}
	field, err := fieldOffsets(f, frameType)
	if err != nil {
		return err
	}
	rules, ra, err := im.returnRules(field)
	if err != nil {
		return err
	}
	table = im.appendCallFrame(table, rules, ra)
	if s.Flags&elf.SHF_COMPRESSED != 0 {
		if table, err = im.compress(table); err != nil {
			return err
		}
	}
	s.data, s.Size = table, uint64(len(table))
	return nil
}

// fieldOffsets gives the offsets of a structure's fields.
func fieldOffsets(f *elf.File, name string) (map[string]uint64, error) {
	d, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	for r := d.Reader(); ; {
		e, err := r.Next()
		if err != nil {
			return nil, err
		}
		if e == nil {
			return nil, fmt.Errorf("the debug information has no type %s", name)
		}
		if e.Tag != dwarf.TagStructType {
			if e.Tag != dwarf.TagCompileUnit {
				r.SkipChildren()
			}
			continue
		}
		if n, _ := e.Val(dwarf.AttrName).(string); n != name {
			r.SkipChildren()
			continue
		}
		t, err := d.Type(e.Offset)
		if err != nil {
			return nil, err
		}
		out := map[string]uint64{}
		for _, m := range t.(*dwarf.StructType).Field {
			out[m.Name] = uint64(m.ByteOffset)
		}
		return out, nil
	}
}

// returnRules says in call frame instructions where the registers of Run's caller
// are, and which of them is the return address.
func (im *Image) returnRules(field map[string]uint64) (rules []byte, ra uint64, err error) {
	at := func(name string) uint64 {
		off, ok := field[name]
		if !ok && err == nil {
			err = fmt.Errorf("%s has no field %s", frameType, name)
		}
		return off
	}
	if im.word == 4 {
		cur := im.symbolNamed(frameInUse)
		if cur == nil {
			return nil, 0, fmt.Errorf("there is no %s", frameInUse)
		}
		// ksp is where Run's return address is.
		expr := append(binary.LittleEndian.AppendUint32([]byte{opAddr}, uint32(cur.value)), opDeref, opPlusUconst)
		expr = append(binary.AppendUvarint(expr, at("ksp")), opDeref, opPlusUconst, byte(im.word))
		return append(block([]byte{cfaDefExpression}, expr), cfaOffset|intelEIP, 1), intelEIP, err
	}
	saved := func(name string) []byte {
		return appendSleb(binary.AppendUvarint([]byte{opBregX}, riscvSscratch), at(name))
	}
	rules = block([]byte{cfaDefExpression}, append(saved("ksp"), opDeref))
	rules = block(append(rules, cfaExpression, riscvRA), saved("kra"))
	return block(append(rules, cfaExpression, riscvG), saved("kg")), riscvRA, err
}

// block appends an expression with its length.
func block(out, expr []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(expr))), expr...)
}

// appendSleb writes a number that is not negative as a signed LEB128.
func appendSleb(out []byte, v uint64) []byte {
	for v >= 1<<6 {
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v))
}

// appendCallFrame adds a CIE, and an FDE for the return stub.
func (im *Image) appendCallFrame(table, rules []byte, ra uint64) []byte {
	le := binary.LittleEndian
	entry := func(body []byte) {
		for (4+len(body))%im.word != 0 {
			body = append(body, 0) // DW_CFA_nop
		}
		table = append(le.AppendUint32(table, uint32(len(body))), body...)
	}
	address := func(out []byte, v uint64) []byte {
		if im.word == 4 {
			return le.AppendUint32(out, uint32(v))
		}
		return le.AppendUint64(out, v)
	}
	cie := uint32(len(table))
	// The augmentation S, for a frame on another stack than those inside it; code
	// alignment 1; data alignment -word, as a signed LEB128.
	body := append(le.AppendUint32(nil, cieID), cieVersion, 'S', 0, 1)
	dataAlign := byte(-im.word) & 0x7f
	entry(binary.AppendUvarint(append(body, dataAlign), ra))
	// A caller's code is looked for at the byte before the return address.
	body = address(le.AppendUint32(nil, cie), im.set.Base-1)
	entry(append(address(body, 1+vmlinux.StubSize), rules...))
	return table
}

// compress makes the contents of a compressed section (gABI, "Section
// Compression").
func (im *Image) compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	if im.word == 4 {
		put(&b, elf.Chdr32{Type: uint32(elf.COMPRESS_ZLIB), Size: uint32(len(data)), Addralign: 1})
	} else {
		put(&b, elf.Chdr64{Type: uint32(elf.COMPRESS_ZLIB), Size: uint64(len(data)), Addralign: 1})
	}
	z := zlib.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}
