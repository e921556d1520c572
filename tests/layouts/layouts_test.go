package layouts

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/images/modules"
	"rv86/kernel/lkm/block"
	"rv86/kernel/lkm/cfile"
	"rv86/kernel/lkm/chrdev"
	"rv86/kernel/lkm/crypto"
	"rv86/kernel/lkm/cstruct"
	"rv86/kernel/lkm/debugfs"
	"rv86/kernel/lkm/device"
	"rv86/kernel/lkm/gpio"
	"rv86/kernel/lkm/input"
	"rv86/kernel/lkm/ioport"
	"rv86/kernel/lkm/kobj"
	"rv86/kernel/lkm/lock"
	"rv86/kernel/lkm/mem"
	"rv86/kernel/lkm/netdev"
	"rv86/kernel/lkm/notify"
	"rv86/kernel/lkm/patch"
	"rv86/kernel/lkm/sched"
	"rv86/kernel/lkm/seqfile"
	"rv86/kernel/lkm/softirq"
	"rv86/kernel/lkm/system"
	"rv86/kernel/lkm/tty"
	"rv86/kernel/lkm/waitq"
	"rv86/kernel/lkm/work"
	"rv86/tests/lab/modbuild"
)

// structure is one that the kernel and the headers both declare.
type structure struct {
	header, ctype string
	layout        func(word int) *cstruct.Layout
	members       map[string]string // those whose C names differ
}

// structures are all of them.
func structures() []structure {
	out := inWords
	for _, list := range [][]*cstruct.Struct{
		cfile.Layouts, kobj.Layouts, chrdev.Layouts, device.Layouts, seqfile.Layouts, debugfs.Layouts, gpio.Layouts, input.Layouts, block.Layouts, netdev.Layouts,
	} {
		for _, s := range list {
			out = append(out, structure{s.Header, "struct " + s.Name, s.On, nil})
		}
	}
	return out
}

// inWords are those that the kernel declares as a list of words.
var inWords = []structure{
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

// TestLayouts compiles the headers and compares size and members of each
// structure with what the kernel thinks they are.
func TestLayouts(t *testing.T) {
	for _, target := range modules.Targets {
		t.Run(target.Arch, func(t *testing.T) {
			structs := structures()
			got := compiled(t, target, structs)
			for i, s := range structs {
				l := s.layout(target.Machine.WordSize())
				if len(got[i]) != 1+2*len(l.Members) {
					t.Fatalf("%s has %d numbers", s.ctype, len(got[i]))
				}
				want := []string{fmt.Sprintf("%d bytes", l.Size)}
				have := []string{fmt.Sprintf("%d bytes", got[i][0])}
				for j, m := range l.Members {
					want = append(want, fmt.Sprintf("%s at %d, %d bytes", m.Name, m.Offset, m.Size))
					have = append(have, fmt.Sprintf("%s at %d, %d bytes", m.Name, got[i][1+2*j], got[i][2+2*j]))
				}
				if diff := cmp.Diff(want, have); diff != "" {
					t.Errorf("%s (-kernel +header)\n%s", s.ctype, diff)
				}
			}
		})
	}
}

// compiled gives the numbers that the compiler of modules has for each
// structure: its size, then offset and size of each member.
func compiled(t *testing.T, target modules.Target, structs []structure) [][]uint32 {
	t.Helper()
	c := "#include <linux/module.h>\n"
	for _, s := range structs {
		c += fmt.Sprintf("#include <%s>\n", s.header)
	}
	for i, s := range structs {
		c += fmt.Sprintf("const unsigned int numbers_%d[] = {\n\tsizeof(%s),\n", i, s.ctype)
		for _, m := range s.layout(target.Machine.WordSize()).Members {
			name := m.Name
			if other, ok := s.members[name]; ok {
				name = other
			}
			c += fmt.Sprintf("\toffsetof(%s, %s), sizeof(((%s *)0)->%s),\n", s.ctype, name, s.ctype, name)
		}
		c += "};\n"
	}
	c += "MODULE_LICENSE(\"GPL\");\n"
	dir := t.TempDir()
	src := filepath.Join(dir, "layout", "layout.c")
	if err := os.MkdirAll(filepath.Dir(src), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(src, []byte(c), 0o644); err != nil {
		t.Fatal(err)
	}
	files := modbuild.Modules(t, target.Arch, modules.Tree{Src: dir})
	f, err := elf.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	syms, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]uint32, len(structs))
	for _, sym := range syms {
		var i int
		if n, _ := fmt.Sscanf(sym.Name, "numbers_%d", &i); n != 1 {
			continue
		}
		data, err := f.Sections[sym.Section].Data()
		if err != nil {
			t.Fatal(err)
		}
		for b := data[sym.Value:][:sym.Size]; len(b) > 0; b = b[4:] {
			out[i] = append(out[i], f.ByteOrder.Uint32(b))
		}
	}
	return out
}
