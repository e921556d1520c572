package apimmap

import (
	"regexp"
	"strings"
	"testing"

	"rv86/images/modules"
	"rv86/tests/lab"
	"rv86/tests/lab/modbuild"
)

// accidents are what differs between machines and runs.
var accidents = []struct {
	re *regexp.Regexp
	to string
}{
	{regexp.MustCompile(`PID: \d+`), "PID: N"},
	{regexp.MustCompile(`\+0x[0-9a-f]+/0x[0-9a-f]+`), "+X/Y"},
	{regexp.MustCompile(`frame 0x[0-9a-f]+`), "frame N"},
	{regexp.MustCompile(`at 0x[0-9a-f]+000`), "at ADDRESS"},
	{regexp.MustCompile(`(?m)^( \? | |\[<[0-9a-f]+>\] )(\w+\+X/Y.*\n)`), ""},
}

func tidy(s string) string {
	for _, a := range accidents {
		s = a.re.ReplaceAllString(s, a.to)
	}
	return s
}

// cases are what is run; testdata/NAME.txt is what both machines print.
var cases = []struct{ name, cmd string }{
	// Two programs and the module see the same memory; a private mapping has its own.
	{"run", `
insmod maps
mapper open=/dev/maps-run map=4,0,rw maps peek=0 peek=3 poke=0,hello read=9 write=there peek=0 writefrom=3,6 peek=0 readinto=1,6 peek=1
mapper open=/dev/maps-run map=2,1,r peek=0 poke=0,x protect=0,1,rw poke=0,again map=1,1,rw peek=0
mapper open=/dev/maps-run map=1,0,rw,private peek=0 poke=0,mine peek=0 read=9 write=theirs peek=0
mapper open=/dev/maps-run map=1,0,r peek=0 map=5,0,r map=4,1,r
mapper open=/dev/maps-run,rdonly map=1,0,rw map=1,0,r protect=0,1,rw map=1,0,rw,private poke=0,mine
mapper open=/dev/maps-run map=4,0,rw discard=0,1 remap=4,5 move=4 peek=3 remap=4,2 peek=1 maps
mapper open=/dev/maps-run map=4,0,rw unmap=1,2 maps peek=3 peek=1; rmmod maps`},
	// Pages come when they are used, and what is not there is a bus error.
	{"page", `
insmod maps
mapper open=/dev/maps-page map=6,0,rw peek=0 peek=1 poke=1,changed peek=1 peek=2 peek=5 discard=0,2 peek=1 readinto=3,8 writefrom=2,1 ioctl=0,1 ioctl=1,3 peek=3
mapper open=/dev/maps-page map=2,0,rw,private poke=0,mine peek=0 read=9
mapper open=/dev/maps-page map=2,0,rw fork=1,child peek=1 map=2,0,rw,private fork=1,copied peek=1
mapper open=/dev/maps-page map=2,0,rw remap=2,4 peek=3 move=4 peek=3 protect=1,1,r poke=1,x poke=0,y
mapper open=/dev/maps-page map=3,0,r die=2 2>&1 | grep -o 'SIG[A-Z]*: .* error'; rmmod maps`},
	// The ways to enter pages.
	{"insert", `
insmod maps
mapper open=/dev/maps-insert map=4,0,rw peek=0 peek=3 peek=2 poke=3,x peek=3
mapper open=/dev/maps-give map=3,7,rw peek=1 poke=1,kept peek=1 peek=0 fork=1,child peek=1
mapper open=/dev/maps-virt map=4,0,r peek=3 protect=0,1,rw map=3,1,rw peek=0 map=4,1,r remap=3,4
mapper open=/dev/maps-virt map=1,0,rw peek=0 ioctl=0 peek=0 poke=0,old map=1,0,rw peek=0; rmmod maps`},
	// The module stays while its memory is mapped, and the memory as long as it is.
	{"life", `
insmod maps; mapper open=/dev/maps-give map=1,0,rw close poke=0,here; rmmod maps; insmod maps
mapper open=/dev/maps-page map=1,0,rw close sleep=30 & sleep 0.015; rmmod maps; echo $?; wait
mapper open=/dev/maps-page map=2,0,rw peek=0 sleep=9999 & sleep 0.015; kill -9 $!; wait; mapper open=/dev/maps-run map=1,0,r exec
use() { mapper open=/dev/maps-give map=3,0,rw,private poke=0,a peek=1 fork=1,b close open=/dev/maps-virt map=4,0,rw peek=2 ioctl=0 open=/dev/maps-insert map=4,0,rw peek=3; }
free() { grep -E "Slab|VmallocUsed" /proc/meminfo; }
use >/dev/null; a=$(free); use > /dev/null; use > /dev/null; b=$(free); [ "$a" = "$b" ] && echo nothing lost || echo $a, then $b; rmmod maps`},
	// No mistake of a module's reaches memory that is not its own.
	{"bad", `
insmod maps
mapper open=/dev/maps-bad map=1,0,rw map=1,1,rw map=1,2,rw map=1,3,rw map=1,4,rw map=1,5,rw map=1,6,rw map=1,7,rw map=1,8,rw maps`},
}

// TestMappings runs each case and compares all that is printed.
func TestMappings(t *testing.T) {
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		g := lab.Guest{
			Arch:    m.Arch,
			Modules: modbuild.Modules(t, m.Arch, modules.Tree{Src: "src"}),
			Files:   []string{lab.Program(t, m.GOARCH, "./mapper") + ":/bin/mapper"},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				origin := "what the case " + c.name + " of api_test.go prints on both machines; go test -update writes it"
				lab.Golden(t, c.name+".txt", origin, tidy(g.Run(t, c.cmd).Out))
			})
		}
		t.Run("oops", func(t *testing.T) { oops(t, g) })
	})
}

// oops has mmap fault: the process dies, and its area and its file go.
func oops(t *testing.T, g lab.Guest) {
	out := g.Run(t, `insmod maps; mapper open=/dev/maps-bad map=1,9,rw; echo status $?
mapper open=/dev/maps-run map=1,0,r peek=0; lsmod | grep maps`).Out
	for _, want := range []string{"bad_mmap", "Segmentation fault\nstatus 139\n", `peek=0: "run 0"`, "maps                   12288  0"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing\n%s", want, out)
		}
	}
}
