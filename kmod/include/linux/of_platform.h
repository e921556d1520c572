/* of_platform.h - see of_device.h. */
#include <linux/of_device.h>
