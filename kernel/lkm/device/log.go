package device

import (
	"fmt"

	"rv86/kernel/lkm/cstruct"
	"rv86/kmod/kapi"
)

// prefix is what a message about a device begins with: "driver name: "
// (dev_printk_emit, dev_driver_string).
func (m *Model) prefix(dev uint64) string {
	if dev == 0 {
		return "(NULL device *): "
	}
	v := Device.At(m.core, dev)
	who := ""
	switch {
	case v.Get("driver") != 0:
		who = Driver.At(m.core, v.Get("driver")).Str("name")
	case v.Get("bus") != 0:
		who = Bus.At(m.core, v.Get("bus")).Str("name")
	case v.Get("class") != 0:
		who = Class.At(m.core, v.Get("class")).Str("name")
	}
	return who + " " + m.nameOf(dev) + ": "
}

// levels are the functions for each level of the log.
var levels = []struct {
	name  string
	level int
}{
	{"_dev_emerg", 0},
	{"_dev_alert", 1},
	{"_dev_crit", 2},
	{"_dev_err", 3},
	{"_dev_warn", 4},
	{"_dev_notice", 5},
	{"_dev_info", 6},
}

func (m *Model) logFuncs() []kapi.Func {
	funcs := []kapi.Func{
		{Name: "_dev_printk", Proto: "void _dev_printk(const char *level, const struct device *dev, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			level, dev := c.Str(c.Ptr()), c.Ptr()
			c.Log(level + m.prefix(dev) + c.Text())
			return 0
		}},
		{Name: "dev_err_probe", Proto: "int dev_err_probe(const struct device *dev, int err, const char *fmt, ...)", Call: func(c *kapi.Call) uint64 {
			dev, e := c.Ptr(), c.Int()
			if text := c.Text(); -e != int32(probeDefer) {
				c.Log(fmt.Sprintf("\x013%serror %d: %s", m.prefix(dev), e, text))
			}
			return uint64(int64(e))
		}},
		{Name: "dev_driver_string", Proto: "const char *dev_driver_string(const struct device *dev)", Call: func(c *kapi.Call) uint64 {
			v := Device.At(m.core, c.Ptr())
			for _, kind := range []string{"driver", "bus", "class"} {
				if p := v.Get(kind); p != 0 {
					return cstruct.Word(m.core, p) // each begins with its name
				}
			}
			return m.noName
		}},
	}
	for _, l := range levels {
		funcs = append(funcs, kapi.Func{
			Name: l.name, Proto: "void " + l.name + "(const struct device *dev, const char *fmt, ...)",
			Call: func(c *kapi.Call) uint64 {
				dev := c.Ptr()
				c.Log(fmt.Sprintf("\x01%d%s", l.level, m.prefix(dev)) + c.Text())
				return 0
			},
		})
	}
	return funcs
}
