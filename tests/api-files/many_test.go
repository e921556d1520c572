package apifiles

import (
	"regexp"
	"slices"
	"strconv"
	"testing"

	"rv86/tests/lab"
)

// costs are what src/many prints: what a hundred devices cost, by the guest's clock,
// which counts instructions.
var costs = regexp.MustCompile(`many: devices up to (\d+) took (\d+) ns\n`)

// gone is what it prints when it is unloaded.
var gone = regexp.MustCompile(`many: all are gone after (\d+) ns\n`)

// TestMany: a device costs about the same with thousands of others as with the first
// hundred, and so does its removal. The garbage collector runs in some stretches, which
// has little to do with those: so what counts is the best of the late ones, and the mean
// of all.
func TestMany(t *testing.T) {
	const last, stretch, slack = 2000, 100, 2
	lab.Each(t, func(t *testing.T, m lab.Machine) {
		out := newGuest(t, m).Run(t, "insmod many; rmmod many; ls /sys/class/many /dev/many0").Out
		said, end := costs.FindAllStringSubmatch(out, -1), gone.FindStringSubmatch(out)
		if len(said) != last/stretch || end == nil {
			t.Fatalf("it prints\n%s", out)
		}
		number := func(s string) int { n, _ := strconv.Atoi(s); return n }
		var each []int
		sum := 0
		for _, s := range said {
			each = append(each, number(s[2])/stretch)
			sum += number(s[2])
		}
		first, late, mean, removal := each[0], slices.Min(each[len(each)/2:]), sum/last, number(end[1])/last
		t.Logf("instructions for a device: %d in the first stretch, %d in the best of the late ones, mean %d, %d to remove it", first, late, mean, removal)
		for what, n := range map[string]int{"a late device": late, "the mean device": mean, "to remove a device": removal} {
			if n >= slack*first {
				t.Errorf("%s costs %d instructions, one of the first %d", what, n, first)
			}
		}
	})
}
