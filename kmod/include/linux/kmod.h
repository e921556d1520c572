/* kmod.h - modules that the kernel asks for: /sbin/modprobe loads them. */
#ifndef _LINUX_KMOD_H
#define _LINUX_KMOD_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/umh.h>

/* 0, what modprobe ended with, or a negative errno. */
__printf(2, 3) int __request_module(bool wait, const char *name, ...);
#define request_module(mod...)		__request_module(true, mod)
#define request_module_nowait(mod...)	__request_module(false, mod)
#define try_then_request_module(x, mod...)					\
	((x) ?: (__request_module(true, mod), (x)))

#endif
