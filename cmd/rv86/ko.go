package main

import (
	"encoding/json"
	"fmt"
	"os"

	"rv86/kmod"
	"rv86/kmod/modlib"
)

// koCmd is `rv86 ko`.
type koCmd struct {
	File string `arg:"" help:"A loadable module (*.ko, *.ko.gz)." placeholder:"FILE.ko"`
	JSON bool   `name:"json" help:"Print JSON, for programs." xor:"form"`
	HTML bool   `name:"html" help:"Print a page for a browser: the memory picture, and relocations to follow by clicking." xor:"form"`
}

// Run explains the module, or says why the loader would refuse it.
func (c *koCmd) Run(s *streams) error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("cannot read the module: %w", err)}
	}
	if b, err = modlib.Unpack(b); err != nil {
		return &failure{statusUsage, fmt.Errorf("%s: %w", c.File, err)}
	}
	r, err := explainModule(c.File, b)
	if err != nil {
		return &failure{statusUsage, fmt.Errorf("%s: the loader would refuse it (%s): %w", c.File, kmod.ErrnoOf(err), err)}
	}
	switch {
	case c.JSON:
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	case c.HTML:
		err = r.html(s.out)
	default:
		_, err = s.out.Write([]byte(r.text()))
	}
	if err != nil {
		return outputFailure("the report", err)
	}
	return nil
}
