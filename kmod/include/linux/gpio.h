/* gpio.h - the pins of the board's GPIO controller, by number.
 *
 * A pin is requested, made an input or an output, used, and freed. Requests fail
 * with -EBUSY where somebody else has the pin, and with -EPROBE_DEFER where no
 * controller does.
 */
#ifndef _LINUX_GPIO_H
#define _LINUX_GPIO_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/compiler.h>

struct device;

#define GPIOF_DIR_OUT		(0 << 0)
#define GPIOF_DIR_IN		(1 << 0)
#define GPIOF_INIT_LOW		(0 << 1)
#define GPIOF_INIT_HIGH		(1 << 1)
#define GPIOF_IN		GPIOF_DIR_IN
#define GPIOF_OUT_INIT_LOW	(GPIOF_DIR_OUT | GPIOF_INIT_LOW)
#define GPIOF_OUT_INIT_HIGH	(GPIOF_DIR_OUT | GPIOF_INIT_HIGH)

struct gpio {
	unsigned gpio;
	unsigned long flags;
	const char *label;
};

/* Whether a number can be a pin's; no controller need have it. */
static inline bool gpio_is_valid(int number) { return number >= 0; }

int gpio_request(unsigned gpio, const char *label);
int gpio_request_one(unsigned gpio, unsigned long flags, const char *label);
int gpio_request_array(const struct gpio *array, size_t num);
void gpio_free(unsigned gpio);
void gpio_free_array(const struct gpio *array, size_t num);

int gpio_direction_input(unsigned gpio);
int gpio_direction_output(unsigned gpio, int value);
int __gpio_get_direction(unsigned gpio);
int gpio_get_value(unsigned gpio);
void gpio_set_value(unsigned gpio, int value);

/* The controller cannot do that. */
static inline int gpio_set_debounce(unsigned gpio, unsigned debounce) { return -ENOTSUPP; }

/* These pins never make a caller wait. */
static inline int gpio_cansleep(unsigned gpio) { return 0; }
static inline int gpio_get_value_cansleep(unsigned gpio) { return gpio_get_value(gpio); }
static inline void gpio_set_value_cansleep(unsigned gpio, int value) { gpio_set_value(gpio, value); }

/* Files for programs, /sys/class/gpio/gpioN. Linux 6.3 dropped these names and
 * kept gpiod_export.
 */
int __gpio_export(unsigned gpio, bool direction_may_change);
void __gpio_unexport(unsigned gpio);
static inline int gpio_export(unsigned gpio, bool direction_may_change) { return __gpio_export(gpio, direction_may_change); }
static inline void gpio_unexport(unsigned gpio) { __gpio_unexport(gpio); }

/* The number for request_irq, whose IRQF_TRIGGER_* say when it fires. */
int gpio_to_irq(unsigned gpio);

#endif
