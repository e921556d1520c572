package modtools

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"rv86/kmod/depmod"
	"rv86/kmod/modlib"
	"rv86/userland/box"
)

var depmodCommand = box.Command{
	Name: "depmod", Usage: "[VERSION] [FILE]...",
	Help: "Write the index files of /lib/modules/VERSION, from which modprobe knows what a module needs.",
	Options: []box.Option{
		box.Flag('a', "all", "all modules (also without options)"),
		box.Flag('A', "quick", "only if a module is newer than modules.dep"),
		box.Param('b', "basedir", "DIR", "DIR/lib/modules instead of /lib/modules"),
		box.Param('C', "config", "PATH", "read PATH instead of the usual configuration"),
		box.Param('E', "symvers", "FILE", "the kernel's symbols and their checksums are in FILE (Module.symvers)"),
		box.Param('F', "filesyms", "FILE", "the kernel's symbols are in FILE (System.map)"),
		box.Flag('e', "errsyms", "report symbols that nobody has (with -E or -F)"),
		box.Flag('n', "show", "print the files instead of writing them"),
		box.Flag(optDryRun, "dry-run", "as --show"),
		box.Param('P', "symbol-prefix", "CHAR", "what the architecture's compiler puts before names"),
		box.Flag('v', "verbose", "print which symbol makes a module need another"),
		box.Flag('w', "warn", "report aliases that a module has twice"),
		box.Flag('u', "unresolved-error", "ignored"), box.Flag('q', "quiet", "ignored"),
		box.Flag('r', "root", "ignored"), box.Flag('m', "map", "ignored"),
		versionOption, helpOption,
	},
}

func init() { depmodCommand.Run = depmodMain }

// deprecated are the options of older versions, which do nothing.
const deprecated = "uqrm"

func depmodMain(c *box.Context) int {
	if status, done := versionOrHelp(c, &depmodCommand); done {
		return status
	}
	l := &logger{c, withVerbose(c, warning)}
	for _, letter := range []byte(deprecated) {
		if c.Has(letter) {
			l.Warnf("Ignored deprecated option -%c", letter)
		}
	}
	args, version := c.Args, release()
	if len(args) > 0 {
		var major, minor uint
		if n, _ := fmt.Sscanf(args[0], "%d.%d", &major, &minor); n < 2 {
			l.Errorf("Bad version passed %s", args[0])
			return box.Failure
		}
		args, version = args[1:], args[0]
	}
	prefix := c.Value('P', "\x00")
	if len(prefix) != 1 {
		l.printf(fatal, "-P only takes a single char")
		return box.Failure
	}
	root := c.Value('b', "")
	if root != "" {
		root = absolute(root)
	}
	d := &depmodRun{c: c, log: l, dir: versionDir(root, version), show: c.Has('n') || c.Has(optDryRun)}
	if c.Has('A') && (d.show || d.upToDate()) {
		return box.OK
	}
	if c.Has('A') {
		args = nil
	}
	d.config = depmod.NewConfig(version)
	d.indexer = depmod.New(depmod.Options{
		SymbolPrefix:  prefix[0],
		CheckVersions: c.Has('E'),
		ReportUnknown: c.Has('e') && (c.Has('E') || c.Has('F')),
	}, d.config, l)
	if !d.kernelSymbols() || !d.gather(args) || !d.index() {
		return box.Failure
	}
	return box.OK
}

// depmodRun is one call of depmod. Its steps report what goes wrong and return
// false then.
type depmodRun struct {
	c       *box.Context
	log     *logger
	dir     string // /lib/modules/VERSION
	show    bool
	config  *depmod.Config
	indexer *depmod.Indexer
}

// kernelSymbols reads what the kernel exports, from the file that the user
// gave.
func (d *depmodRun) kernelSymbols() bool {
	for _, source := range []struct {
		option byte
		add    func(name, text string)
	}{{'E', d.indexer.AddSymvers}, {'F', d.indexer.AddSystemMap}} {
		if !d.c.Has(source.option) {
			continue
		}
		file := d.c.Value(source.option, "")
		text, err := os.ReadFile(file)
		if err != nil {
			d.log.printf(fatal, "could not load %s: %s", file, box.Reason(err))
			return false
		}
		source.add(file, string(text))
		return true
	}
	if d.c.Has('e') {
		d.log.Warnf("-e needs -E or -F")
	}
	return true
}

