package modtools

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"rv86/kmod"
	"rv86/kmod/modlib"
	"rv86/userland/box"
)

var modinfoCommand = box.Command{
	Name: "modinfo", Usage: "MODULE|FILE...", Help: "Print what a module says about itself.",
	Options: []box.Option{
		box.Flag('a', "author", "only the author"),
		box.Flag('d', "description", "only the description"),
		box.Flag('l', "license", "only the license"),
		box.Flag('p', "parameters", "only the parameters"),
		box.Flag('n', "filename", "only the file's name"),
		box.Param('F', "field", "FIELD", "only FIELD"),
		box.Flag('0', "null", "end each item with a NUL, not a newline"),
		box.Flag('m', "modname", "the arguments are names, not files or aliases"),
		box.Param('k', "set-version", "VERSION", "VERSION instead of the running kernel's"),
		box.Param('b', "basedir", "DIR", "DIR/lib/modules instead of /lib/modules"),
		versionOption, helpOption,
	},
}

func init() { modinfoCommand.Run = modinfo }

// fieldLetters are the options that stand for a field.
var fieldLetters = map[byte]string{
	'a': "author", 'd': "description", 'l': "license", 'n': "filename", 'p': "parm",
}

// fields of .modinfo that describe parameters: "name:text" and "name:type".
const (
	keyParm     = "parm"
	keyParmType = "parmtype"
)

// infoPrinter is one call of modinfo.
type infoPrinter struct {
	c     *box.Context
	lib   *modlib.Library
	only  string // the field that is wanted; "" for all
	end   string // of each item
	plain bool   // the usual directory: names in /lib/modules count, too
}

func modinfo(c *box.Context) int {
	if status, done := versionOrHelp(c, &modinfoCommand); done {
		return status
	}
	if len(c.Args) == 0 {
		return c.Fail("ERROR: missing module or filename.")
	}
	p := &infoPrinter{c: c, only: c.Value('F', ""), end: "\n", plain: !c.Has('b') && !c.Has('k')}
	switch last := c.Last("adlnpF"); last {
	case 0, 'F':
	default:
		p.only = fieldLetters[last]
	}
	if c.Has('0') {
		p.end = "\x00"
	}
	dir := versionDir(c.Value('b', ""), c.Value('k', ""))
	p.lib = modlib.NewLibrary(readIndex(dir), &modlib.Config{}, (&logger{c, failure}).Errorf)
	status := box.OK
	for _, name := range c.Args {
		if !p.argument(name) {
			status = box.Failure
		}
	}
	return status
}

// argument prints one module, or all that an alias means.
func (p *infoPrinter) argument(name string) bool {
	if p.c.Has('m') {
		found := p.lib.LookupName(name)
		if len(found) == 0 {
			p.c.Errorf("ERROR: Module name %s not found.", name)
			return false
		}
		return p.module(found[0])
	}
	if isModuleFile(name) {
		return p.file(absolute(name))
	}
	found, ok := p.lib.Lookup(name)
	if !ok {
		p.c.Errorf("ERROR: Module alias %s not found.", name)
		return false
	}
	if len(found) == 0 {
		if path, ok := modulePath(name); ok && p.plain {
			return p.file(path) // depmod has not seen it
		}
		p.c.Errorf("ERROR: Module %s not found.", name)
		return false
	}
	good := true
	for _, m := range found {
		good = p.module(m) && good
	}
	return good
}

func (p *infoPrinter) module(m *modlib.Module) bool {
	if m.Builtin() {
		p.builtin(m)
		return true
	}
	return p.file(m.Path)
}

// builtin prints what the kernel's build says about a module it contains.
func (p *infoPrinter) builtin(m *modlib.Module) {
	p.special("name", m.Name)
	p.special("filename", "(builtin)")
	if p.only == "filename" {
		return
	}
	var info kmod.Modinfo
	for _, f := range p.lib.Index.BuiltinInfo(m.Name) {
		info = append(info, kmod.InfoField{Key: f.Name, Value: f.Value})
	}
	p.info(info)
}

// special prints an item that is no string of .modinfo.
func (p *infoPrinter) special(key, value string) {
	switch p.only {
	case "":
		fmt.Fprintf(p.c.Out, "%-16s%s%s", key+":", value, p.end)
	case key:
		p.c.Out.WriteString(value + p.end)
	}
}

