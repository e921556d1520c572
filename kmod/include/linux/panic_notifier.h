/* panic_notifier.h - functions that are called when the kernel gives up. */
#ifndef _LINUX_PANIC_NOTIFIER_H
#define _LINUX_PANIC_NOTIFIER_H

#include <linux/notifier.h>

struct atomic_notifier_head *__panic_notifier_list(void);
#define panic_notifier_list	(*__panic_notifier_list())

#endif
