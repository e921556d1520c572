/* property.h - what the device tree says of a device. */
#ifndef _LINUX_PROPERTY_H
#define _LINUX_PROPERTY_H

#include <linux/device.h>
#include <linux/of.h>

static inline bool device_property_present(const struct device *dev, const char *name)
{
	return of_property_present(dev->of_node, name);
}
static inline bool device_property_read_bool(const struct device *dev, const char *name)
{
	return device_property_present(dev, name);
}
static inline int device_property_read_u32(const struct device *dev, const char *name, u32 *out)
{
	return of_property_read_u32(dev->of_node, name, out);
}
static inline int device_property_read_u32_array(const struct device *dev, const char *name, u32 *out, size_t n)
{
	return of_property_read_u32_array(dev->of_node, name, out, n);
}
static inline int device_property_count_u32(const struct device *dev, const char *name)
{
	return of_property_count_u32_elems(dev->of_node, name);
}
static inline int device_property_read_string(const struct device *dev, const char *name, const char **out)
{
	return of_property_read_string(dev->of_node, name, out);
}

#endif
