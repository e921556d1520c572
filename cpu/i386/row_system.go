package i386

// Instructions that manage the processor, and the flag instructions.

var systemRows = []row{
	{name: "clc", enc: "f8", flags: "C", do: setFlag(FlagCF, 0)},
	{name: "stc", enc: "f9", flags: "C", do: setFlag(FlagCF, FlagCF)},
	{name: "cmc", enc: "f5", flags: "C", do: doCmc},
	{name: "cld", enc: "fc", do: setFlag(FlagDF, 0)},
	{name: "std", enc: "fd", do: setFlag(FlagDF, FlagDF)},
	{name: "cli", enc: "fa", ends: true, do: doCli},
	{name: "sti", enc: "fb", ends: true, do: doSti},
	{name: "salc", enc: "d6", ref: "undocumented: SBB AL, AL without flags", do: doSalc},
	{name: "hlt", enc: "f4", ends: true, do: doHlt},
	{name: "wait", enc: "9b", ref: "WAIT/FWAIT", do: doWait},
	{name: "arpl", enc: "63 /r", args: "Ew,Gw", flags: "Z", do: doArpl},
	{name: "sldt", enc: "0f 00 /0 /m", args: "Mw", do: doSldt},
	{name: "sldt", enc: "0f 00 /0 /g", args: "Rv", do: doSldt},
	{name: "str", enc: "0f 00 /1 /m", args: "Mw", do: doStr},
	{name: "str", enc: "0f 00 /1 /g", args: "Rv", do: doStr},
	{name: "lldt", enc: "0f 00 /2", args: "Ew", do: doLldt},
	{name: "ltr", enc: "0f 00 /3", args: "Ew", do: doLtr},
	{name: "verr", enc: "0f 00 /4", args: "Ew", flags: "Z", do: doVerify(canRead)},
	{name: "verw", enc: "0f 00 /5", args: "Ew", flags: "Z", ref: "VERR/VERW", do: doVerify(canWrite)},
	{name: "sgdt", enc: "0f 01 /0", args: "Ms", do: doSgdt},
	{name: "sidt", enc: "0f 01 /1", args: "Ms", do: doSidt},
	{name: "lgdt", enc: "0f 01 /2", args: "Ms", ref: "LGDT/LIDT", do: doLgdt},
	{name: "lidt", enc: "0f 01 /3", args: "Ms", ref: "LGDT/LIDT", do: doLidt},
	{name: "smsw", enc: "0f 01 /4 /m", args: "Mw", do: doSmsw},
	{name: "smsw", enc: "0f 01 /4 /g", args: "Rv", do: doSmsw},
	{name: "lmsw", enc: "0f 01 /6", args: "Ew", ends: true, do: doLmsw},
	{name: "invlpg", enc: "0f 01 /7", args: "Mb", ends: true, do: doInvlpg},
	{name: "lar", enc: "0f 02 /r", args: "Gv,Ew", flags: "Z", do: doLar},
	{name: "lsl", enc: "0f 03 /r", args: "Gv,Ew", flags: "Z", do: doLsl},
	{name: "clts", enc: "0f 06", ends: true, do: doClts},
	{name: "invd", enc: "0f 08", ends: true, do: doInvd},
	{name: "wbinvd", enc: "0f 09", ends: true, do: doInvd},
	// The mod field is ignored: the operand is a register in any form.
	{name: "mov", enc: "0f 20 /r", args: "Rd,Cd", ref: "MOV-Control", do: doMovFromCR},
	{name: "mov", enc: "0f 22 /r", args: "Cd,Rd", ends: true, ref: "MOV-Control", do: doMovToCR},
	{name: "mov", enc: "0f 21 /r", args: "Rd,Dd", ref: "MOV-Debug", do: doMovFromDR},
	{name: "mov", enc: "0f 23 /r", args: "Dd,Rd", ends: true, ref: "MOV-Debug", do: doMovToDR},
	{name: "wrmsr", enc: "0f 30", ends: true, do: doWrmsr},
	{name: "rdtsc", enc: "0f 31", do: doRdtsc},
	{name: "rdmsr", enc: "0f 32", do: doRdmsr},
	{name: "rdpmc", enc: "0f 33", do: doRdpmc},
	{name: "cpuid", enc: "0f a2", do: doCpuid},
}

func setFlag(mask, v uint32) semantics {
	return func(c *CPU, _ *inst) bool {
		if mask == FlagCF {
			c.fl.setCF(v)
		} else {
			c.eflags = c.eflags&^mask | v
		}
		return true
	}
}

func doCmc(c *CPU, _ *inst) bool {
	c.fl.setCF(c.fl.cf() ^ 1)
	return true
}

// doSalc spreads CF over AL.
func doSalc(c *CPU, _ *inst) bool {
	c.setReg(EAX, 1, -c.fl.cf())
	return true
}

