package modkit

import (
	"regexp"
	"strings"
	"testing"
)

// TestTraceModule follows a module from its load to its end.
func TestTraceModule(t *testing.T) {
	for arch, reloc := range map[string]string{"riscv64": `CALL_PLT +printk`, "i386": `386_PC32 +printk|386_PLT32 +printk`} {
		t.Run(arch, func(t *testing.T) {
			program, dir := command(t, arch), t.TempDir()
			commands := "insmod hello; rmmod hello"
			_, hash, _ := rv86(t, program, dir, "run", "--arch", arch, "--state-hash", "-c", commands)
			_, text, status := rv86(t, program, dir, "run", "--arch", arch, "--state-hash", "--trace", "module,reloc,call",
				"--trace-module", "hello", "-c", commands)
			if status != 0 || !strings.HasSuffix(text, hash) {
				t.Errorf("status %d, another state than %s\n%s", status, hash, text)
			}
			for _, want := range []string{
				`module: hello Loading, core 0x`, `reloc: hello 0x.*(` + reloc + `)`, `call: (hello_init|init_module) \[hello\] from module_return`,
				`call: printk from (hello_init|init_module)\+`, `module: hello Live, init memory is freed`, `module: hello Unloading`, `module: hello Gone`,
			} {
				at := regexp.MustCompile(want).FindStringIndex(text)
				if at == nil {
					t.Fatalf("there is no %s, or not there, in\n%s", want, text)
				}
				text = text[at[1]:]
			}
			_, text, _ = rv86(t, program, dir, "run", "--arch", arch, "--trace", "insn", "--trace-module", "hello", "-c", commands)
			if n := strings.Count(text, "\n"); n < 5 || n > 200 {
				t.Errorf("%d instructions of hello", n)
			}
		})
	}
}
