package system

import (
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
	"rv86/userland/power"
)

var poweroffCommand = box.Command{
	Name: "poweroff", Usage: "[STATUS]", Help: "Switch the machine off; rv86 exits with STATUS (default 0).",
	Options: powerOptions, Run: func(c *box.Context) int {
		status := 0
		if len(c.Args) > 0 {
			var err error
			if status, err = power.ParseStatus(c.Args[0]); err != nil {
				return c.Fail("%s", err)
			}
		}
		return endMachine(c, unix.LINUX_REBOOT_CMD_POWER_OFF, status)
	},
}

var haltCommand = box.Command{
	Name: "halt", Help: "Stop the machine.", Options: powerOptions,
	Run: func(c *box.Context) int { return endMachine(c, unix.LINUX_REBOOT_CMD_HALT, 0) },
}

var rebootCommand = box.Command{
	Name: "reboot", Help: "Start the machine afresh.", Options: powerOptions,
	Run: func(c *box.Context) int { return endMachine(c, unix.LINUX_REBOOT_CMD_RESTART, 0) },
}

var powerOptions = []box.Option{box.Flag('f', "force", "accepted; there are no services to stop first")}

func endMachine(c *box.Context, cmd uint32, status int) int {
	c.Out.Flush()
	syscall.Sync()
	return c.Fail("%s", box.Reason(power.Reboot(cmd, status)))
}

var syncCommand = box.Command{
	Name: "sync", Help: "Write what is buffered to the disks.",
	Run: func(*box.Context) int { syscall.Sync(); return box.OK },
}
