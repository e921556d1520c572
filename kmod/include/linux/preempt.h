/* preempt.h - code that must not be interrupted by other code. */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/compiler.h>

#define PREEMPT_MASK	0x000000ff
#define SOFTIRQ_MASK	0x0000ff00
#define HARDIRQ_MASK	0x000f0000

void preempt_disable(void);
void preempt_enable(void);
int preempt_count(void);
int irqs_disabled(void);

#define preempt_enable_no_resched()	preempt_enable()
#define in_irq()		(preempt_count() & HARDIRQ_MASK)
#define in_hardirq()		in_irq()
#define in_softirq()		(preempt_count() & SOFTIRQ_MASK)
#define in_serving_softirq()	in_softirq()
#define in_interrupt()		(preempt_count() & (HARDIRQ_MASK | SOFTIRQ_MASK))
#define in_task()		(!in_interrupt())
#define in_nmi()		0
#define in_atomic()		(preempt_count() != 0)
#define preemptible()		(preempt_count() == 0 && !irqs_disabled())

#endif
