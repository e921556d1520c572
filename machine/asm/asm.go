// Package asm puts small guest programs together: what the core's assembler
// does for one instruction, for a listing with labels. Benchmarks and tests use
// it, so that neither needs a cross compiler.
package asm

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"rv86/cpu/rv64"
)

// Assemble turns lines of assembly into position-independent code. To what the
// core's assembler knows it adds labels ("loop:") as targets of jumps and
// branches, the pseudo-instructions "li rd, number" and "la rd, label" (within
// 2 KiB), and comments after "#".
func Assemble(text string) ([]byte, error) {
	var insns []string
	labels := map[string]int{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if name, ok := strings.CutSuffix(line, ":"); ok {
			labels[name] = len(insns)
			continue
		}
		if line == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "li "); ok {
			seq, err := loadImmediate(rest)
			if err != nil {
				return nil, err
			}
			insns = append(insns, seq...)
			continue
		}
		if operands, ok := strings.CutPrefix(line, "la "); ok {
			rd, label, _ := strings.Cut(operands, ", ")
			insns = append(insns, "auipc "+rd+", 0", fmt.Sprintf("addi %s, %s, %s", rd, rd, label))
			continue
		}
		insns = append(insns, line)
	}
	for i, line := range insns {
		insns[i] = resolve(line, i, labels)
	}
	code := make([]byte, 0, insnSize*len(insns))
	for _, line := range insns {
		raw, size, err := rv64.Assemble(line)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		if size != insnSize { // label distances count in whole instructions
			return nil, fmt.Errorf("%q: compressed instructions are not for these programs", line)
		}
		code = binary.LittleEndian.AppendUint32(code, raw)
	}
	return code, nil
}

const insnSize = 4

// resolve replaces a label in the last operand by its distance.
func resolve(line string, at int, labels map[string]int) string {
	i := strings.LastIndexByte(line, ' ')
	target, ok := labels[line[i+1:]]
	if !ok || i < 0 {
		return line
	}
	if strings.HasPrefix(line, "addi ") { // the second half of la: relative to its auipc
		at--
	}
	return line[:i+1] + strconv.Itoa(insnSize*(target-at))
}

// loadImmediate is lui and addi for a number of 32 bits, whose upper half makes
// up for addi's sign, and a shift and or-ing of pieces for a longer one.
func loadImmediate(operands string) ([]string, error) {
	rd, num, _ := strings.Cut(operands, ",")
	v, err := strconv.ParseInt(strings.TrimSpace(num), 0, 64)
	if err != nil {
		return nil, fmt.Errorf("li %s: %w", operands, err)
	}
	low := v << 52 >> 52
	if v == low {
		return []string{fmt.Sprintf("addi %s, zero, %d", rd, v)}, nil
	}
	if v == int64(int32(v)) && (v-low) == int64(int32(v-low)) {
		return []string{
			fmt.Sprintf("lui %s, %d", rd, uint32(v-low)>>12),
			fmt.Sprintf("addi %s, %s, %d", rd, rd, low),
		}, nil
	}
	high, err := loadImmediate(fmt.Sprintf("%s, %d", rd, (v-low)>>12))
	if err != nil {
		return nil, err
	}
	return append(high,
		fmt.Sprintf("slli %s, %s, 12", rd, rd),
		fmt.Sprintf("addi %s, %s, %d", rd, rd, low)), nil
}
