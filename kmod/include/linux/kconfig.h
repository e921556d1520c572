/* kconfig.h - what this kernel was built with, in the names of Linux's options.
 *
 * Only what is there is defined, as 1: what is missing must not be asked for.
 */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

#define CONFIG_BLOCK			1
#define CONFIG_DEBUG_FS			1
#define CONFIG_DEBUG_INFO		1
#define CONFIG_DEBUG_SPINLOCK		1
#define CONFIG_GPIOLIB			1
#define CONFIG_GPIO_SYSFS		1
#define CONFIG_HZ			250
#define CONFIG_HZ_250			1
#define CONFIG_HIGH_RES_TIMERS		1
#define CONFIG_INPUT			1
#define CONFIG_KALLSYMS			1
#define CONFIG_KPROBES			1
#define CONFIG_MMU			1
#define CONFIG_MODULES			1
#define CONFIG_MODULE_SIG		1
#define CONFIG_MODULE_UNLOAD		1
#define CONFIG_MODULE_FORCE_UNLOAD	1
#define CONFIG_MODVERSIONS		1
#define CONFIG_PRINTK			1
#define CONFIG_PROC_FS			1
#define CONFIG_SYSFS			1
#define CONFIG_TTY			1
#if defined(__riscv)
#define CONFIG_64BIT			1
#define CONFIG_RISCV			1
#define CONFIG_OF			1
#else
#define CONFIG_32BIT			1
#define CONFIG_X86			1
#define CONFIG_X86_32			1
#define CONFIG_VT			1
#endif

/* 1 if an option is defined as 1, 0 if it is not defined. The option's value
 * makes the second argument, which is 1 only if the first swallowed a comma.
 */
#define __ARG_PLACEHOLDER_1			0,
#define __take_second_arg(__ignored, val, ...)	val
#define __is_defined(x)				___is_defined(x)
#define ___is_defined(val)			____is_defined(__ARG_PLACEHOLDER_##val)
#define ____is_defined(arg1_or_junk)		__take_second_arg(arg1_or_junk 1, 0)

/* There is no part of this kernel that is a module of its own. */
#define IS_BUILTIN(option)	__is_defined(option)
#define IS_MODULE(option)	__is_defined(option##_MODULE)
#define IS_ENABLED(option)	(IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option)	IS_ENABLED(option)

#endif
