//go:build riscv64 || 386

package main

import (
	"strconv"
	"strings"

	"rv86/kernel/abi"
	"rv86/kernel/bootparam"
	"rv86/kernel/klog"
	"rv86/kmod/kapi"
)

// params are the kernel's parameters (Linux
// Documentation/admin-guide/kernel-parameters.txt). The image builder makes the
// section __param of it: see package bootparam.
var params = [...]bootparam.Row{
	{Name: "debug", Set: setDebug},
	{Name: "ignore_loglevel", Set: setDebug},
	{Name: "initcall_debug", Set: setInitcallDebug},
	{Name: "loglevel", Set: setLogLevel},
	{Name: "module.sig", Set: setModuleSig},
	{Name: "module.sig_enforce", Set: setModuleSigEnforce},
	{Name: "module.sig_key", Set: setModuleSigKey},
	{Name: "module_blacklist", Set: setModuleBlacklist},
	{Name: "nomodule", Set: setNoModule},
	{Name: "quiet", Set: setQuiet},
	{Name: "rdinit", Set: setInit},
}

// settings are what the parameters set.
var settings = struct {
	init          string   // the first program
	modules       []string // words that concern modules, for package module
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

// setInitcallDebug takes a boolean, or none for yes.
func setInitcallDebug(value string) abi.Errno {
	yes, ok := kapi.ParseBool(value)
	if value != "" && !ok {
		return abi.EINVAL
	}
	settings.initcallDebug = yes || value == ""
	return 0
}

// forModules keeps a word for package module.
func forModules(name, value string) abi.Errno {
	if strings.ContainsAny(value, " \t\n") {
		return abi.EINVAL
	}
	settings.modules = append(settings.modules, name+"="+value)
	return 0
}

func setModuleSig(value string) abi.Errno { return forModules("module.sig", value) }

func setModuleSigEnforce(value string) abi.Errno { return forModules("module.sig_enforce", value) }

func setModuleSigKey(value string) abi.Errno { return forModules("module.sig_key", value) }

func setModuleBlacklist(value string) abi.Errno { return forModules("module_blacklist", value) }

func setNoModule(value string) abi.Errno { return forModules("nomodule", value) }

func setInit(value string) abi.Errno {
	if value == "" {
		return abi.EINVAL
	}
	settings.init = value
	return 0
}
