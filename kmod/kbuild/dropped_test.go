package kbuild

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"rv86/kmod/include"
)

// TestDropped compiles what older texts have and Linux 6.6 has not: each is
// refused, with what there is instead.
func TestDropped(t *testing.T) {
	for _, cc := range []string{"", "clang"} {
		tc := toolchain(t, Targets[0], cc)
		dir := unpack(t, txtar.Parse([]byte(`
-- timer.c --
#include <linux/module.h>
#include <linux/timer.h>
void f(struct timer_list *t) { setup_timer(t, 0, 0); }
-- header.c --
#include <linux/config.h>
-- member.c --
#include <linux/module.h>
static const struct file_operations fops = { .ioctl = 0 };
-- flags.c --
#include <linux/mm.h>
void f(struct vm_area_struct *vma) { vma->vm_flags |= VM_IO; }
-- page.c --
#include <linux/mm.h>
unsigned long f(struct page *p) { return p->index; }
-- name.c --
#include <linux/module.h>
int f(const void *p) { return access_ok(VERIFY_READ, p); }
-- thread.c --
#include <linux/sched.h>
long f(struct task_struct *t) { return t->min_flt; }
-- port.c --
#include <linux/module.h>
#include <linux/io.h>
int f(void) { return inb(0x378); }
-- jiffy.c --
#include <linux/jiffies.h>
struct s { unsigned long jiffies; };
-- world.c --
#include <linux/module.h>
static int n;
module_param(n, int, 0666);
-- proc.c --
#include <linux/module.h>
#include <linux/proc_fs.h>
static const struct file_operations fops;
void *f(void) { return proc_create("x", 0, NULL, &fops); }
`)))
		var log bytes.Buffer
		built, err := buildDir(t, tc, dir, Options{KeepGoing: true, Log: &log})
		if !errors.Is(err, ErrFindings) || len(built) != 0 {
			t.Errorf("%s: %+v, %v", tc.CC, built, err)
		}
		for _, want := range []string{
			"hint: setup_timer: Linux 4.15 dropped it: timer_setup takes the function, and from_timer finds what the timer is in\n",
			"hint: linux/config.h: Linux 2.6.19 dropped it: leave the line out\n",
			"hint: ioctl: Linux 2.6.36 dropped it: .unlocked_ioctl, without the inode\n",
			"hint: vm_flags: Linux 6.3 made it read-only: vm_flags_set and vm_flags_clear change it\n",
			"hint: struct page: a page is known by its address here: page_address and page_to_pfn tell of it, and it has no members\n",
			"hint: VERIFY_READ: Linux 5.0 dropped it: access_ok takes an address and a size\n",
			"hint: min_flt: switches and page faults of a thread are not counted here\n",
			"hint: inb: this machine has no I/O ports, only the PC (i386) has\n",
			"hint: jiffies is a macro here: give the member of the structure another name\n",
			"hint: a parameter that everybody may write, or others may read and the owner not, is refused: 0644 is usual\n",
			"since Linux 5.6 a file in /proc has a struct proc_ops",
		} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: the log lacks %q:\n%s", tc.CC, want, &log)
			}
		}
	}
}

// TestHeadersAlone compiles each header by itself, on both machines: an author
// may include them in any order.
func TestHeadersAlone(t *testing.T) {
	var names []string
	err := fs.WalkDir(include.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".h") && filepath.Base(path) != "export-internal.h" {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, target := range Targets {
		tc := toolchain(t, target, "")
		dir := t.TempDir()
		if err := os.CopyFS(dir, include.FS); err != nil {
			t.Fatal(err)
		}
		args := slices.Concat(tc.args, []string{
			"-nostdinc", "-I", dir, "-DMODULE", "-D__KERNEL__", "-Werror", "-fsyntax-only",
			`-DKBUILD_MODNAME="x"`, `-DKBUILD_BASENAME="x"`,
		})
		for i, name := range names {
			file := filepath.Join(dir, fmt.Sprintf("alone%d.c", i))
			if err := os.WriteFile(file, fmt.Appendf(nil, "#include <%s>\n", name), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, file)
		}
		if out, err := exec.Command(tc.CC, args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", target.Machine.Name, err, out)
		}
	}
}
