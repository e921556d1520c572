/* of_device.h - devices that a node of the device tree describes. */
#ifndef _LINUX_OF_DEVICE_H
#define _LINUX_OF_DEVICE_H

#include <linux/device.h>
#include <linux/of.h>

static inline const struct of_device_id *of_match_device(const struct of_device_id *matches, const struct device *dev)
{
	return matches && dev->of_node ? of_match_node(matches, dev->of_node) : NULL;
}

static inline const void *of_device_get_match_data(const struct device *dev)
{
	const struct of_device_id *match = dev->driver ? of_match_device(dev->driver->of_match_table, dev) : NULL;

	return match ? match->data : NULL;
}
#define device_get_match_data	of_device_get_match_data

#endif
