/* interrupt.h - interrupt handlers and tasklets. */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/gfp.h>
#include <linux/hardirq.h>
#include <linux/bottom_half.h>
#include <linux/irqreturn.h>
#include <linux/irqflags.h>
#include <linux/atomic.h>
#include <linux/sched.h>

struct pt_regs;

typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

#define IRQF_TRIGGER_NONE	0x00000000
#define IRQF_TRIGGER_RISING	0x00000001
#define IRQF_TRIGGER_FALLING	0x00000002
#define IRQF_TRIGGER_HIGH	0x00000004
#define IRQF_TRIGGER_LOW	0x00000008
#define IRQF_TRIGGER_MASK	0x0000000f
#define IRQF_SHARED		0x00000080
#define IRQF_PROBE_SHARED	0x00000100
#define IRQF_TIMER		0x00004200
#define IRQF_PERCPU		0x00000400
#define IRQF_ONESHOT		0x00002000
#define IRQF_NO_SUSPEND		0x00004000
#define IRQF_NO_THREAD		0x00010000
#define IRQF_NO_AUTOEN		0x00080000
#define IRQ_NOTCONNECTED	(1U << 31)

/* irq is the board's number of the line. */
int __must_check request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn,
				      unsigned long flags, const char *name, void *dev);
static inline int __must_check request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
					   const char *name, void *dev)
{
	return request_threaded_irq(irq, handler, NULL, flags, name, dev);
}
static inline int __must_check request_any_context_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
						       const char *name, void *dev_id)
{
	return request_threaded_irq(irq, handler, NULL, flags, name, dev_id);
}
const void *free_irq(unsigned int irq, void *dev_id);

/* The line is given back when the device's driver goes (linux/device.h). */
struct device;
void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp);
int devm_add_action(struct device *dev, void (*action)(void *), void *data);

struct __devm_irq {
	unsigned int irq;
	void *dev_id;
};
static inline void __devm_irq_free(void *d) { free_irq(((struct __devm_irq *)d)->irq, ((struct __devm_irq *)d)->dev_id); }
static inline int __must_check devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler,
							 irq_handler_t thread_fn, unsigned long flags,
							 const char *name, void *dev_id)
{
	struct __devm_irq *d = devm_kmalloc(dev, sizeof(*d), GFP_KERNEL);
	int ret = d ? request_threaded_irq(irq, handler, thread_fn, flags, name, dev_id) : -ENOMEM;

	if (ret)
		return ret;
	*d = (struct __devm_irq){ irq, dev_id };
	ret = devm_add_action(dev, __devm_irq_free, d);
	if (ret)
		__devm_irq_free(d);
	return ret;
}
#define devm_request_irq(dev, irq, handler, flags, name, dev_id) \
	devm_request_threaded_irq(dev, irq, handler, NULL, flags, name, dev_id)
/* Every disable_irq needs its enable_irq. disable_irq waits for the handlers. */
void disable_irq(unsigned int irq);
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq);
void synchronize_irq(unsigned int irq);

/* data is given to func, callback gets the tasklet itself. The kernel has the
 * same layout; count is how often the tasklet was disabled.
 */
struct tasklet_struct {
	struct tasklet_struct *next;
	unsigned long state;
	atomic_t count;
	bool use_callback;
	union {
		void (*func)(unsigned long data);
		void (*callback)(struct tasklet_struct *t);
	};
	unsigned long data;
};

/* Until Linux 5.8 a third argument was what the function got. */
#define DECLARE_TASKLET(...)	__COUNTED(__DECLARE_TASKLET, __VA_ARGS__)
#define __DECLARE_TASKLET2(name, _callback)		\
	struct tasklet_struct name = { .use_callback = true, .callback = _callback }
#define __DECLARE_TASKLET3(name, _func, _data)		\
	struct tasklet_struct name = { .func = _func, .data = _data }
#define DECLARE_TASKLET_DISABLED(name, _callback)	\
	struct tasklet_struct name = { .count = ATOMIC_INIT(1), .use_callback = true, .callback = _callback }
#define DECLARE_TASKLET_OLD(name, _func)		\
	struct tasklet_struct name = { .func = _func }
#define DECLARE_TASKLET_DISABLED_OLD(name, _func)	\
	struct tasklet_struct name = { .count = ATOMIC_INIT(1), .func = _func }
#define from_tasklet(var, callback_tasklet, tasklet_fieldname)	\
	container_of(callback_tasklet, __typeof__(*var), tasklet_fieldname)

static inline void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long data)
{
	*t = (struct tasklet_struct){ .func = func, .data = data };
}
static inline void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct *))
{
	*t = (struct tasklet_struct){ .use_callback = true, .callback = callback };
}
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_hi_schedule(struct tasklet_struct *t);
void tasklet_kill(struct tasklet_struct *t);
void tasklet_enable(struct tasklet_struct *t);
void tasklet_disable(struct tasklet_struct *t);
void tasklet_disable_nosync(struct tasklet_struct *t);

#endif
