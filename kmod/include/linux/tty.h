/* tty.h - terminals. What there is of them is the console: a driver that can be
 * written to. The kernel has the same layouts.
 */
#ifndef _LINUX_TTY_H
#define _LINUX_TTY_H

#include <linux/types.h>
#include <linux/kdev_t.h>
#include <linux/sched.h>

struct tty_struct;

struct tty_operations {
	ssize_t (*write)(struct tty_struct *tty, const u8 *buf, size_t count);
	int (*ioctl)(struct tty_struct *tty, unsigned int cmd, unsigned long arg);
	unsigned int (*write_room)(struct tty_struct *tty);
};

struct tty_driver {
	const struct tty_operations *ops;
	const char *driver_name;
	const char *name;
	unsigned long major;
	unsigned long minor_start;
};

struct tty_struct {
	struct tty_driver *driver;
	const struct tty_operations *ops;
	unsigned long index;
	char name[64];
};

struct tty_port {
	struct tty_struct *tty;
};

/* The current process' controlling terminal; NULL if it has none. */
struct tty_struct *get_current_tty(void);
void tty_kref_put(struct tty_struct *tty);

static inline dev_t tty_devnum(struct tty_struct *tty)
{
	return MKDEV(tty->driver->major, tty->driver->minor_start + tty->index);
}

/* The driver's operations; call them through it. */
ssize_t __tty_write(struct tty_struct *tty, const u8 *buf, size_t count);
int __tty_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg);
unsigned int __tty_write_room(struct tty_struct *tty);
extern const struct tty_operations __tty_operations;
extern const char __tty_driver_name[], __tty_name[];
extern struct tty_driver __tty_driver;
extern struct tty_struct __tty_console;

#endif
