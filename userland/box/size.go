package box

import (
	"fmt"
	"strconv"
)

// HumanSize is a size as GNU's -h prints it: powers of 1024, one decimal below
// ten, rounded up so that nothing looks smaller than it is.
func HumanSize(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(n, 10)
	}
	div, unit := int64(1024), 0
	const units = "KMGTPE"
	for unit < len(units)-1 && ceil(n, div) >= 1024 {
		div *= 1024
		unit++
	}
	// Tenths are counted in units of div/10, rounded up; div*10 does not
	// overflow below an exbibyte, and above it the decimal is not printed.
	if n/div < 10 && div < 1<<60 {
		if tenths := ceil(n*10, div); tenths < 100 {
			return fmt.Sprintf("%d.%d%c", tenths/10, tenths%10, units[unit])
		}
	}
	return fmt.Sprintf("%d%c", ceil(n, div), units[unit])
}

func ceil(n, div int64) int64 {
	whole := n / div
	if n%div != 0 {
		whole++
	}
	return whole
}
