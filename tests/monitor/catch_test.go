package monitor_test

import (
	"strings"
	"testing"
)

// TestCatches stops at events and finds that what is printed says which.
func TestCatches(t *testing.T) {
	says := map[string][]string{
		"riscv64": {
			"(trap): ecall-u\n", "(interrupt): supervisor timer interrupt\n", "(privilege): now U\n",
			"(syscall finit_module), call of finit_module\n", "source 10: priority 1, line false, pending false, claimed false, enabled for contexts [1]\n",
		},
		"i386": {
			"(trap): syscall\n0x", " in vector_0x80 ()\n", "(interrupt): interrupt, vector 0x20\n", "(privilege): now ring 3\n",
			"(syscall finit_module), call of finit_module\n0x", "input 4, vector 0x24: line false, masked false, requested false, in service false\n",
			"vector 0x0e  ",
		},
	}
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "insmod watchme n=3; rmmod watchme")
			cause := map[string]string{"riscv64": "ecall-u", "i386": "syscall"}[arch]
			text := l.must("catch trap " + cause + "\ncontinue\ndelete\ncatch interrupt\ncontinue\ndelete\ncatch privilege\ncontinue\ndelete\n" +
				"catch syscall finit_module\ncontinue\ndelete\ninfo irq\n")
			if arch == "i386" {
				text += l.must("info idt\n")
			}
			text = strings.ReplaceAll(text, "(trap "+cause+")", "(trap)")
			for _, want := range says[arch] {
				if !strings.Contains(text, want) {
					t.Errorf("there is no %q in\n%s", want, text)
				}
			}
		})
	}
}

// TestCatchExec: the program that is about to be started is named, and can be
// chosen.
func TestCatchExec(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "prog 7; modinfo watchme")
			inOrder(t, l.must("catch exec\ncontinue\ncontinue\ndelete\ncatch exec prog\ncontinue\ndelete\ncatch exec /bin/modinfo\ncontinue\n"),
				`Catchpoint 1 (exec): /init, argv len 1 {"/init"}`, `Catchpoint 1 (exec): /bin/sh, argv len 3 {"sh", "-c", "prog 7; modinfo watchme"}`,
				`Catchpoint 2 (exec prog): /bin/prog, argv len 2 {"prog", "7"}`,
				`Catchpoint 3 (exec /bin/modinfo): /bin/modinfo, argv len 2 {"modinfo", "watchme"}`)
		})
	}
}

// TestCatchPanic: what the kernel gives up for is told.
func TestCatchPanic(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "echo c >/proc/sysrq-trigger")
			inOrder(t, l.must("catch panic\ncontinue\nbacktrace\n"), "Catchpoint 1 (panic): sysrq triggered crash\n", "#0  nucleus.Panic", "main.sysrq", "sys.sysWrite",
				"task.(*Thread).run", "<system call or fault>", "linux.Syscall6 () at ", "main.main () at userland/rvbox/main.go:")
		})
	}
}

// TestNeverThere sets breakpoints that no module can bring, before any is loaded.
func TestNeverThere(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "true")
			for command, says := range map[string]string{
				"break watchme.c:999": "watchme.c has no code at line 999 or after it.\n",
				"break watchme.c:38":  " (watchme.c:38) pending: it is in module watchme, which is not loaded.\n",
				"break watchme_inti":  ` (watchme_inti) pending: no module that is known has it; did you mean "watchme_init"?` + "\n",
				"break add if by = 2": `The condition "by = 2" would change what it asks for: == compares.` + "\n",
				"catch load watchmee": `No module "watchmee" is known; did you mean "watchme"?` + "\n",
				"catch load other":    `No module "other" is known yet.` + "\n",
			} {
				if text, _ := l.run(command + "\n"); !strings.Contains(strings.ToLower(text), strings.ToLower(says)) {
					t.Errorf("%s prints\n%swithout %q", command, text, says)
				}
			}
		})
	}
}

// TestFreedInit asks for what was freed with init memory: it is not at address 0.
func TestFreedInit(t *testing.T) {
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			l := newBench(t, arch, "insmod watchme n=3; rmmod watchme; insmod watchme")
			text := l.must("break watchme_exit\ncontinue\ndelete\nbreak watchme_init\nbreak watchme.c:40\n")
			want := " pending: it is in the init memory of module watchme, which was freed.\n"
			if strings.Count(text, want) != 2 {
				t.Errorf("not twice %q in\n%s", want, text)
			}
			if text := l.must("continue\n"); !strings.Contains(text, "Breakpoint 2, watchme_init () at watchme.c:3") {
				t.Errorf("the module came again, and nothing stopped in it:\n%s", text)
			}
			if text, err := l.run("ptype struct nothing\n"); err == nil || !strings.Contains(text, "There is no struct nothing in what is loaded") {
				t.Errorf("%v\n%s", err, text)
			}
		})
	}
}
