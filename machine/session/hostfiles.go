package session

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rv86/machine/vmfile"
)

// A machine that is loaded from a file has what it was given in its memory. Only a
// debugger needs the host's files again, and only those that have not changed.

const (
	optionModule = "module"
	optionFile   = "file"
)

// hostFiles lists what --module and --file put into the guest.
func (o *Options) hostFiles() (out []vmfile.HostFile, err error) {
	add := func(option string, specs []string, host func(spec string) string) error {
		for _, spec := range specs {
			b, err := os.ReadFile(host(spec))
			if err != nil {
				return FileError("read", err)
			}
			out = append(out, vmfile.HostFile{Option: option, Spec: spec, Sum: Sum(b)})
		}
		return nil
	}
	if err := add(optionModule, o.Module, func(spec string) string { return spec }); err != nil {
		return nil, err
	}
	return out, add(optionFile, o.File, func(spec string) string { host, _ := splitFile(spec); return host })
}

// findHostFiles sets o.Module and o.File to those of a saved machine's files that
// are still there. o.Module, as it is given, says where modules are now, and must
// be right; of the others o.Lost says why they are not used.
func (o *Options) findHostFiles(files []vmfile.HostFile) error {
	moved := map[string]string{} // by the name that was given first
	for _, now := range o.Module {
		was, err := sameModule(files, now)
		if err != nil {
			return err
		}
		moved[was] = now
	}
	o.Module, o.File, o.Lost = nil, nil, nil
	for _, f := range files {
		switch now, ok := moved[f.Spec]; {
		case f.Option == optionModule && ok:
			o.Module = append(o.Module, now)
		case f.Option == optionModule:
			if o.stillThere(f.Spec, f.Sum) {
				o.Module = append(o.Module, f.Spec)
			}
		case f.Option == optionFile:
			if host, _ := splitFile(f.Spec); o.stillThere(host, f.Sum) {
				o.File = append(o.File, f.Spec)
			}
		}
	}
	return nil
}

// sameModule finds the module that a file of the same name and contents was when
// the machine was saved.
func sameModule(files []vmfile.HostFile, now string) (was string, err error) {
	b, err := os.ReadFile(now)
	if err != nil {
		return "", FileError("read", err)
	}
	var names []string
	for _, f := range files {
		if f.Option != optionModule {
			continue
		}
		switch {
		case filepath.Base(f.Spec) != filepath.Base(now):
			names = append(names, f.Spec)
		case f.Sum != Sum(b):
			return "", fmt.Errorf("--module %s: the saved machine was given another module of this name: the contents differ", now)
		default:
			return f.Spec, nil
		}
	}
	if len(names) == 0 {
		return "", fmt.Errorf("--module %s: the saved machine was given no module, and can be given none now", now)
	}
	slices.Sort(names)
	return "", fmt.Errorf("--module %s: the saved machine was given no module of this name, but %s", now, strings.Join(names, ", "))
}

// stillThere reports whether a file is what it was; if not, o.Lost says why.
func (o *Options) stillThere(name, sum string) bool {
	b, err := os.ReadFile(name)
	switch {
	case err != nil:
		o.Lost = append(o.Lost, FileError("read", err).Error())
	case Sum(b) != sum:
		o.Lost = append(o.Lost, name+": the file has changed since the machine was saved")
	default:
		return true
	}
	return false
}
