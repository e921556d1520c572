package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rv86/machine"
	"rv86/machine/dev/gpio"
)

func TestParseGPIO(t *testing.T) {
	got, err := parseGPIO([]string{"17=1@2ms", "4:17", "0=0@1s"})
	want := machine.GPIO{
		Events: []gpio.Event{{At: 2_000_000, Pin: 17, Level: true}, {At: 1_000_000_000, Pin: 0}},
		Wires:  []gpio.Wire{{From: 4, To: 17}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for spec, want := range map[string]string{
		"17": "write PIN=LEVEL@TIME", "17=2@1s": "write PIN=LEVEL@TIME", "32=1@1s": "no pin", "x:1": "no pin",
		"1:99": "no pin", "1=1@soon": "no time", "1=1@-1s": "no time", "": "write PIN=LEVEL@TIME",
	} {
		if _, err := parseGPIO([]string{spec}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", spec, err, want)
		}
	}
}
