/* asm/param.h - ticks in a second. */
#ifndef _ASM_PARAM_H
#define _ASM_PARAM_H

#define HZ		250
#define USER_HZ		100

#endif