// ioSensitive raises #GP(0) where CLI and STI need more privilege.
func (c *CPU) ioSensitive() bool {
	if !c.mode.real() && c.cpl > c.iopl() {
		return !c.fault(vecGP, 0)
	}
	return false
}

func doCli(c *CPU, _ *inst) bool {
	if c.ioSensitive() {
		return false
	}
	c.setEFLAGS(0, FlagIF)
	return true
}

// doSti: interrupts stay off for one more instruction, if they were off.
func doSti(c *CPU, _ *inst) bool {
	if c.ioSensitive() {
		return false
	}
	if c.eflags&FlagIF == 0 {
		c.setEFLAGS(FlagIF, FlagIF)
		c.holdInterrupts()
	}
	return true
}

// privileged raises #GP(0) outside level 0; virtual-8086 mode runs at 3.
func (c *CPU) privileged() bool {
	return c.cpl == 0 || c.fault(vecGP, 0)
}

// protectedOnly raises #UD in real and virtual-8086 mode.
func (c *CPU) protectedOnly() bool {
	return c.mode.protected() || c.fault(vecUD, 0)
}

// doHlt: Run returns StopIdle until an interrupt comes.
func doHlt(c *CPU, _ *inst) bool {
	if !c.privileged() {
		return false
	}
	c.halted = true
	c.updateAttention()
	return true
}

func doArpl(c *CPU, in *inst) bool {
	if !c.protectedOnly() {
		return false
	}
	a, ok := c.get(in, 0)
	if !ok {
		return false
	}
	b, _ := c.get(in, 1)
	zf := a&selRPL < b&selRPL
	// The destination is written, and needs to be writable, only if it
	// changes.
	if zf && !c.set(in, 0, a&^selRPL|b&selRPL) {
		return false
	}
	c.setZF(zf)
	return true
}

func (c *CPU) setZF(on bool) {
	v := c.fl.arith() &^ FlagZF
	if on {
		v |= FlagZF
	}
	c.fl.setArith(v)
}

func doSldt(c *CPU, in *inst) bool {
	return c.protectedOnly() && c.set(in, 0, uint32(c.ldtr.sel))
}

func doStr(c *CPU, in *inst) bool {
	return c.protectedOnly() && c.set(in, 0, uint32(c.tr.sel))
}

// doLldt: a null selector is allowed, and makes the LDT unusable.
func doLldt(c *CPU, in *inst) bool {
	if !c.protectedOnly() || !c.privileged() {
		return false
	}
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	sel := uint16(v)
	if isNull(sel) {
		c.ldtr = nullSegment(sel)
		return true
	}
	code := uint32(sel &^ selRPL)
	if sel&selLDT != 0 {
		return c.fault(vecGP, code)
	}
	d, ok := c.readDescriptor(sel, vecGP)
	if !ok {
		return false
	}
	if !d.isSystem() || d.sysType() != sysLDT {
		return c.fault(vecGP, code)
	}
	if !d.present() {
		return c.fault(vecNP, code)
	}
	c.ldtr = d.segment
	return true
}

// doLtr marks the descriptor busy: a task can be entered once.
func doLtr(c *CPU, in *inst) bool {
	if !c.protectedOnly() || !c.privileged() {
		return false
	}
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	sel := uint16(v)
	if isNull(sel) {
		return c.fault(vecGP, 0)
	}
	d, ok := c.gateTSS(sel, 0)
	if !ok || !c.setBusy(&d, true) {
		return false
	}
	c.tr = d.segment
	return true
}

// inspect reads sel's descriptor for VERR, VERW, LAR and LSL, which answer
// through ZF rather than by a fault. ok is false only for a page fault.
func (c *CPU) inspect(sel uint16) (d descriptor, found, ok bool) {
	if isNull(sel) {
		return d, false, true
	}
	d, ok = c.readDescriptor(sel, vecGP)
	if !ok {
		return d, false, c.exc.vector != vecPF
	}
	// Privilege is looked at for all but conforming code.
	if !(d.isCode() && d.conforming()) && (d.dpl() < c.cpl || d.dpl() < d.rpl()) {
		return d, false, true
	}
	return d, true, true
}

// doVerify answers whether a load or store through a selector would be allowed.
func doVerify(need uint8) semantics {
	return func(c *CPU, in *inst) bool {
		if !c.protectedOnly() {
			return false
		}
		v, ok := c.get(in, 0)
		if !ok {
			return false
		}
		d, found, ok := c.inspect(uint16(v))
		if !ok {
			return false
		}
		// The present bit is not looked at (SDM 2, VERR).
		d.attr |= attrPresent
		d.derive()
		c.setZF(found && !d.isSystem() && d.can&need != 0)
		return true
	}
}

// Descriptor types that LAR and LSL accept, one bit each.
const (
	larTypes = 1<<sysTSS16 | 1<<sysLDT | 1<<sysBusyTSS16 | 1<<sysCallGate16 | 1<<sysTaskGate |
		1<<sysTSS32 | 1<<sysBusyTSS32 | 1<<sysCallGate32
	lslTypes = 1<<sysTSS16 | 1<<sysLDT | 1<<sysBusyTSS16 | 1<<sysTSS32 | 1<<sysBusyTSS32
)

