package text

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/userland/box"
)

var seqCommand = box.Command{
	Name: "seq", Usage: "[-w] [-s STRING] [FIRST [STEP]] LAST", Help: "Print numbers from FIRST to LAST.",
	// Numbers may be negative, so the options are found by hand.
	Raw: true, Run: seq,
}

func seq(c *box.Context) int {
	args := c.Args
	separator, pad := "\n", false
	for len(args) > 0 && (args[0] == "-w" || strings.HasPrefix(args[0], "-s")) {
		switch {
		case args[0] == "-w":
			pad = true
		case len(args[0]) > 2:
			separator = args[0][2:]
		case len(args) > 1:
			separator, args = args[1], args[1:]
		}
		args = args[1:]
	}
	if len(args) == 0 || len(args) > 3 {
		return c.MissingOperand()
	}
	numbers := make([]float64, len(args))
	decimals := 0
	for i, arg := range args {
		var err error
		if numbers[i], err = strconv.ParseFloat(arg, 64); err != nil {
			return c.Misused("invalid floating point argument: '%s'", arg)
		}
		if dot := strings.IndexByte(arg, '.'); dot >= 0 && i < max(len(args)-1, 1) {
			decimals = max(decimals, len(arg)-dot-1)
		}
	}
	first, step, last := 1.0, 1.0, numbers[len(numbers)-1]
	if len(numbers) > 1 {
		first = numbers[0]
	}
	if len(numbers) > 2 {
		step = numbers[1]
	}
	if step == 0 {
		return c.Misused("invalid Zero increment value: '%s'", args[1])
	}
	width := 0
	if pad {
		width = max(len(strconv.FormatFloat(first, 'f', decimals, 64)), len(strconv.FormatFloat(last, 'f', decimals, 64)))
	}
	// Each number is computed from its index, so that rounding errors do not
	// add up; half a unit of the last decimal of slack keeps the end in.
	slack := step / 1e9
	for i := 0; ; i++ {
		n := first + float64(i)*step
		if (step > 0 && n > last+slack) || (step < 0 && n < last+slack) {
			if i > 0 {
				fmt.Fprintln(c.Out)
			}
			return box.OK
		}
		if i > 0 {
			c.Out.WriteString(separator)
		}
		if _, err := fmt.Fprintf(c.Out, "%0*.*f", width, decimals, n); err != nil {
			return box.Failure
		}
	}
}
