package monitor_test

import (
	"strings"
	"testing"
)

// inOrder looks for words one after the other.
func inOrder(t *testing.T, text string, words ...string) {
	t.Helper()
	rest := text
	for _, w := range words {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Errorf("%q is missing, or not behind the ones before it, in\n%s", w, text)
			return
		}
		rest = after
	}
}

// A stack leads from an export's stub through the module's C, the kernel's Go and
// the system call to the program; seen from inside the export it goes through the
// stub again.
func TestStackThroughEverything(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "insmod watchme n=1")
			l.must("break printk\ncontinue\n")
			below := []string{
				"watchme_init () at watchme.c:40", "<C function called>", "module.(*machine).Call", "sys.call",
				"task.(*Thread).run", "<system call or fault>", "linux.Syscall6 () at ", "modtools.insertFile () at ", "main.main () at userland/rvbox/main.go:", "runtime.goexit ()",
			}
			inOrder(t, l.must("backtrace\n"), append([]string{"#0", "in printk ()"}, below...)...)
			inOrder(t, l.must("info processes\n"), "PID", "init", "/bin/rvbox", "insmod", "/bin/rvbox")

			// Inside the Go function that serves the export.
			l.must("delete\nbreak klog.(*Log).Printk\ncontinue\n")
			text := l.must("backtrace\n")
			inOrder(t, text, "#0", "klog.(*Log).Printk", "module.(*machine).Call", "<printk>", "watchme_init () at watchme.c:40",
				"<C function called>", "sys.call", "task.(*Thread).run", "<system call or fault>", "main.main () at userland/rvbox/main.go:")
			if n := strings.Count(text, "watchme_init"); n != 1 {
				t.Errorf("watchme_init is there %d times:\n%s", n, text)
			}
		})
	}
}

// From a system call's trap on, at every instruction of the way into the kernel,
// the stack leads to the program's main function, and once in Go's hands through
// the kernel's.
func TestStackOnTheWayIn(t *testing.T) {
	const most = 200 // instructions from the trap to the kernel's Go code
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "insmod watchme n=1")
			inOrder(t, l.must("catch syscall finit_module\ncontinue\nbacktrace\n"), "#0", "<trap>", "#1", "linux.Syscall6 () at ",
				"unix.FinitModule () at ", "modtools.insertFile () at userland/modtools/insmod.go:", "main.main () at userland/rvbox/main.go:", "runtime.goexit ()")
			l.must("delete\n")
			for n := range most {
				text := l.must("stepi\nbacktrace\n")
				if strings.Contains(text, "task.(*Thread).run") {
					inOrder(t, text, "task.(*Thread).run", "<system call or fault>", "linux.Syscall6 () at ", "main.main () at userland/rvbox/main.go:", "runtime.goexit ()")
					return
				}
				if !strings.Contains(text, "<trap>") || !strings.Contains(text, "main.main () at userland/rvbox/main.go:") {
					t.Errorf("after %d instructions:\n%s", n+1, text)
				}
			}
			t.Errorf("after %d instructions the thread does not go on", most)
		})
	}
}

// At its start the machine has no past, and to look for one neither runs it nor
// prints what it will print.
func TestNoPast(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "echo later")
			text := l.must("watch -p 0x80201000\nrcontinue\nreverse-stepi\n")
			more, err := l.run("last-write $pc\n")
			if err != nil || !strings.Contains(more, "Nothing in the history has written") || strings.Contains(text+more, "later") || strings.Count(text, "No more history") != 2 {
				t.Errorf("%v\n%s%s", err, text, more)
			}
			if n := l.engine.Insn(); n != 0 {
				t.Errorf("the machine is at instruction %d", n)
			}
		})
	}
}

// What happens under a debugger is what happens without one: the machine's time
// at the end is the same, however often it was stopped and looked at.
func TestLookingCostsNothing(t *testing.T) {
	const command = "insmod watchme n=2; lsmod; rmmod watchme"
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			plain := newBench(t, arch, command)
			plain.must("continue\n")
			l := newBench(t, arch, command)
			l.must("break watchme_init\ncontinue\nbacktrace\nnext\nstep\ninfo mem\nwatch total\ncontinue\nrstepi 3\nstepi 3\n" +
				"print origin\nfinish\nrnext\ncatch syscall write\ncontinue\ndelete\ncontinue\n")
			if a, b := plain.engine.Insn(), l.engine.Insn(); a != b {
				t.Errorf("the machine ended at instruction %d, without a debugger at %d", b, a)
			}
		})
	}
}

// TestBeforePaging: the PC's kernel has names while it runs where it was loaded.
func TestBeforePaging(t *testing.T) {
	l := newBench(t, "i386", "true")
	if text, err := l.run("print runtime.g0\n"); err == nil || !strings.Contains(text, "there is no RAM, and nothing is translated.") {
		t.Errorf("%v\n%s", err, text)
	}
	inOrder(t, l.must("backtrace\ninfo symbol $pc\ndisas\nstepi 20\nbacktrace\n"), "in startup_32 ()", " is startup_32\n", "=> 0x00", "<startup_32>:", "cli",
		"jmp *%eax\n", "nucleus.segmentsInit (...)", "in _kernel_entry (...)")
}
