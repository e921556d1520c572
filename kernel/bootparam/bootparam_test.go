package bootparam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/kernel/abi"
	"rv86/kmod/vmlinux"
)

func TestParse(t *testing.T) {
	params := []vmlinux.Param{{Row: 1, Name: "loglevel"}, {Row: 2, Name: "module_blacklist"}, {Row: 3, Name: "quiet"}, {Row: 4, Name: "s"}}
	for _, c := range []struct{ line, want string }{
		{"", ""},
		{"loglevel=5 quiet", "1(5) 3()"},
		{"other loglevel=5 other=loglevel=4", "1(5)"},
		{"module-blacklist=a,b", "2(a,b)"},
		{`x="loglevel=1 quiet" s="a \"b\\" quiet`, `4(a "b\) 3()`},
		{`s="no end quiet`, `4("no end quiet)`},
		{"quiet -- loglevel=1", "3()"},
		{"  quiet\n", "3()"},
	} {
		var got []string
		Parse(c.line, params, func(row uint64, value string) abi.Errno {
			got = append(got, fmt.Sprintf("%d(%s)", row, value))
			return 0
		})
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", c.line, diff)
		}
	}
	refused := Parse("loglevel=x", params, func(uint64, string) abi.Errno { return abi.EINVAL })
	if diff := cmp.Diff([]string{"Booting kernel: `x' invalid for parameter `loglevel'"}, refused); diff != "" {
		t.Error(diff)
	}
}
