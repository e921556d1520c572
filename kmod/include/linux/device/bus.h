/* device/bus.h - see linux/device.h. */
#include <linux/device.h>
