/* vt_kern.h */
#ifndef _LINUX_VT_KERN_H
#define _LINUX_VT_KERN_H

#include <linux/vt.h>
#include <linux/kd.h>
#include <linux/tty.h>
#include <linux/console_struct.h>
#include <linux/timer.h>

extern int fg_console;

#endif
