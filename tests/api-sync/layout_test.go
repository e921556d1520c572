package apisync

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rv86/kernel/lkm/crypto"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/ioport"
	"rv86/kernel/lkm/lock"
	"rv86/kernel/lkm/mem"
	"rv86/kernel/lkm/notify"
	"rv86/kernel/lkm/patch"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/softirq"
	"rv86/kernel/lkm/system"
	"rv86/kernel/lkm/tty"
	"rv86/kernel/lkm/waitq"
	"rv86/kernel/lkm/work"
	"rv86/tests/lab"
)

// shared are the structures that the kernel and the headers both declare: the
// header, the C type, the kernel's table, and members whose C names differ.
var shared = []struct {
	header, ctype string
	layout        func(word int) *cstruct.Layout
	members       map[string]string
}{
	{"linux/sched.h", "struct task_struct", sched.TaskLayout, map[string]string{
		"pending_list": "pending.list", "pending_signal": "pending.signal", "tty": "__tty",
		"cred_usage": "__cred.usage", "uid": "__cred.uid", "gid": "__cred.gid", "suid": "__cred.suid", "sgid": "__cred.sgid",
		"euid": "__cred.euid", "egid": "__cred.egid", "fsuid": "__cred.fsuid", "fsgid": "__cred.fsgid",
	}},
	{"linux/spinlock.h", "spinlock_t", sched.SpinLayout, nil},
	{"linux/spinlock.h", "rwlock_t", sched.RWLayout, nil},
	{"linux/timekeeping.h", "struct tm", sched.TMLayout, nil},
	{"linux/wait.h", "struct wait_queue_entry", waitq.EntryLayout, nil},
	{"linux/completion.h", "struct completion", waitq.CompletionLayout, map[string]string{
		"locked": "lock.locked", "magic": "lock.magic", "owner_cpu": "lock.owner_cpu", "owner": "lock.owner",
	}},
	{"linux/mutex.h", "struct mutex", lock.MutexLayout, nil},
	{"linux/semaphore.h", "struct semaphore", lock.SemaphoreLayout, nil},
	{"linux/rwsem.h", "struct rw_semaphore", lock.RWSemLayout, nil},
	{"linux/timer.h", "struct timer_list", softirq.TimerLayout, map[string]string{"next": "entry.next", "pprev": "entry.pprev"}},
	{"linux/hrtimer.h", "struct hrtimer", softirq.HRTimerLayout, nil},
	{"linux/interrupt.h", "struct tasklet_struct", softirq.TaskletLayout, nil},
	{"linux/workqueue.h", "struct work_struct", work.Layout, nil},
	{"linux/ioport.h", "struct resource", ioport.Layout, nil},
	{"linux/slab.h", "struct kmem_cache", mem.Layout, nil},
	{"linux/kprobes.h", "struct kprobe", patch.ProbeLayout, nil},
	{"linux/notifier.h", "struct notifier_block", notify.BlockLayout, nil},
	{"linux/notifier.h", "struct atomic_notifier_head", notify.HeadLayout, map[string]string{
		"locked": "lock.locked", "magic": "lock.magic", "owner_cpu": "lock.owner_cpu", "owner": "lock.owner",
	}},
	{"linux/utsname.h", "struct new_utsname", system.NamesLayout, nil},
	{"crypto/hash.h", "struct crypto_shash", crypto.Layout, nil},
	{"linux/tty.h", "struct tty_operations", tty.OperationsLayout, nil},
	{"linux/tty.h", "struct tty_driver", tty.DriverLayout, nil},
	{"linux/tty.h", "struct tty_struct", tty.Layout, nil},
}

// TestLayouts compiles the headers and compares sizes and offsets.
func TestLayouts(t *testing.T) {
	for _, m := range []struct {
		arch, cc, pkg string
		flags         []string
		word          int
	}{
		{"riscv64", "riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu", nil, 8},
		{"i386", "i686-linux-gnu-gcc", "gcc-i686-linux-gnu", []string{"-m32"}, 4},
	} {
		t.Run(m.arch, func(t *testing.T) {
			lab.Tool(t, m.cc, m.pkg)
			var c strings.Builder
			var want []uint64
			var names []string
			c.WriteString("#include <linux/module.h>\n")
			for _, s := range shared {
				fmt.Fprintf(&c, "#include <%s>\n", s.header)
			}
			c.WriteString("unsigned int numbers[] __attribute__((section(\"layout\"))) = {\n")
			for _, s := range shared {
				l := s.layout(m.word)
				fmt.Fprintf(&c, "\tsizeof(%s),\n", s.ctype)
				want, names = append(want, l.Size), append(names, "sizeof "+s.ctype)
				for _, f := range l.Members {
					name := f.Name
					if other, ok := s.members[name]; ok {
						name = other
					}
					fmt.Fprintf(&c, "\toffsetof(%s, %s),\n", s.ctype, name)
					want, names = append(want, f.Offset), append(names, s.ctype+"."+name)
				}
			}
			c.WriteString("};\n")
			got := compile(t, m.cc, m.flags, c.String())
			if len(got) != len(want) {
				t.Fatalf("%d numbers, want %d", len(got), len(want))
			}
			for i, v := range got {
				if uint64(v) != want[i] {
					t.Errorf("%s: %d in the header, %d in the kernel", names[i], v, want[i])
				}
			}
		})
	}
}

// compile gives the words of the section layout.
func compile(t *testing.T, cc string, flags []string, text string) []uint32 {
	t.Helper()
	dir := t.TempDir()
	src, obj := filepath.Join(dir, "layout.c"), filepath.Join(dir, "layout.o")
	if err := os.WriteFile(src, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append(flags, "-std=gnu11", "-O1", "-ffreestanding", "-nostdinc", "-I", "../../kmod/include",
		"-DMODULE", "-D__KERNEL__", `-DKBUILD_MODNAME="layout"`, "-c", "-o", obj, src)
	if out, err := exec.Command(cc, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := elf.Open(obj)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := f.Section("layout").Data()
	if err != nil {
		t.Fatal(err)
	}
	var words []uint32
	for ; len(b) >= 4; b = b[4:] {
		words = append(words, f.ByteOrder.Uint32(b))
	}
	return words
}
