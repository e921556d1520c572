package main

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/u-root/u-root/pkg/cpio"

	"rv86/kernel/abi"
	"rv86/kmod/depmod"
	"rv86/kmod/modlib"
)

// The modules lie in /lib/modules, where `insmod NAME` looks (uCore+). Linux's
// tools look below /lib/modules/VERSION: there, "kernel" is a link to the
// directory above, and the indexes name the modules through it.
//
//	/lib/modules/hello.ko
//	/lib/modules/mod.dep
//	/lib/modules/6.6.0-rv86/kernel -> ..
//	/lib/modules/6.6.0-rv86/modules.dep    kernel/hello.ko:
const (
	guestModules = "lib/modules"
	versionDir   = guestModules + "/" + abi.Release
	kernelDir    = "kernel"
	modprobeDir  = "modprobe.d"
)

// builtins are what Linux has as modules and this kernel always contains, with
// their .modinfo.
var builtins = []struct {
	path string
	info []string
}{
	{"kernel/drivers/tty/serial/8250/8250.ko", []string{
		"description=16550 serial line, the console", "license=GPL",
	}},
}

// moduleIndexes computes the files of /lib/modules/VERSION, as the depmod
// command does in the guest.
func moduleIndexes(files []cpio.Record) ([]cpio.Record, error) {
	var faults faultLog
	x := depmod.New(depmod.Options{}, depmod.NewConfig(abi.Release), &faults)
	var order, builtin, builtinInfo strings.Builder
	for _, f := range files {
		name := path.Base(f.Name)
		if !modlib.IsModuleFile(name) {
			continue
		}
		data, err := io.ReadAll(io.NewSectionReader(f, 0, int64(f.FileSize)))
		if err != nil {
			return nil, err
		}
		inside := kernelDir + "/" + name
		x.Add(inside, "/"+versionDir+"/"+inside, data)
		order.WriteString(inside + "\n")
	}
	for _, m := range builtins {
		builtin.WriteString(m.path + "\n")
		for _, item := range m.info {
			builtinInfo.WriteString(modlib.Name(m.path) + "." + item + "\x00")
		}
	}
	x.Order(order.String())
	err := x.Resolve()
	if len(faults) > 0 {
		return nil, fmt.Errorf("modules: %s", strings.Join(faults, "; "))
	}
	if err != nil {
		return nil, fmt.Errorf("modules: %w", err)
	}
	texts := append(x.Files(),
		depmod.File{Name: modlib.OrderFile, Text: order.String()},
		depmod.File{Name: modlib.BuiltinFile, Text: builtin.String()},
		depmod.File{Name: modlib.BuiltinInfoFile, Text: builtinInfo.String()})
	var records []cpio.Record
	for _, f := range texts {
		records = append(records, cpio.StaticFile(versionDir+"/"+f.Name, f.Text, 0o644))
	}
	return records, nil
}

// faultLog gathers what is wrong with the modules: shipped ones are sound.
type faultLog []string

func (l *faultLog) Errorf(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }
func (l *faultLog) Warnf(format string, args ...any)  { l.Errorf(format, args...) }
func (l *faultLog) Verbosef(string, ...any)           {}
