package module

import (
	"slices"
	"testing"
	"unsafe"

	"rv86/kernel/abi"
)

// listed names the modules on the debuggers' list.
func listed() (out []string) {
	for d := debugList.first; d != nil; d = d.next {
		out = append(out, d.name)
	}
	return out
}

func TestDebugList(t *testing.T) {
	debugList.first = nil
	l := newLab(t)
	for i, step := range []struct {
		do   func()
		want []string
	}{
		{func() { l.load("dep-a", "") }, []string{"dep_a"}},
		{func() { l.load("dep-b", "") }, []string{"dep_b", "dep_a"}},
		{func() { l.load("initfail", "") }, []string{"dep_b", "dep_a"}},
		{func() { l.Unload(caller, "dep_b", 0) }, []string{"dep_a"}},
		{func() { l.Unload(caller, "dep_a", 0) }, nil},
	} {
		before := debugList.generation
		step.do()
		if got := listed(); !slices.Equal(got, step.want) {
			t.Errorf("step %d: the list has %q, want %q", i, got, step.want)
		}
		if debugList.generation == before {
			t.Errorf("step %d: no new generation", i)
		}
	}
}

// Init memory's sections go with it.
func TestDebugListSections(t *testing.T) {
	debugList.first = nil
	l := newLab(t)
	l.load("hello", "")
	d := debugList.first
	if d == nil || d.state != uintptr(Live) || d.init != 0 || d.core == 0 {
		t.Fatalf("%+v", d)
	}
	has := func(name string) bool {
		return slices.ContainsFunc(d.sections, func(s debugSection) bool { return s.name == name })
	}
	if has(".init.text") || !has(".exit.text") {
		t.Errorf("sections %v", d.sections)
	}
}

// What debuggers read is laid out as abi says.
func TestDebugListLayout(t *testing.T) {
	const word = unsafe.Sizeof(uintptr(0))
	for _, c := range []struct {
		name      string
		got, want uintptr
	}{
		{"head", unsafe.Sizeof(debugHead{}), abi.DebugHeadWords},
		{"first", unsafe.Offsetof(debugList.first), abi.DebugHeadFirst},
		{"stubCount", unsafe.Offsetof(debugList.stubCount), abi.DebugHeadStubCount},
		{"module", unsafe.Sizeof(debugModule{}), abi.DebugModuleWords},
		{"state", unsafe.Offsetof(debugModule{}.state), abi.DebugModuleState},
		{"initSize", unsafe.Offsetof(debugModule{}.initSize), abi.DebugModuleInitSize},
		{"sections", unsafe.Offsetof(debugModule{}.sections), abi.DebugModuleSections},
		{"section", unsafe.Sizeof(debugSection{}), abi.DebugSectionWords},
		{"addr", unsafe.Offsetof(debugSection{}.addr), abi.DebugSectionAddr},
	} {
		if c.got != c.want*word {
			t.Errorf("%s is at %d, want %d words", c.name, c.got, c.want)
		}
	}
}
