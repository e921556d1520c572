package initcall

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"rv86/kernel/abi"
	"rv86/kmod/vmlinux"
)

var called []string

func good() abi.Errno { called = append(called, "good"); return 0 }

func bad() abi.Errno { called = append(called, "bad"); return abi.ENODEV }

// TestRun: every call is made, in order, through rows as the image has them,
// and only failures are worth a line unless initcall_debug asks for more.
func TestRun(t *testing.T) {
	fns := []func() abi.Errno{good, bad, good}
	var rows [3][vmlinux.RowWords]uintptr
	var calls []vmlinux.Initcall
	for i := range fns {
		rows[i][0] = **(**uintptr)(unsafe.Pointer(&fns[i]))
		calls = append(calls, vmlinux.Initcall{
			Row: uint64(uintptr(unsafe.Pointer(&rows[i]))), Level: vmlinux.Core, Name: "call" + string(rune('0'+i)),
		})
	}
	var log []string
	now := int64(0)
	r := &Runner{
		Call: Call, Now: func() int64 { now += 5000; return now },
		Log: func(s string) { log = append(log, s) },
	}
	r.Run(calls)
	if got := strings.Join(called, " "); got != "good bad good" {
		t.Errorf("called %q", got)
	}
	if diff := cmp.Diff([]string{"initcall call1 returned -19"}, log); diff != "" {
		t.Error(diff)
	}
	log, r.Debug = nil, true
	r.Run(calls[1:])
	want := []string{
		"calling  call1 @ 1", "initcall call1 returned -19 after 5 usecs",
		"calling  call2 @ 1", "initcall call2 returned 0 after 5 usecs",
	}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Error(diff)
	}
}
