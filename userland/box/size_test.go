package box

import (
	"math"
	"testing"
)

// The expected texts are those of `numfmt --to=iec --round=up` and `ls -h`.
func TestHumanSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1: "1", 1023: "1023", 1024: "1.0K", 1025: "1.1K", 1536: "1.5K", 10188: "10K", 10189: "10K",
		10240: "10K", 10241: "11K", 1023 * 1024: "1023K", 1023*1024 + 1: "1.0M", 1<<20 - 1: "1.0M", 1 << 20: "1.0M",
		5 << 30: "5.0G", math.MaxInt64: "8E",
	} {
		if got := HumanSize(n); got != want {
			t.Errorf("HumanSize(%d) = %s, want %s", n, got, want)
		}
	}
}