func (p *infoPrinter) file(path string) bool {
	p.special("filename", path)
	if p.only == "filename" {
		return true
	}
	data, err := os.ReadFile(path)
	var info kmod.Modinfo
	if err == nil {
		info, err = modlib.ReadInfo(data)
		info = append(info, modlib.SignatureInfo(data)...)
	}
	if err != nil {
		p.c.Errorf("ERROR: could not get modinfo from '%s': %s", modlib.Name(path), objectReason(err))
		return false
	}
	p.info(info)
	return true
}

// objectReason words what is wrong with a module's file by the error number
// that kmod has for it.
func objectReason(err error) string {
	switch {
	case errors.Is(err, modlib.ErrNoSection):
		return "No such file or directory"
	case errors.Is(err, modlib.ErrNotELF):
		return "Exec format error"
	case errors.Is(err, modlib.ErrMalformed):
		return "Invalid argument"
	}
	return box.Reason(err)
}

// info prints the strings of .modinfo: all, the parameters last, or the values
// of the one field that is wanted.
func (p *infoPrinter) info(info kmod.Modinfo) {
	var params []kmod.InfoField
	for _, f := range info {
		isParam := f.Key == keyParm || f.Key == keyParmType
		switch {
		case isParam && (p.only == "" || p.only == keyParm):
			params = append(params, f)
		case p.only == f.Key:
			p.c.Out.WriteString(f.Value + p.end)
		case p.only != "":
		case p.end == "\x00":
			p.c.Out.WriteString(f.Key + "=" + f.Value + p.end)
		default:
			p.c.Out.WriteString(f.Key + ":" + strings.Repeat(" ", padding(f.Key)) + f.Value + p.end)
		}
	}
	for _, q := range p.parameters(params) {
		p.special(keyParm, q.describe(p.only == keyParm))
	}
}

// padding is how many blanks follow a key's colon. One that is too long for its
// column gets as many as it is too long, from how printf takes "%-*s".
func padding(key string) int {
	n := infoColumn - len(key)
	return max(n, -n)
}

// infoColumn is where the values begin, the colon not counted.
const infoColumn = 15

// parameter is one parameter of a module.
type parameter struct {
	name, text, kind string
	hasText, hasKind bool
}

// parameters joins the strings about the same parameter; the one that was
// mentioned last comes first, as kmod has it.
func (p *infoPrinter) parameters(fields []kmod.InfoField) []*parameter {
	var all []*parameter
	byName := map[string]*parameter{}
	for _, f := range fields {
		name, value, ok := strings.Cut(f.Value, ":")
		if !ok {
			p.c.Errorf("ERROR: Found invalid \"%s=%s\": missing ':'", f.Key, f.Value)
			continue
		}
		q := byName[name]
		if q == nil {
			q = &parameter{name: name}
			byName[name] = q
			all = append([]*parameter{q}, all...)
		}
		if f.Key == keyParm {
			q.text, q.hasText = value, true
		} else {
			q.kind, q.hasKind = value, true
		}
	}
	return all
}

// describe writes "name:text (type)". Without a text, a list of nothing but
// parameters has the type in parentheses, and a full one has it as the text.
func (q *parameter) describe(alone bool) string {
	switch {
	case !q.hasText && alone:
		return fmt.Sprintf("%s: (%s)", q.name, q.kind)
	case !q.hasText:
		return q.name + ":" + q.kind
	case q.hasKind:
		return fmt.Sprintf("%s:%s (%s)", q.name, q.text, q.kind)
	}
	return q.name + ":" + q.text
}

// modulePath finds the file of a module of /lib/modules by its path, or by its
// name: with dashes or underscores, whatever the file has.
func modulePath(name string) (string, bool) {
	if strings.Contains(name, "/") || modlib.IsModuleFile(name) {
		info, err := os.Stat(name)
		return name, err == nil && info.Mode().IsRegular()
	}
	entries, err := os.ReadDir(moduleDir)
	if err != nil {
		return "", false
	}
	for _, e := range entries {
		if modlib.IsModuleFile(e.Name()) && modlib.Name(e.Name()) == modlib.NormalizeName(name) {
			return filepath.Join(moduleDir, e.Name()), true
		}
	}
	return "", false
}
