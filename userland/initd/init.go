package initd

import (
	"bytes"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"rv86/userland/box"
	"rv86/userland/power"
)

// Command is init's row.
var Command = box.Command{
	Name: "init",
	Help: "Start the system: mount the file systems, run the shell, power off when it ends.",
	Run:  run,
}

const (
	shellPath    = "/bin/sh"
	consolePath  = "/dev/console"
	hostnamePath = "/etc/hostname"
	motdPath     = "/etc/motd"
	profileHome  = "/root"
)

// environment is what the first shell starts with; /etc/profile may add to it.
// On a small machine the kernel tells Go programs to collect garbage early.
func environment() []string {
	env := []string{
		"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=" + profileHome, "USER=root", "LOGNAME=root",
		"SHELL=" + shellPath, "TERM=vt100",
	}
	const collector = "GOGC"
	if percent := os.Getenv(collector); percent != "" {
		env = append(env, collector+"="+percent)
	}
	return env
}

// mounts lists the file systems in the order in which they are mounted.
var mounts = []struct{ fstype, dir string }{
	{"proc", "/proc"},
	{"sysfs", "/sys"},
	{"debugfs", "/sys/kernel/debug"},
	{"devtmpfs", "/dev"},
	{"tmpfs", "/tmp"},
}

func run(c *box.Context) int {
	if os.Getpid() != 1 {
		return c.Fail("must be run as process 1; to leave the system, use poweroff")
	}
	serveRequests(c)
	mountAll(c)
	if err := openConsole(); err != nil {
		c.Errorf("%s: %s", consolePath, box.Reason(err))
	}
	if name, err := os.ReadFile(hostnamePath); err == nil {
		syscall.Sethostname(bytes.TrimSpace(name))
	}
	cmdline, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		c.Errorf("/proc/cmdline: %s", box.Reason(err))
	}
	commands, batch, err := commandFrom(string(cmdline))
	var status int
	switch {
	case err != nil:
		status = c.Fail("kernel command line: %s", err)
	case batch:
		status = runBatch(c, commands)
	default:
		status = runInteractive(c)
	}
	c.Out.Flush()
	return powerOff(c, status)
}

// mountAll mounts what the kernel has not mounted already. A file system that
// fails is reported, and the system starts without it. A /tmp that the user
// filled, with rv86 run --file, is not hidden: the root is in memory as well.
func mountAll(c *box.Context) {
	for _, m := range mounts {
		os.Mkdir(m.dir, 0o755)
		if there, _ := os.ReadDir(m.dir); m.fstype == "tmpfs" && len(there) > 0 {
			continue
		}
		err := syscall.Mount(m.fstype, m.dir, m.fstype, 0, "")
		if err != nil && err != syscall.EBUSY {
			c.Errorf("mount %s: %s", m.dir, box.Reason(err))
		}
	}
}

// openConsole makes /dev/console the standard streams. The kernel opened them
// before /dev was mounted, so they may refer to nothing that has a name.
func openConsole() error {
	fd, err := syscall.Open(consolePath, syscall.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	for std := range 3 {
		if fd != std {
			if err := syscall.Dup3(fd, std, 0); err != nil {
				return err
			}
		}
	}
	if fd > 2 {
		syscall.Close(fd)
	}
	return nil
}

// runBatch runs the commands of the kernel command line.
func runBatch(c *box.Context, commands string) int {
	if t, err := unix.IoctlGetTermios(1, unix.TCGETS); err == nil {
		t.Oflag &^= unix.ONLCR
		unix.IoctlSetTermios(1, unix.TCSETS, t)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return c.FileError(os.DevNull, err)
	}
	defer null.Close()
	return spawn(c, []string{"sh", "-c", commands}, &syscall.ProcAttr{
		Dir: "/", Env: environment(), Files: []uintptr{null.Fd(), 1, 2},
	})
}

// runInteractive greets and runs a login shell in a session of its own, whose
// controlling terminal is the console: Ctrl-C then reaches what runs there,
// and not init.
func runInteractive(c *box.Context) int {
	if f, err := os.Open(motdPath); err == nil {
		io.Copy(c.Out, f)
		f.Close()
		c.Out.Flush()
	}
	dir := profileHome
	if _, err := os.Stat(dir); err != nil {
		dir = "/"
	}
	return spawn(c, []string{"-sh"}, &syscall.ProcAttr{
		Dir: dir, Env: environment(), Files: []uintptr{0, 1, 2},
		Sys: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	})
}

// spawn starts the shell and waits for it, reaping every other child that ends
// meanwhile. It returns the status a shell would give: 128+n for signal n.
func spawn(c *box.Context, argv []string, attr *syscall.ProcAttr) int {
	pid, err := syscall.ForkExec(shellPath, argv, attr)
	if err != nil {
		return c.Fail("%s: %s", shellPath, box.Reason(err))
	}
	for {
		var ws syscall.WaitStatus
		got, err := syscall.Wait4(-1, &ws, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return c.Fail("wait: %s", box.Reason(err))
		case got == pid && ws.Exited():
			return ws.ExitStatus()
		case got == pid && ws.Signaled():
			sig := ws.Signal()
			c.Errorf("the shell ended by signal %d (%s)", int(sig), sig)
			return 128 + int(sig)
		}
	}
}

// powerOff ends the machine with a status.
func powerOff(c *box.Context, status int) int {
	syscall.Sync()
	c.Errorf("power off: %s", box.Reason(power.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF, status)))
	return status
}
