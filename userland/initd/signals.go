package initd

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
	"rv86/userland/power"
)

// requests are the signals by which other programs ask process 1 to end the
// machine, as busybox's halt, poweroff and reboot send them.
var requests = map[os.Signal]uint32{
	syscall.SIGUSR1: unix.LINUX_REBOOT_CMD_HALT,
	syscall.SIGUSR2: unix.LINUX_REBOOT_CMD_POWER_OFF,
	syscall.SIGTERM: unix.LINUX_REBOOT_CMD_RESTART,
}

// serveRequests obeys the requests from here on. What a terminal sends means
// nothing to process 1.
func serveRequests(c *box.Context) {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT)
	wanted := make(chan os.Signal, 1)
	for sig := range requests {
		signal.Notify(wanted, sig)
	}
	go func() {
		for sig := range wanted {
			syscall.Sync()
			c.Errorf("%s: %s", sig, box.Reason(power.Reboot(requests[sig], 0)))
		}
	}()
}
