//go:build riscv64 || 386

package main

import (
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/bootparam"
	"rv86/kernel/klog"
)

// params are the kernel's parameters (Linux
// Documentation/admin-guide/kernel-parameters.txt). The image builder makes the
// section __param of it: see package bootparam.
var params = [...]bootparam.Row{
	{Name: "debug", Set: setDebug},
	{Name: "ignore_loglevel", Set: setDebug},
	{Name: "initcall_debug", Set: setInitcallDebug},
	{Name: "loglevel", Set: setLogLevel},
	{Name: "module_blacklist", Set: setBlacklist},
	{Name: "quiet", Set: setQuiet},
	{Name: "rdinit", Set: setInit},
}

// settings are what the parameters set.
var settings = struct {
	init          string // the first program
	blacklist     []string
	initcallDebug bool
}{init: "/init"}

// logLevelQuiet is the console's level under quiet (CONSOLE_LOGLEVEL_QUIET).
const logLevelQuiet = 4

func setDebug(string) abi.Errno {
	return klog.Kernel.Console(klog.ActionConsoleLevel, klog.ConsoleLevelMax)
}

func setQuiet(string) abi.Errno {
	return klog.Kernel.Console(klog.ActionConsoleLevel, logLevelQuiet)
}

// setLogLevel takes what Linux takes: 0 to 7, of which 0 still shows
// emergencies.
func setLogLevel(value string) abi.Errno {
	n, err := strconv.ParseUint(value, 0, 8)
	if err != nil {
		return abi.EINVAL
	}
	return klog.Kernel.Console(klog.ActionConsoleLevel, max(klog.ConsoleLevelMin, int(n)))
}

func setInitcallDebug(string) abi.Errno {
	settings.initcallDebug = true
	return 0
}

func setBlacklist(value string) abi.Errno {
	settings.blacklist = append(settings.blacklist, strings.Split(value, ",")...)
	return 0
}

func setInit(value string) abi.Errno {
	if value == "" {
		return abi.EINVAL
	}
	settings.init = value
	return 0
}
