package gpio

import (
	"fmt"
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/vfs"
)

// The files of /sys/class/gpio (Linux Documentation/admin-guide/gpio/sysfs.rst),
// for a chip that is there.

const (
	permWrite = 0o200
	permRead  = 0o444
	permBoth  = 0o644
	permDir   = 0o755
)

// Register shows the pins below /sys/class and in debugfs.
func (g *GPIO) Register(class, debug *vfs.Dir) {
	debug.Add("gpio", vfs.Text(permRead, g.Text))
	if g.chip == nil {
		return
	}
	g.dir = class.Sub("gpio")
	nothing := func() []byte { return nil }
	g.dir.Add("export", vfs.TextRW(permWrite, nothing, g.export))
	g.dir.Add("unexport", vfs.TextRW(permWrite, nothing, g.unexport))
	chip := vfs.NewDir()
	line := func(name, text string) {
		chip.Add(name, vfs.Text(permRead, func() []byte { return []byte(text + "\n") }))
	}
	line("base", "0")
	line("label", g.chip.name)
	line("ngpio", strconv.Itoa(Pins))
	g.dir.Add("gpiochip0", vfs.DirNode(permDir, chip))
}

func number(b []byte) (int, abi.Errno) {
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || n < 0 || n >= Pins {
		return 0, abi.EINVAL
	}
	return n, 0
}

func pinDir(n int) string { return fmt.Sprintf("gpio%d", n) }

// export takes a pin for programs.
func (g *GPIO) export(b []byte) abi.Errno {
	n, e := number(b)
	if e != 0 {
		return e
	}
	if e := g.chip.Request(n, "sysfs", 0); e != 0 {
		return e
	}
	g.chip.mu.Lock()
	g.chip.pins[n].sysfs = true
	g.chip.mu.Unlock()
	g.show(n, true)
	return 0
}

// show makes the files of a pin; its direction can be changed only if there is
// a file for that.
func (g *GPIO) show(n int, direction bool) {
	g.chip.mu.Lock()
	g.chip.pins[n].shown = true
	g.chip.mu.Unlock()
	d := vfs.NewDir()
	if direction {
		d.Add("direction", vfs.TextRW(permBoth, func() []byte { return []byte(g.direction(n)) }, func(b []byte) abi.Errno {
			return g.setDirection(n, strings.TrimSpace(string(b)))
		}))
	}
	d.Add("value", vfs.TextRW(permBoth, func() []byte { return fmt.Appendf(nil, "%d\n", bit(g.chip.Get(n))) }, func(b []byte) abi.Errno {
		return g.setValue(n, strings.TrimSpace(string(b)))
	}))
	g.dir.Add(pinDir(n), vfs.DirNode(permDir, d))
}

// hide removes the files of a pin, if it has any.
func (g *GPIO) hide(n int) {
	g.chip.mu.Lock()
	was := g.chip.pins[n].shown
	g.chip.pins[n].shown = false
	g.chip.mu.Unlock()
	if was {
		g.dir.Remove(pinDir(n))
	}
}

// exportFor shows the pin of a module that requested it (gpiod_export).
func (g *GPIO) exportFor(n int, direction bool) abi.Errno {
	g.chip.mu.Lock()
	p := g.chip.pins[n]
	g.chip.mu.Unlock()
	if !p.used || p.shown {
		return abi.EPERM
	}
	g.show(n, direction)
	return 0
}

// unexport gives a pin back that export took.
func (g *GPIO) unexport(b []byte) abi.Errno {
	n, e := number(b)
	if e != 0 {
		return e
	}
	g.chip.mu.Lock()
	exported := g.chip.pins[n].sysfs
	g.chip.mu.Unlock()
	if !exported {
		return abi.EINVAL
	}
	g.hide(n)
	g.chip.Release(n)
	return 0
}

func (g *GPIO) direction(n int) string {
	if g.isOutput(n) {
		return "out\n"
	}
	return "in\n"
}

func (g *GPIO) isOutput(n int) bool {
	g.chip.mu.Lock()
	defer g.chip.mu.Unlock()
	return g.chip.bit(regOutputEn, n)
}

func (g *GPIO) setDirection(n int, word string) abi.Errno {
	switch word {
	case "in":
		g.chip.Input(n)
	case "out", "low":
		g.chip.Output(n, false)
	case "high":
		g.chip.Output(n, true)
	default:
		return abi.EINVAL
	}
	return 0
}

func (g *GPIO) setValue(n int, word string) abi.Errno {
	v, err := strconv.ParseInt(word, 0, 32)
	switch {
	case !g.isOutput(n):
		return abi.EPERM
	case err != nil:
		return abi.EINVAL
	}
	g.chip.Set(n, v != 0)
	return 0
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
