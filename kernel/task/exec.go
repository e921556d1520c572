//go:build riscv64 || 386

package task

import (
	"path"
	"slices"

	"rv86/kernel/abi"
	"rv86/kernel/nucleus"
	"rv86/kernel/vfs"
	"rv86/kernel/vm"
)

const (
	// argMax bounds arguments and environment together (Linux: a quarter of the
	// stack's limit).
	argMax = vm.StackLimit / 4
	// scriptDepth is how often a script's interpreter may be a script.
	scriptDepth = 4
	headSize    = 256 // BINPRM_BUF_SIZE
	clockTicks  = 100 // AT_CLKTCK, the unit of times(2)
)

// program is a file on its way to being executed.
type program struct {
	file *vfs.Description
	head []byte
	size uint64
	im   *image
}

// Exec replaces the process' program (execve(2)). On success the caller's
// Frame starts the new one; the result is then NoResult.
func (t *Thread) Exec(at vfs.Path, name string, argv, envp []string) abi.Errno {
	execName := name
	main, argv, e := t.openProgram(at, name, argv)
	if e != 0 {
		return e
	}
	defer func() { main.file.Put() }()
	var interp *program
	if s := main.im.interp; s.filesz > 0 {
		b := make([]byte, s.filesz)
		if e := readFull(main.file, b, int64(s.off)); e != 0 {
			return e
		}
		p, e := t.openELF(t.FS.Root(), cString(b))
		if e != 0 {
			return e
		}
		defer p.file.Put()
		interp = p
	}
	size := 0
	for _, s := range slices.Concat(argv, envp) {
		size += len(s) + 1 + wordSize
	}
	if size > argMax {
		return abi.E2BIG
	}
	mm := vm.New(vm.Kernel)
	for mm == nil {
		if !t.makeRoom() {
			return abi.ENOMEM
		}
		mm = vm.New(vm.Kernel)
	}
	start, sp, e := t.build(mm, main, interp, execName, argv, envp)
	if e != 0 {
		mm.Drop(nil)
		return e
	}
	if !t.loneThread() {
		mm.Drop(nil)
		return abi.ERESTARTNOINTR
	}
	t.become(mm, main, argv, name, start, sp)
	return NoResult
}

// openProgram opens an ELF file, or the interpreter of a script with the
// arguments that go with it.
func (t *Thread) openProgram(at vfs.Path, name string, argv []string) (*program, []string, abi.Errno) {
	for range scriptDepth + 1 {
		p, e := t.open(at, name)
		if e != 0 {
			return nil, nil, e
		}
		interp, arg, ok := script(p.head)
		if !ok {
			if e := p.parse(); e != 0 {
				p.file.Put()
				return nil, nil, e
			}
			return p, argv, 0
		}
		p.file.Put()
		args := []string{interp}
		if arg != "" {
			args = append(args, arg)
		}
		args = append(args, name)
		if len(argv) > 1 {
			args = append(args, argv[1:]...)
		}
		name, argv, at = interp, args, t.FS.Cwd()
	}
	return nil, nil, abi.ELOOP
}

// openELF opens a program that may not be a script.
func (t *Thread) openELF(at vfs.Path, name string) (*program, abi.Errno) {
	p, e := t.open(at, name)
	if e != 0 {
		return nil, e
	}
	if e := p.parse(); e != 0 {
		p.file.Put()
		return nil, e
	}
	return p, 0
}

// open opens a file for execution and reads its beginning.
func (t *Thread) open(at vfs.Path, name string) (*program, abi.Errno) {
	c := t.Caller()
	place, e := c.Lookup(at, name, true, false)
	if e != 0 {
		return nil, e
	}
	if place.Inode().Mode()&abi.S_IFMT != abi.S_IFREG || !place.Executable() {
		return nil, abi.EACCES
	}
	if e := c.Access(place, mayExec); e != 0 {
		return nil, e
	}
	d, e := c.OpenFound(place, abi.O_RDONLY)
	if e != 0 {
		return nil, e
	}
	m, ok := d.File().(vfs.Mappable)
	if !ok {
		d.Put()
		return nil, abi.EACCES
	}
	p := &program{file: d, head: make([]byte, headSize), size: uint64(m.Size())}
	p.head = p.head[:min(p.size, headSize)]
	if e := readFull(d, p.head, 0); e != 0 {
		d.Put()
		return nil, e
	}
	return p, 0
}

const mayExec = 1 // X_OK

