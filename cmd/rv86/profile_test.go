package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/google/pprof/profile"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdPprof checks a profile: pprof FILE FUNCTION:INSTRUCTIONS...
func cmdPprof(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	p, err := profile.Parse(f)
	ts.Check(err)
	ts.Check(p.CheckValid())
	var got []string
	for _, s := range p.Sample {
		got = append(got, fmt.Sprintf("%s:%d", s.Location[0].Line[0].Function.Name, s.Value[0]))
	}
	if !slices.Equal(got, args[1:]) {
		ts.Fatalf("the profile has %q", got)
	}
}
