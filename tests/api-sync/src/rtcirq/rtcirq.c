/* Interrupts of the board's clock: on riscv64 a goldfish RTC with an alarm, on the
 * PC an MC146818 with periodic interrupts.
 */
#include <linux/module.h>
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

static int threaded;
module_param(threaded, int, 0);
static int seen, bottom, woken;
static DECLARE_COMPLETION(done);

#if defined(__riscv)
#define CLOCK_IRQ	11
#define CLOCK_BASE	0x101000
#define CLOCK_SIZE	0x24
#define TIME_LOW	0x00
#define TIME_HIGH	0x04
#define ALARM_LOW	0x08
#define ALARM_HIGH	0x0c
#define IRQ_ENABLED	0x10
#define CLEAR_IRQ	0x1c
#define IRQ_EVERY	2000000 /* ns */

static void __iomem *base;

static int clock_open(void)
{
	if (!request_mem_region(CLOCK_BASE, CLOCK_SIZE, "rtcirq"))
		return -EBUSY;
	base = ioremap(CLOCK_BASE, CLOCK_SIZE);
	return base ? 0 : -ENOMEM;
}

static void clock_arm(void)
{
	u64 t = readl(base + TIME_LOW);

	t |= (u64)readl(base + TIME_HIGH) << 32;
	t += IRQ_EVERY;
	writel(1, base + IRQ_ENABLED);
	writel(t >> 32, base + ALARM_HIGH);
	writel(t, base + ALARM_LOW);
}

static void clock_ack(void)
{
	writel(0, base + CLEAR_IRQ);
	clock_arm();
}

static void clock_close(void)
{
	writel(0, base + IRQ_ENABLED);
	iounmap(base);
	release_mem_region(CLOCK_BASE, CLOCK_SIZE);
}
#else
#define CLOCK_IRQ	8
#define PORT		0x70
#define REG_A		0x0a
#define REG_B		0x0b
#define REG_C		0x0c
#define RATE_512HZ	7
#define PERIODIC	0x40

static u8 old_b;

static u8 cmos(int reg)
{
	outb(reg, PORT);
	return inb(PORT + 1);
}

static void set_cmos(int reg, u8 v)
{
	outb(reg, PORT);
	outb(v, PORT + 1);
}

static int clock_open(void)
{
	return request_region(PORT, 2, "rtcirq") ? 0 : -EBUSY;
}

static void clock_arm(void)
{
	set_cmos(REG_A, (cmos(REG_A) & 0xf0) | RATE_512HZ);
	old_b = cmos(REG_B);
	set_cmos(REG_B, old_b | PERIODIC);
	cmos(REG_C);
}

static void clock_ack(void)
{
	cmos(REG_C);
}

static void clock_close(void)
{
	set_cmos(REG_B, old_b);
	release_region(PORT, 2);
}
#endif

static void work_fn(struct work_struct *w)
{
	bottom++;
}
static DECLARE_WORK(work, work_fn);

static irqreturn_t handler(int irq, void *dev)
{
	clock_ack();
	if (++seen == 1)
		pr_info("irq %s hardirq %d task %d irqs off %d\n", irq == CLOCK_IRQ ? "right" : "wrong", !!in_irq(),
			in_task(), irqs_disabled());
	schedule_work(&work);
	if (threaded)
		return IRQ_WAKE_THREAD;
	if (seen == 5)
		complete(&done);
	return IRQ_HANDLED;
}

static irqreturn_t thread_fn(int irq, void *dev)
{
	if (++woken == 3) {
		pr_info("thread %s, task %d\n", current->comm, in_task());
		complete(&done);
	}
	return IRQ_HANDLED;
}

static int __init rtcirq_init(void)
{
	int r = clock_open();

	if (r)
		return r;
	if (threaded)
		r = request_threaded_irq(CLOCK_IRQ, handler, thread_fn, IRQF_SHARED, "rtcirq", &done);
	else
		r = request_irq(CLOCK_IRQ, handler, IRQF_SHARED, "rtcirq", &done);
	pr_info("request %d\n", r);
	pr_info("exclusive %d\n", request_irq(CLOCK_IRQ, handler, 0, "other", NULL));
	pr_info("none such %d\n", request_irq(1000, handler, 0, "other", NULL));
	clock_arm();
	pr_info("in time %d\n", wait_for_completion_timeout(&done, HZ) != 0);
	disable_irq(CLOCK_IRQ);
	r = seen;
	schedule_timeout_uninterruptible(3);
	pr_info("disabled %d\n", r == seen);
	reinit_completion(&done);
	seen = 2;
	woken = 0;
	enable_irq(CLOCK_IRQ);
	pr_info("again %d\n", wait_for_completion_timeout(&done, HZ) != 0);
	return 0;
}

static void __exit rtcirq_exit(void)
{
	disable_irq(CLOCK_IRQ);
	enable_irq(CLOCK_IRQ);
	free_irq(CLOCK_IRQ, &done);
	free_irq(CLOCK_IRQ, &done);
	clock_close();
	cancel_work_sync(&work);
	pr_info("bottom half %s\n", bottom ? "ran" : "never ran");
}

module_init(rtcirq_init);
module_exit(rtcirq_exit);
MODULE_LICENSE("GPL");