func (p *program) parse() abi.Errno {
	phoff, n, e := parseHeader(p.head)
	if e != 0 {
		return e
	}
	ph := make([]byte, n*elfPhSize)
	if phoff > p.size || uint64(len(ph)) > p.size-phoff {
		return abi.ENOEXEC
	}
	if e := readFull(p.file, ph, int64(phoff)); e != 0 {
		return e
	}
	p.im, e = parseImage(p.head, ph, p.size)
	return e
}

func readFull(d *vfs.Description, b []byte, off int64) abi.Errno {
	m := d.File().(vfs.Mappable)
	for len(b) > 0 {
		n, e := m.ReadAt(b, off)
		if e != 0 {
			return e
		}
		if n == 0 {
			return abi.ENOEXEC
		}
		b, off = b[n:], off+int64(n)
	}
	return 0
}

func cString(b []byte) string {
	if i := slices.Index(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// load maps a program's segments, moved by bias, and returns the end of the
// last one.
func (p *program) load(mm *vm.Space, bias uint64) (end uint64, e abi.Errno) {
	for _, s := range p.im.segments {
		prot := vm.Prot(0)
		for pf, pr := range map[uint32]vm.Prot{pfR: vm.ProtRead, pfW: vm.ProtWrite, pfX: vm.ProtExec} {
			if s.flags&pf != 0 {
				prot |= pr
			}
		}
		lo := (s.vaddr + bias) &^ (vm.PageSize - 1)
		fileEnd := s.vaddr + bias + s.filesz
		memEnd := s.vaddr + bias + s.memsz
		end = max(end, memEnd)
		page := uint64(vm.PageSize)
		mapped := lo
		if s.filesz > 0 {
			mapped = (fileEnd + page - 1) &^ (page - 1)
			m := vm.Mapping{
				Addr: uintptr(lo), Len: uintptr(mapped - lo), Prot: prot, Fixed: true,
				File: p.file, Off: int64(s.off - (s.vaddr + bias - lo)),
			}
			if _, e := mm.Map(m); e != 0 {
				return 0, e
			}
			if s.memsz > s.filesz && s.flags&pfW != 0 {
				if e := mm.Zero(nil, uintptr(fileEnd), uintptr(min(mapped, memEnd)-fileEnd)); e != 0 {
					return 0, e
				}
			}
		}
		if memEnd > mapped {
			m := vm.Mapping{Addr: uintptr(mapped), Len: uintptr(memEnd - mapped), Prot: prot, Fixed: true}
			if _, e := mm.Map(m); e != 0 {
				return 0, e
			}
		}
	}
	return end, 0
}

// build fills a new address space: programs, stack, arguments, auxiliary
// vector. It gives the first instruction and the stack pointer.
func (t *Thread) build(mm *vm.Space, main, interp *program, execName string, argv, envp []string) (start, sp uintptr, e abi.Errno) {
	bias := uint64(0)
	if main.im.pie {
		bias = vm.PIEBase
	}
	end, e := main.load(mm, bias)
	if e != 0 {
		return 0, 0, e
	}
	mm.SetBrk(uintptr(end))
	entry, base := main.im.entry+bias, uint64(0)
	if interp != nil {
		base = interpBase
		if _, e := interp.load(mm, base); e != 0 {
			return 0, 0, e
		}
		entry = interp.im.entry + base
	}
	if _, e := mm.Map(vm.Mapping{
		Addr: vm.StackTop - initialStack, Len: initialStack,
		Prot: vm.ProtRead | vm.ProtWrite, Fixed: true, Grows: true, Name: "[stack]",
	}); e != 0 {
		return 0, 0, e
	}
	if e := mm.MapSigPage(sigReturnCode); e != 0 {
		return 0, 0, e
	}
	auxv := []uint64{
		abi.AT_PAGESZ, vm.PageSize,
		abi.AT_HWCAP, hwcap,
		abi.AT_CLKTCK, clockTicks,
		abi.AT_PHENT, elfPhSize,
		abi.AT_PHNUM, uint64(main.im.phnum),
		abi.AT_BASE, base,
		abi.AT_FLAGS, 0,
		abi.AT_ENTRY, main.im.entry + bias,
		abi.AT_UID, uint64(t.cred.UID), abi.AT_EUID, uint64(t.cred.EUID),
		abi.AT_GID, uint64(t.cred.GID), abi.AT_EGID, uint64(t.cred.EGID),
		abi.AT_SECURE, 0,
	}
	if main.im.phdr != 0 {
		auxv = append(auxv, abi.AT_PHDR, main.im.phdr+bias)
	}
	sp, e = pushArgs(mm, execName, argv, envp, auxv)
	return uintptr(entry), sp, e
}

// initialStack is what a stack begins with; it grows on demand.
const initialStack = 128 << 10

// pushArgs writes what a program finds on its stack (psABI "Process
// Initialization"): argc, argv, envp, auxv, and above them the strings.
func pushArgs(mm *vm.Space, execName string, argv, envp []string, auxv []uint64) (uintptr, abi.Errno) {
	const randomSize = 16
	var strs []byte
	var offs []uint64
	for _, s := range slices.Concat(argv, envp, []string{execName}) {
		offs = append(offs, uint64(len(strs)))
		strs = append(append(strs, s...), 0)
	}
	var random [randomSize]byte
	FillRandom(random[:])
	top := uint64(vm.StackTop) - wordSize // Linux leaves a null word at the top
	strAt := top - uint64(len(strs))
	randomAt := (strAt - randomSize) &^ (stackAlign - 1)
	name := offs[len(offs)-1] + strAt
	auxv = append(auxv, abi.AT_RANDOM, randomAt, abi.AT_EXECFN, name, abi.AT_NULL, 0)

	words := []uint64{uint64(len(argv))}
	for i := range argv {
		words = append(words, offs[i]+strAt)
	}
	words = append(words, 0)
	for i := range envp {
		words = append(words, offs[len(argv)+i]+strAt)
	}
	words = append(append(words, 0), auxv...)
	sp := (randomAt - uint64(len(words))*wordSize) &^ (stackAlign - 1)
	block := make([]byte, top-sp)
	for i, w := range words {
		putWord(block[i*wordSize:], uintptr(w))
	}
	copy(block[randomAt-sp:], random[:])
	copy(block[strAt-sp:], strs)

	envAt := strAt + uint64(len(strs)-len(execName)-1)
	if len(envp) > 0 {
		envAt = offs[len(argv)] + strAt
	}
	mm.Args = vm.AddrRange{Lo: uintptr(strAt), Hi: uintptr(envAt)}
	mm.Env = vm.AddrRange{Lo: uintptr(envAt), Hi: uintptr(name)}
	mm.Stack = uintptr(sp)
	return uintptr(sp), mm.CopyOut(nil, uintptr(sp), block)
}

// loneThread ends the process' other threads. It is false if the process is
// ending itself.
func (t *Thread) loneThread() bool {
	tasks.Lock()
	defer tasks.Unlock()
	if t.exiting || t.execing != nil {
		return false
	}
	t.execing = t
	for len(t.threads) > 1 {
		for _, o := range t.threads {
			if o != t {
				o.notice(workExit)
			}
		}
		tasks.Unlock()
		<-t.wakeup
		tasks.Lock()
		if t.exiting {
			t.execing = nil
			return false
		}
	}
	t.execing = nil
	return true
}

// become is the point of no return: the process is the new program.
func (t *Thread) become(mm *vm.Space, main *program, argv []string, name string, start, sp uintptr) {
	old := t.MM
	if t.clearTID != 0 {
		t.CopyOut32(t.clearTID, 0)
		t.FutexWake(t.clearTID, 1, ^uint32(0), false)
	}
	tasks.Lock()
	t.MM = mm
	t.clearTID, t.robust = 0, 0
	t.altStack = AltStack{}
	if t.exe != nil {
		defer t.exe.Put()
	}
	t.exe = main.file.Get()
	t.setName(path.Base(name))
	t.execed = true
	fresh := &actions{}
	for i, a := range t.actions.of {
		if a.Handler == abi.SIG_IGN {
			fresh.of[i].Handler = abi.SIG_IGN
		}
	}
	t.actions = fresh
	if t.TID != t.PID { // execve(2): the caller becomes the leader
		delete(threads, t.TID)
		t.TID = t.PID
		threads[t.TID] = t
	}
	t.cred.SUID, t.cred.SGID = t.cred.EUID, t.cred.EGID
	t.setCaller()
	tasks.Unlock()
	t.timers.dropPosix()
	t.Files = t.Files.Unshare(t.Caller())
	t.Files.CloseOnExec(t.Caller())
	t.Frame = nucleus.NewFrame(start, sp, mm.Root())
	if old != nil { // init's first program has no predecessor
		old.Drop(t.Caller())
	}
	t.leaveVfork()
}
