/* smp.h - the CPUs: there is one. */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/cpumask.h>
#include <linux/preempt.h>
#include <linux/irqflags.h>

typedef void (*smp_call_func_t)(void *info);

#define raw_smp_processor_id()	0
#define smp_processor_id()	0
#define get_cpu()		({ preempt_disable(); 0; })
#define put_cpu()		preempt_enable()

static inline void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	unsigned long flags;

	local_irq_save(flags);
	func(info);
	local_irq_restore(flags);
}
static inline int smp_call_function(smp_call_func_t func, void *info, int wait) { return 0; }
static inline int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	on_each_cpu(func, info, wait);
	return 0;
}

#endif