// doLar returns the second word's access rights in place.
func doLar(c *CPU, in *inst) bool {
	return c.query(in, larTypes, func(d *descriptor) uint32 { return d.hi & 0x00f0_ff00 })
}

func doLsl(c *CPU, in *inst) bool {
	return c.query(in, lslTypes, func(d *descriptor) uint32 { return d.limit })
}

// query is LAR and LSL: on failure ZF is clear and the destination unchanged.
func (c *CPU) query(in *inst, types uint32, answer func(*descriptor) uint32) bool {
	if !c.protectedOnly() {
		return false
	}
	v, ok := c.get(in, 1)
	if !ok {
		return false
	}
	d, found, ok := c.inspect(uint16(v))
	if !ok {
		return false
	}
	if found && d.isSystem() && types>>d.sysType()&1 == 0 {
		found = false
	}
	c.setZF(found)
	if found {
		c.set(in, 0, answer(&d))
	}
	return true
}

// storeTable and loadTable move a six-byte limit and base. With a 16-bit
// operand LGDT and LIDT load 24 bits of base; SGDT and SIDT store all 32.
func (c *CPU) storeTable(in *inst, t table) bool {
	off := c.ea(in)
	return c.canStore(in.seg, off, 6) && c.store(in.seg, off, 2, uint32(t.limit)) &&
		c.store(in.seg, c.wrap(in, off+2), 4, t.base)
}

func (c *CPU) loadTable(in *inst, t *table) bool {
	if !c.privileged() {
		return false
	}
	off := c.ea(in)
	limit, ok := c.load(in.seg, off, 2)
	if !ok {
		return false
	}
	base, ok := c.load(in.seg, c.wrap(in, off+2), 4)
	if !ok {
		return false
	}
	if in.osz == 2 {
		base &= 0xff_ffff
	}
	*t = table{base, uint16(limit)}
	return true
}

func doSgdt(c *CPU, in *inst) bool { return c.storeTable(in, c.gdtr) }
func doSidt(c *CPU, in *inst) bool { return c.storeTable(in, c.idtr) }
func doLgdt(c *CPU, in *inst) bool { return c.loadTable(in, &c.gdtr) }
func doLidt(c *CPU, in *inst) bool { return c.loadTable(in, &c.idtr) }

// doSmsw is open to every level. To a register it stores all of CR0.
func doSmsw(c *CPU, in *inst) bool { return c.set(in, 0, c.cr0) }

// doLmsw loads the low four bits of CR0 and cannot clear PE.
func doLmsw(c *CPU, in *inst) bool {
	if !c.privileged() {
		return false
	}
	v, ok := c.get(in, 0)
	if !ok {
		return false
	}
	const low = CR0PE | CR0MP | CR0EM | CR0TS
	return c.setCR0(c.cr0&^(low&^CR0PE) | v&low)
}

// doInvlpg drops global pages too.
func doInvlpg(c *CPU, in *inst) bool {
	if !c.privileged() {
		return false
	}
	c.flushPage(c.seg[in.seg].base + c.ea(in))
	return true
}

func doClts(c *CPU, _ *inst) bool {
	if !c.privileged() {
		return false
	}
	c.cr0 &^= CR0TS
	c.modeChanged()
	return true
}

// doInvd serves INVD and WBINVD: there is no cache to invalidate.
func doInvd(c *CPU, _ *inst) bool { return c.privileged() }

func doMovFromCR(c *CPU, in *inst) bool {
	n := in.op[1].n
	if n == 1 || n > 4 {
		return c.fault(vecUD, 0)
	}
	return c.privileged() && c.set(in, 0, c.CR(int(n)))
}

// doMovToCR ends its block: what follows is fetched and decoded under the new
// setting.
func doMovToCR(c *CPU, in *inst) bool {
	n := in.op[0].n
	if n == 1 || n > 4 {
		return c.fault(vecUD, 0)
	}
	if !c.privileged() {
		return false
	}
	v, _ := c.get(in, 1)
	switch n {
	case 0:
		return c.setCR0(v)
	case 2:
		c.cr2 = v
	case 3:
		c.setCR3(v)
	case 4:
		return c.setCR4(v)
	}
	return true
}

func doMovFromDR(c *CPU, in *inst) bool {
	if !c.privileged() {
		return false
	}
	n, ok := c.debugRegister(in.op[1].n)
	return ok && c.set(in, 0, c.dr[n])
}

func doMovToDR(c *CPU, in *inst) bool {
	if !c.privileged() {
		return false
	}
	n, ok := c.debugRegister(in.op[0].n)
	if !ok {
		return false
	}
	v, _ := c.get(in, 1)
	c.setDR(n, v)
	return true
}
