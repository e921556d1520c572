package rv64

import "testing"

// TestReservation: what SC needs from LR (I 8.2). t2 is 0 where it succeeded.
func TestReservation(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		fails uint64
	}{
		{"pair", []string{"lr.d t0, (s0)", "sc.d t2, t1, (s0)"}, 0},
		{"pair of words", []string{"lr.w.aq t0, (s0)", "sc.w.rl t2, t1, (s0)"}, 0},
		{"without LR", []string{"sc.d t2, t1, (s0)"}, 1},
		{"second SC", []string{"lr.d t0, (s0)", "sc.d t3, t4, (s0)", "sc.d t2, t1, (s0)"}, 1},
		{"failed SC ends it", []string{"lr.d t0, (s0)", "sc.d t3, t1, (s1)", "sc.d t2, t1, (s0)"}, 1},
		{"other address", []string{"lr.d t0, (s1)", "sc.d t2, t1, (s0)"}, 1},
		{"other size", []string{"lr.d t0, (s0)", "sc.w t2, t1, (s0)"}, 1},
		{"last LR counts", []string{"lr.d t0, (s1)", "lr.d t0, (s0)", "sc.d t2, t1, (s0)"}, 0},
		{"trap in between", []string{"lr.d t0, (s0)", "ecall", "sc.d t2, t1, (s0)"}, 1},
	} {
		onBothPaths(t, func(r *rig) {
			r.code(diffBase, c.lines...)
			r.code(rigHandlerM, "csrrs t4, mepc, zero", "addi t4, t4, 4", "csrrw zero, mepc, t4", "mret")
			r.SetX(6, 0x1122334455667788)
			r.SetX(7, 99)
			r.SetX(29, 5) // t4: what is there already
			r.SetX(8, rigData)
			r.SetX(9, rigData+8)
			r.setWord(rigData, 5)
			r.finish()
			r.wantX(7, c.fails)
			if wrote := r.word(rigData) != 5; wrote == (c.fails == 1) {
				r.t.Errorf("%s: memory is %#x", c.name, r.word(rigData))
			}
		})
	}
}

// TestReservationDMA: a device's write takes the reservation.
func TestReservationDMA(t *testing.T) {
	r := newRig(t, false)
	r.code(diffBase, "lr.d t0, (s0)", "sc.d t2, t1, (s0)")
	r.SetX(8, rigData)
	r.run(1)
	r.InvalidateCode(rigData+4, 1)
	r.run(1)
	r.wantX(7, 1)
}

// TestAMO: operands that tell signed from unsigned and 32 from 64 bits.
func TestAMO(t *testing.T) {
	const old, b = 0xfffffffe_80000005, 0x00000001_7fffffff
	for line, c := range map[string]struct{ rd, mem uint64 }{
		"amoswap.w": {0xffffffff_80000005, 0xfffffffe_7fffffff},
		"amoadd.w":  {0xffffffff_80000005, 0xfffffffe_00000004},
		"amoxor.w":  {0xffffffff_80000005, 0xfffffffe_fffffffa},
		"amoand.w":  {0xffffffff_80000005, 0xfffffffe_00000005},
		"amoor.w":   {0xffffffff_80000005, 0xfffffffe_ffffffff},
		"amomin.w":  {0xffffffff_80000005, 0xfffffffe_80000005},
		"amomax.w":  {0xffffffff_80000005, 0xfffffffe_7fffffff},
		"amominu.w": {0xffffffff_80000005, 0xfffffffe_7fffffff},
		"amomaxu.w": {0xffffffff_80000005, 0xfffffffe_80000005},
		"amoswap.d": {old, b},
		"amoadd.d":  {old, 0x4},
		"amoxor.d":  {old, old ^ b},
		"amoand.d":  {old, old & b},
		"amoor.d":   {old, old | b},
		"amomin.d":  {old, old},
		"amomax.d":  {old, b},
		"amominu.d": {old, b},
		"amomaxu.d": {old, old},
	} {
		onBothPaths(t, func(r *rig) {
			r.code(diffBase, line+" t0, t1, (s0)")
			r.SetX(6, b)
			r.SetX(8, rigData)
			r.setWord(rigData, old)
			r.finish()
			r.wantX(5, c.rd)
			if got := r.word(rigData); got != c.mem {
				r.t.Errorf("%s: memory is %#x, want %#x", line, got, c.mem)
			}
		})
	}
}
