/* device/driver.h - see linux/device.h. */
#include <linux/device.h>
