/* GPIO pins: pin 4 is wired to pin 17 outside, pin 18 is a button. */
#include <linux/module.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/gpio.h>
#include <linux/gpio/consumer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>

static int forget;
module_param(forget, int, 0);

static struct gpio ends[] = {
	{ 4, GPIOF_OUT_INIT_LOW, "out" },
	{ 17, GPIOF_IN, "in" },
};
static int edges, levels, woken;
static DECLARE_COMPLETION(pressed);

static irqreturn_t on_edge(int irq, void *dev)
{
	edges++;
	return IRQ_HANDLED;
}

/* A level is over when it is made so. */
static irqreturn_t on_level(int irq, void *dev)
{
	levels++;
	gpio_set_value(4, 0);
	return IRQ_HANDLED;
}

static irqreturn_t in_thread(int irq, void *dev)
{
	woken++;
	gpio_set_value(4, 0);
	return IRQ_HANDLED;
}

static irqreturn_t on_button(int irq, void *dev)
{
	complete(&pressed);
	return IRQ_HANDLED;
}

static void toggle(int times)
{
	while (times-- > 0) {
		gpio_set_value(4, 1);
		usleep_range(200, 300);
		gpio_set_value(4, 0);
		usleep_range(200, 300);
	}
}

static void triggers(void)
{
	int irq = gpio_to_irq(17), r;

	r = request_irq(irq, on_edge, IRQF_TRIGGER_RISING, "rise", NULL);
	toggle(3);
	disable_irq(irq);
	toggle(2);
	pr_info("rising %d: %d\n", r, edges);
	enable_irq(irq);
	usleep_range(200, 300);
	pr_info("after enable_irq: %d\n", edges);
	free_irq(irq, NULL);
	toggle(2);
	edges = 0;
	r = request_irq(irq, on_edge, IRQF_TRIGGER_RISING | IRQF_TRIGGER_FALLING, "both", NULL);
	toggle(3);
	pr_info("both %d: %d\n", r, edges);
	pr_info("again %d\n", request_irq(irq, on_edge, IRQF_TRIGGER_RISING, "both", NULL));
	free_irq(irq, NULL);
	r = request_irq(irq, on_level, IRQF_TRIGGER_HIGH, "level", NULL);
	gpio_set_value(4, 1);
	usleep_range(200, 300);
	pr_info("high %d: %d\n", r, levels);
	free_irq(irq, NULL);
	r = request_threaded_irq(irq, NULL, in_thread, IRQF_TRIGGER_HIGH | IRQF_ONESHOT, "threaded", NULL);
	gpio_set_value(4, 1);
	msleep(1);
	pr_info("threaded %d: %d\n", r, woken);
	free_irq(irq, NULL);
}

static void descriptors(void)
{
	struct gpio_desc *out = gpio_to_desc(4), *in = gpio_to_desc(17);

	gpiod_set_value(out, 1);
	pr_info("by descriptor %d %d %d\n", desc_to_gpio(out), gpiod_get_value(in), gpiod_to_irq(in) == gpio_to_irq(17));
	gpiod_set_value(out, 0);
	pr_info("again %d, debounced %d\n", gpiod_get_value(in), gpio_set_debounce(17, 10));
}

static int __init pins_init(void)
{
	int r;

	pr_info("array %d\n", gpio_request_array(ends, ARRAY_SIZE(ends)));
	pr_info("busy %d\n", gpio_request(17, "other"));
	pr_info("none %d\n", gpio_request(99, "other"));
	pr_info("negative %d\n", gpio_request(-1, "other"));
	pr_info("levels %d %d\n", gpio_get_value(4), gpio_get_value(17));
	gpio_set_value(4, 1);
	pr_info("levels %d %d\n", gpio_get_value(4), gpio_get_value(17));
	gpio_direction_input(4);
	pr_info("floating %d\n", gpio_get_value(17));
	gpio_direction_output(4, 0);
	descriptors();
	triggers();
	r = gpio_request_one(18, GPIOF_IN, "button");
	if (r == 0)
		r = request_irq(gpio_to_irq(18), on_button, IRQF_TRIGGER_RISING, "button", &pressed);
	pr_info("button %d, pressed in time %d\n", r, wait_for_completion_timeout(&pressed, 2 * HZ) != 0);
	return 0;
}

static void __exit pins_exit(void)
{
	if (forget)
		return;
	free_irq(gpio_to_irq(18), &pressed);
	gpio_free(18);
	gpio_free_array(ends, ARRAY_SIZE(ends));
	gpio_free(18);
}

module_init(pins_init);
module_exit(pins_exit);
MODULE_LICENSE("GPL");
