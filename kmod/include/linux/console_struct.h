/* console_struct.h - virtual consoles, on boards that have any (the PC); on the
 * others nobody exports vc_cons. The kernel has the same layouts.
 */
#ifndef _LINUX_CONSOLE_STRUCT_H
#define _LINUX_CONSOLE_STRUCT_H

#include <linux/tty.h>
#include <linux/vt.h>

struct vc_data {
	unsigned short vc_num;
	struct tty_port port;
};

struct vc {
	struct vc_data *d;
};

extern struct vc vc_cons[MAX_NR_CONSOLES];
extern const struct vc_data __vt_data;
extern struct tty_struct __vt_tty;
extern struct tty_driver __vt_driver;
extern const char __vt_driver_name[], __vt_name[];

#endif
