/* vermagic.h - what a module was built for. The kernel compares the string. */
#ifndef _LINUX_VERMAGIC_H
#define _LINUX_VERMAGIC_H

#define UTS_RELEASE "6.6.0-rv86"

#if defined(__riscv)
#define MODULE_ARCH_VERMAGIC "riscv"
#elif defined(__i386__)
#define MODULE_ARCH_VERMAGIC "686"
#else
#error "no modules for this machine"
#endif

#define VERMAGIC_STRING UTS_RELEASE " mod_unload modversions " MODULE_ARCH_VERMAGIC

#endif
