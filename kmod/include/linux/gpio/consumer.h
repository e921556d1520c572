/* gpio/consumer.h - pins by descriptor. A descriptor stands for a number; pins have
 * no names that a device could ask for (gpiod_get), since no board gives any.
 */
#ifndef _LINUX_GPIO_CONSUMER_H
#define _LINUX_GPIO_CONSUMER_H

#include <linux/err.h>
#include <linux/gpio.h>

/* A pointer that is never followed: the number and 1. */
struct gpio_desc;

static inline struct gpio_desc *gpio_to_desc(unsigned gpio)
{
	return gpio_is_valid(gpio) ? (struct gpio_desc *)((unsigned long)gpio + 1) : NULL;
}
static inline int desc_to_gpio(const struct gpio_desc *desc) { return (int)((unsigned long)desc - 1); }

static inline int gpiod_direction_input(struct gpio_desc *desc) { return gpio_direction_input(desc_to_gpio(desc)); }
static inline int gpiod_direction_output(struct gpio_desc *desc, int value)
{
	return gpio_direction_output(desc_to_gpio(desc), value);
}
static inline int gpiod_get_value(const struct gpio_desc *desc) { return gpio_get_value(desc_to_gpio(desc)); }
static inline void gpiod_set_value(struct gpio_desc *desc, int value) { gpio_set_value(desc_to_gpio(desc), value); }
static inline int gpiod_to_irq(const struct gpio_desc *desc) { return gpio_to_irq(desc_to_gpio(desc)); }

#define GPIO_LINE_DIRECTION_IN	1
#define GPIO_LINE_DIRECTION_OUT	0
static inline int gpiod_get_direction(struct gpio_desc *desc) { return __gpio_get_direction(desc_to_gpio(desc)); }
static inline int gpiod_export(struct gpio_desc *desc, bool direction_may_change)
{
	return __gpio_export(desc_to_gpio(desc), direction_may_change);
}
static inline void gpiod_unexport(struct gpio_desc *desc) { __gpio_unexport(desc_to_gpio(desc)); }

/* No pin is active low, and none makes its caller wait. */
static inline int gpiod_is_active_low(const struct gpio_desc *desc) { return 0; }
static inline int gpiod_cansleep(const struct gpio_desc *desc) { return 0; }
#define gpiod_get_raw_value(desc)		gpiod_get_value(desc)
#define gpiod_set_raw_value(desc, value)	gpiod_set_value(desc, value)
#define gpiod_get_value_cansleep(desc)		gpiod_get_value(desc)
#define gpiod_set_value_cansleep(desc, value)	gpiod_set_value(desc, value)

/* Pins by what a device calls them: no board says so of any. */
enum gpiod_flags {
	GPIOD_ASIS = 0,
	GPIOD_IN = 1,
	GPIOD_OUT_LOW = 3,
	GPIOD_OUT_HIGH = 7,
};

static inline struct gpio_desc *gpiod_get_index(struct device *dev, const char *con_id, unsigned int idx, enum gpiod_flags flags)
{
	return ERR_PTR(-ENOENT);
}
static inline void gpiod_put(struct gpio_desc *desc) { gpio_free(desc_to_gpio(desc)); }
#define gpiod_get(dev, con_id, flags)			gpiod_get_index(dev, con_id, 0, flags)
#define gpiod_get_optional(dev, con_id, flags)		((struct gpio_desc *)NULL)
#define devm_gpiod_get(dev, con_id, flags)		gpiod_get(dev, con_id, flags)
#define devm_gpiod_get_index(dev, con_id, idx, flags)	gpiod_get_index(dev, con_id, idx, flags)
#define devm_gpiod_get_optional(dev, con_id, flags)	gpiod_get_optional(dev, con_id, flags)

#endif
