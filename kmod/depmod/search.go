package depmod

import (
	"errors"
	"io/fs"
	"os"
	"path"

	"rv86/kmod/modlib"
)

// Search adds every module below a directory, whose name for messages is dir.
// prefix is what their paths in the indexes begin with: "" for the version's
// directory itself.
func (x *Indexer) Search(fsys fs.FS, dir, prefix string) error {
	return Walk(fsys, x.config.excluded, func(name string, _ fs.FileInfo, err error) {
		var data []byte
		if err == nil {
			data, err = fs.ReadFile(fsys, name)
		}
		if err != nil {
			x.log.Errorf("failed %s/%s: %v", dir, name, withoutPath(err))
			return
		}
		x.Add(prefix+name, dir+"/"+name, data)
	})
}

// Walk calls visit for every module's file below a directory, and for what
// cannot be read, in the order of their names. Symbolic links are followed,
// except one that leads back to a directory that is being walked:
// /lib/modules/VERSION/kernel may be a link to /lib/modules. Only a first
// directory that cannot be read is an error.
func Walk(fsys fs.FS, excluded func(name string) bool, visit func(name string, info fs.FileInfo, err error)) error {
	info, err := fs.Stat(fsys, ".")
	if err != nil {
		return err
	}
	w := walk{fsys, excluded, visit}
	return w.directory(".", []fs.FileInfo{info})
}

type walk struct {
	fsys     fs.FS
	excluded func(name string) bool
	visit    func(name string, info fs.FileInfo, err error)
}

// directory walks one directory; above are those that lead to it, itself
// included.
func (w *walk) directory(name string, above []fs.FileInfo) error {
	entries, err := fs.ReadDir(w.fsys, name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if w.excluded(e.Name()) {
			continue
		}
		at := path.Join(name, e.Name())
		info, err := fs.Stat(w.fsys, at)
		switch {
		case err != nil:
			w.visit(at, nil, err)
		case info.IsDir():
			if leadsBack(info, above) {
				continue
			}
			if err := w.directory(at, append(above[:len(above):len(above)], info)); err != nil {
				w.visit(at, nil, err)
			}
		case info.Mode().IsRegular() && modlib.IsModuleFile(e.Name()):
			w.visit(at, info, nil)
		}
	}
	return nil
}

// leadsBack says whether a directory is one of those above.
func leadsBack(info fs.FileInfo, above []fs.FileInfo) bool {
	for _, a := range above {
		if os.SameFile(info, a) {
			return true
		}
	}
	return false
}

// withoutPath drops the operation and path of an error: the message names the
// path.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