// gather adds the modules: the given files, or all.
func (d *depmodRun) gather(files []string) bool {
	if len(files) > 0 {
		return d.addFiles(files)
	}
	paths := d.c.Values('C')
	if len(paths) == 0 {
		paths = depmodDirs
	}
	for _, file := range configFiles(d.log.Errorf, paths, ".conf") {
		text, err := os.ReadFile(file)
		if err != nil {
			d.log.Errorf("file parse %s: %s", file, box.Reason(err))
			continue
		}
		d.config.Parse(file, string(text), d.log.Errorf)
	}
	if err := d.indexer.Search(os.DirFS(d.dir), d.dir, ""); err != nil {
		d.log.Errorf("could not open directory %s: %s", d.dir, box.Reason(err))
		d.log.printf(fatal, "could not search modules: %s", box.Reason(err))
		return false
	}
	for _, dir := range d.config.Externals {
		if err := d.indexer.Search(os.DirFS(dir), dir, dir+"/"); err != nil {
			d.log.Errorf("could not open directory %s: %s", dir, box.Reason(err))
		}
	}
	return true
}

func (d *depmodRun) addFiles(files []string) bool {
	for _, file := range files {
		if !filepath.IsAbs(file) {
			d.log.printf(fatal, "%s: not absolute path.", file)
			return false
		}
		data, err := os.ReadFile(file)
		if err != nil {
			d.log.printf(fatal, "could not create module %s: %s", file, box.Reason(err))
			return false
		}
		path := file
		if inside, ok := strings.CutPrefix(file, d.dir+"/"); ok {
			path = inside
		}
		d.indexer.Add(path, file, data)
	}
	return true
}

// index computes the files and writes them.
func (d *depmodRun) index() bool {
	d.indexer.Order(d.readHint(modlib.OrderFile))
	if err := d.indexer.Resolve(); err != nil {
		return false // it has been reported
	}
	if d.show {
		for _, f := range d.indexer.Files() {
			d.c.Out.WriteString(f.Text)
		}
		return true
	}
	d.indexer.CheckAliases(d.c.Has('w'))
	d.readHint(modlib.BuiltinFile)
	d.readHint(modlib.BuiltinInfoFile)
	for _, f := range d.indexer.Files() {
		if err := replaceFile(filepath.Join(d.dir, f.Name), f.Text); err != nil {
			d.log.Errorf("Could not create index '%s': %s", f.Name, box.Reason(err))
			return false
		}
	}
	return true
}

// readHint reads a file that the kernel's build leaves for depmod.
func (d *depmodRun) readHint(name string) string {
	text, err := os.ReadFile(filepath.Join(d.dir, name))
	if err != nil {
		d.log.Warnf("could not open %s at %s: %s", name, d.dir, box.Reason(err))
	}
	return string(text)
}

// replaceFile leaves either the old file or the new one, whatever happens.
func replaceFile(name, text string) error {
	temp := name + ".new"
	if err := os.WriteFile(temp, []byte(text), 0o644); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// upToDate says whether no module is newer than modules.dep, or missing there:
// in an initial RAM disk all times are equal.
func (d *depmodRun) upToDate() bool {
	index, err := os.Stat(filepath.Join(d.dir, modlib.DepFile))
	if err != nil {
		d.log.Errorf("could not fstatat(%s, %s): %s", d.dir, modlib.DepFile, box.Reason(err))
		return false
	}
	known := readIndex(d.dir)
	newer := false
	err = depmod.Walk(os.DirFS(d.dir), func(string) bool { return false }, func(name string, info fs.FileInfo, err error) {
		_, ok := known.Path(modlib.Name(name))
		newer = newer || !ok || err == nil && info.ModTime().Unix() > index.ModTime().Unix()
	})
	return err == nil && !newer
}
