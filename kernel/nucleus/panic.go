//go:build riscv64 || 386

package nucleus

// How the kernel dies. Whatever the way, the last lines are the modules linked
// in and
//
//	---[ end Kernel panic - not syncing: REASON ]---
//
// then the reason goes to the panic device, where there is one, and the
// machine powers off with PanicStatus.

// PanicStatus is the machine's exit status after a kernel panic.
const PanicStatus = 101

var (
	panicText [256]byte
	panicLen  int
	line      [256]byte // of standard error, so far
	lineLen   int
	modules   [512]byte // the "Modules linked in" text
	modLen    int
	dying     bool
	newlineCR = true // a line's end on the wire is CR LF; see SetNewline
)

// write serves the runtime's (and println's) output. On standard error it
// looks out for the line with which the runtime announces its death.
func write(fd, buf, n uintptr) uintptr {
	switch {
	case fd == fdWord+wordRuntime:
		postWord(wordRuntime)
		return n
	case fd != fdStdout && fd != fdStderr:
		return errno(eBADF)
	}
	for i := uintptr(0); i < n; i++ {
		c := ld8(buf + i)
		emit(c)
		switch {
		case fd != fdStderr:
		case c == '\n':
			endLine()
		case lineLen < len(line):
			line[lineLen] = c
			lineLen++
		}
	}
	return n
}

// endLine keeps the first line that begins like the runtime's last words.
func endLine() {
	for _, p := range [...]string{"panic: ", "fatal error: "} {
		if panicLen == 0 && lineLen > len(p) && string(line[:len(p)]) == p {
			for i := len(p); i < lineLen; i++ {
				addReason(line[i])
			}
		}
	}
	lineLen = 0
}

func addReason(c byte) {
	if panicLen < len(panicText) {
		panicText[panicLen] = c
		panicLen++
	}
}

// emit is putc under the console's newline translation.
func emit(c byte) {
	if c == '\n' && newlineCR {
		putc('\r')
	}
	putc(c)
}

func puts(s string) {
	for i := 0; i < len(s); i++ {
		emit(s[i])
	}
}

func putHex(label string, v uintptr) {
	puts(label)
	for i := int(wordSize)*8 - 4; i >= 0; i -= 4 {
		emit("0123456789abcdef"[v>>uint(i)&15])
	}
}

// runtimeExit is exit_group: main returned, os.Exit, or the runtime died and
// has printed its traceback.
func runtimeExit(code uintptr) {
	if code == 0 {
		powerOff(0)
	}
	if panicLen == 0 {
		die("kernel exited")
	}
	dieNow()
}

// die ends the machine for reason s.
func die(s string) {
	puts("\nKernel panic - not syncing: ")
	puts(s)
	emit('\n')
	panicLen = 0
	for i := 0; i < len(s); i++ {
		addReason(s[i])
	}
	dieNow()
}

// dieNow ends the machine for the reason in panicText.
func dieNow() {
	if !dying {
		dying = true
		puts("Modules linked in:")
		for i := 0; i < modLen; i++ {
			emit(modules[i])
		}
		puts("\n---[ end Kernel panic - not syncing: ")
		for i := 0; i < panicLen; i++ {
			emit(panicText[i])
		}
		puts(" ]---\n")
		if boot.panicDevice {
			for i := 0; i < panicLen; i++ {
				panicByte(panicText[i])
			}
		}
	}
	powerOff(PanicStatus)
}

// oops reports a trap that nobody can handle, and dies.
func oops(why string, f *frame) {
	putCause(f)
	for i := range f.R {
		if i%4 == 0 {
			emit('\n')
		}
		puts(regNames[i])
		putHex(" ", f.R[i])
		emit(' ')
	}
	die(why)
}
