package session

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rv86/machine"
	"rv86/machine/dev/gpio"
)

// parseGPIO reads the values of --gpio.
func parseGPIO(specs []string) (g machine.GPIO, err error) {
	for _, spec := range specs {
		if from, to, wire := strings.Cut(spec, ":"); wire {
			w := gpio.Wire{}
			w.From, err = pin(spec, from)
			if err == nil {
				w.To, err = pin(spec, to)
			}
			if err != nil {
				return g, err
			}
			g.Wires = append(g.Wires, w)
			continue
		}
		e, err := parseEvent(spec)
		if err != nil {
			return g, err
		}
		g.Events = append(g.Events, e)
	}
	return g, nil
}

// parseEvent reads PIN=LEVEL@TIME.
func parseEvent(spec string) (e gpio.Event, err error) {
	pinText, rest, ok1 := strings.Cut(spec, "=")
	level, at, ok2 := strings.Cut(rest, "@")
	if !ok1 || !ok2 || level != "0" && level != "1" {
		return e, fmt.Errorf("--gpio %s: write PIN=LEVEL@TIME, such as 17=1@2ms, or FROM:TO for a wire", spec)
	}
	if e.Pin, err = pin(spec, pinText); err != nil {
		return e, err
	}
	t, err := time.ParseDuration(at)
	if err != nil || t < 0 {
		return e, fmt.Errorf("--gpio %s: %q is no time since the start, such as 2ms or 1.5s", spec, at)
	}
	e.At, e.Level = uint64(t), level == "1"
	return e, nil
}

func pin(spec, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= gpio.Pins {
		return 0, fmt.Errorf("--gpio %s: %q is no pin; they are 0 to %d", spec, text, gpio.Pins-1)
	}
	return n, nil
}
