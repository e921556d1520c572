package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"rv86/kmod/modpost"
)

// modNameMacro is the one name whose functions, NAME_init and NAME_exit, the
// headers use otherwise.
const modNameMacro = "module"

// modNewCmd is `rv86 mod new`.
type modNewCmd struct {
	Name string `arg:"" help:"Name of the module, and of the directory to make; DIR/NAME puts it elsewhere." placeholder:"NAME"`
}

// Run writes NAME/NAME.c, NAME/Makefile and NAME/README.
func (c *modNewCmd) Run(s *streams) error {
	dir := filepath.Clean(c.Name)
	name := filepath.Base(dir)
	if !modNameRE.MatchString(name) {
		return &failure{statusUsage, fmt.Errorf("%q cannot name a module: letters, digits, - and _, at first a letter, at most %d", name, modNameMax)}
	}
	if name == modNameMacro {
		return &failure{statusUsage, fmt.Errorf("%q cannot name a module: its functions would be module_init and module_exit, which are macros of <linux/module.h>", name)}
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return &failure{statusUsage, fmt.Errorf("cannot make the directory: %w", err)}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &failure{statusUsage, fmt.Errorf("%s exists already", dir)}
		}
		return &failure{statusUsage, fmt.Errorf("cannot make the directory: %w", err)}
	}
	fill := strings.NewReplacer("@NAME@", name, "@IDENT@", modpost.ModName(name))
	for _, f := range []struct{ name, text string }{
		{name + ".c", newSource}, {"Makefile", newMakefile}, {"README", newReadme},
	} {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(fill.Replace(f.text)), 0o644); err != nil {
			return outputFailure(f.name, err)
		}
	}
	_, err := fmt.Fprintf(s.out, "%s: a module to start from. Build it: rv86 mod build %s\n", dir, dir)
	if err != nil {
		return outputFailure("what was written", err)
	}
	return nil
}

// modNameMax leaves room in the struct module, whose name field ends with NUL.
const modNameMax = 55

var modNameRE = regexp.MustCompile(fmt.Sprintf(`^[A-Za-z][A-Za-z0-9_-]{0,%d}$`, modNameMax-1))

const newSource = `#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

static int n = 1;
module_param(n, int, 0444);
MODULE_PARM_DESC(n, "How often to say hello");

static int __init @IDENT@_init(void)
{
	int i;

	for (i = 1; i <= n; i++)
		pr_info("@NAME@: hello %d\n", i);
	return 0;
}

static void __exit @IDENT@_exit(void)
{
	pr_info("@NAME@: goodbye\n");
}

module_init(@IDENT@_init);
module_exit(@IDENT@_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Says hello");
`

const newMakefile = `# What rv86 mod build reads. A module of several files: @NAME@-objs := a.o b.o
obj-m += @NAME@.o

# What make reads.
ifeq ($(KERNELRELEASE),)
RV86 ?= rv86
ARCH ?= riscv64

all:
	$(RV86) mod build --arch $(ARCH)

run: all
	$(RV86) run --arch $(ARCH) --module @NAME@.ko -c 'insmod @NAME@.ko n=3; lsmod; rmmod @NAME@'

explain: all
	$(RV86) ko @NAME@.ko

clean:
	rm -f *.ko Module.symvers

.PHONY: all run explain clean
endif
`

const newReadme = `@NAME@ is a loadable kernel module: rv86 mod build makes @NAME@.ko of @NAME@.c; rv86 run --module @NAME@.ko -c 'insmod @NAME@.ko n=3' loads it.
`
