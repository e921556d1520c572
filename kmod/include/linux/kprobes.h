/* kprobes.h - functions that are called when others are. A probe can be set on a
 * function that the kernel exports; it sees the calls that modules make.
 */
#ifndef _LINUX_KPROBES_H
#define _LINUX_KPROBES_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/ptrace.h>

struct kprobe;
typedef u32 kprobe_opcode_t;
typedef int (*kprobe_pre_handler_t)(struct kprobe *p, struct pt_regs *regs);
typedef void (*kprobe_post_handler_t)(struct kprobe *p, struct pt_regs *regs, unsigned long flags);

/* The kernel has the same layout. Either symbol_name or addr says where; addr is
 * filled in.
 */
struct kprobe {
	struct list_head list;
	kprobe_opcode_t *addr;
	const char *symbol_name;
	unsigned int offset;
	kprobe_pre_handler_t pre_handler;
	kprobe_post_handler_t post_handler;
	u32 flags;
	unsigned long nmissed;
};

int register_kprobe(struct kprobe *p);
void unregister_kprobe(struct kprobe *p);

#endif
