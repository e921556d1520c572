/* irqflags.h - interrupts of this CPU on and off. */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

void local_irq_disable(void);
void local_irq_enable(void);
unsigned long __local_irq_save(void);
void local_irq_restore(unsigned long flags);
int irqs_disabled(void);

#define local_irq_save(flags)	do { (flags) = __local_irq_save(); } while (0)
#define local_save_flags(flags)	do { (flags) = !irqs_disabled(); } while (0)
#define irqs_disabled_flags(flags)	(!(flags))

#endif
