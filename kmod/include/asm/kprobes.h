/* asm/kprobes.h - see linux/kprobes.h. */
#include <linux/kprobes.h>
