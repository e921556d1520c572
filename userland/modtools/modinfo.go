package modtools

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
	},
	Run: modinfo,
}

// field is one "key=value" string of the section .modinfo.
type field struct{ key, value string }

// readInfo returns the strings of .modinfo in their order.
func readInfo(data []byte) ([]field, error) {
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	section := f.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no .modinfo section")
	}
	text, err := section.Data()
	if err != nil {
		return nil, err
	}
	var fields []field
	for item := range strings.SplitSeq(string(text), "\x00") {
		if key, value, ok := strings.Cut(item, "="); ok {
			fields = append(fields, field{key, value})
		}
	}
	return fields, nil
}

// modulePath finds the file of a module named by path or by name. A name may
// be written with dashes or underscores, whatever the file has.
func modulePath(name string) (string, bool) {
	if strings.Contains(name, "/") || strings.HasSuffix(name, suffix) {
		info, err := os.Stat(name)
		return name, err == nil && info.Mode().IsRegular()
	}
	entries, err := os.ReadDir(moduleDir)
	if err != nil {
		return "", false
	}
	for _, e := range entries {
		if strings.Contains(e.Name(), suffix) && moduleName(e.Name()) == moduleName(name) {
			return filepath.Join(moduleDir, e.Name()), true
		}
	}
	return "", false
}

func modinfo(c *box.Context) int {
	if len(c.Args) == 0 {
		return c.Fail("ERROR: missing module or filename.")
	}
	status := box.OK
	for _, name := range c.Args {
		if modinfoOne(c, name) != box.OK {
			status = box.Failure
		}
	}
	return status
}

func modinfoOne(c *box.Context, name string) int {
	path, ok := modulePath(name)
	if !ok {
		return c.Fail("ERROR: Module %s not found.", name)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return c.Fail("ERROR: %s: %s", name, box.Reason(err))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return c.Fail("ERROR: could not get modinfo from '%s': %s", moduleName(name), box.Reason(err))
	}
	fields, err := readInfo(data)
	if err != nil {
		// kmod has printed the file's name by then.
		printField(c, "filename", path)
		return c.Fail("ERROR: could not get modinfo from '%s': Invalid argument", moduleName(name))
	}
	printInfo(c, path, fields)
	return box.OK
}

// printInfo prints all fields, or the values of the one that was asked for.
// Parameters ("parm") gather their type ("parmtype") as kmod does.
func printInfo(c *box.Context, path string, fields []field) {
	only := c.Value('F', "")
	for letter, key := range map[byte]string{'a': "author", 'd': "description", 'l': "license", 'n': "filename", 'p': "parm"} {
		if c.Has(letter) {
			only = key
		}
	}
	if only != "" {
		if only == "filename" {
			printValue(c, path)
			return
		}
		for _, f := range joinParameters(fields) {
			if f.key == only {
				printValue(c, f.value)
			}
		}
		return
	}
	printField(c, "filename", path)
	for _, f := range joinParameters(fields) {
		printField(c, f.key, f.value)
	}
}

// joinParameters turns "parm=name:text" and "parmtype=name:int" into one field
// "name:text (int)" and puts the parameters last.
func joinParameters(fields []field) []field {
	types := map[string]string{}
	described := map[string]bool{}
	for _, f := range fields {
		if name, kind, ok := strings.Cut(f.value, ":"); ok && f.key == "parmtype" {
			types[name] = kind
		}
	}
	var plain, params []field
	for _, f := range fields {
		switch f.key {
		case "parm":
			name, _, _ := strings.Cut(f.value, ":")
			described[name] = true
			if kind := types[name]; kind != "" {
				f.value += " (" + kind + ")"
			}
			params = append(params, f)
		case "parmtype":
		default:
			plain = append(plain, f)
		}
	}
	for _, f := range fields {
		if name, kind, ok := strings.Cut(f.value, ":"); ok && f.key == "parmtype" && !described[name] {
			params = append(params, field{"parm", name + ":" + kind})
		}
	}
	return append(plain, params...)
}

func printField(c *box.Context, key, value string) {
	if c.Has('0') {
		fmt.Fprintf(c.Out, "%s=%s\x00", key, value)
		return
	}
	fmt.Fprintf(c.Out, "%-15s %s\n", key+":", value)
}

func printValue(c *box.Context, value string) {
	end := "\n"
	if c.Has('0') {
		end = "\x00"
	}
	c.Out.WriteString(value + end)
}
