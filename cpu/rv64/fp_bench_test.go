package rv64

import "testing"

// BenchmarkFloat runs the inner loop of a dot product, eight instructions of
// which four are floating-point: with NX set, when it is inline, and with sums
// that stay exact, when it is not. The metric is guest instructions per second.
func BenchmarkFloat(b *testing.B) {
	for _, c := range []struct {
		name  string
		value uint64 // of every element
	}{
		{"inexact", 0x3fb999999999999a}, // 0.1
		{"exact", 0x3ff0000000000000},   // 1
	} {
		b.Run(c.name, func(b *testing.B) {
			ram := make([]byte, 1<<13)
			at := 0
			for _, line := range []string{
				"addi a1, a0, 0", "addi a2, a0, 256",
				"fld fa1, 0(a1)", "fld fa2, 256(a1)", "fmul.d fa1, fa1, fa2", "fadd.d fa0, fa0, fa1",
				"addi a1, a1, 8", "addi a3, a3, 1", "add a4, a4, a3", "bne a1, a2, -28",
				"jal zero, -40",
			} {
				raw, size, err := Assemble(line)
				if err != nil {
					b.Fatal(err)
				}
				storeBytes(ram[at:at+size], uint64(raw))
				at += size
			}
			h := New(Config{RAM: ram})
			h.mstatus |= mstatusFS
			h.SetX(10, 0x1000)
			for i := 0x1000; i < 0x1200; i += 8 {
				storeBytes(ram[i:i+8], c.value)
			}
			const chunk = 1_000_000
			for b.Loop() {
				h.Run(h.Insns() + chunk)
			}
			if h.mcause != 0 {
				b.Fatalf("trap %d at %#x", h.mcause, h.mepc)
			}
			b.ReportMetric(float64(h.Insns())/b.Elapsed().Seconds()/1e6, "MIPS")
		})
	}
}
