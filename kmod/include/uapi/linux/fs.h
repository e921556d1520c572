/* uapi/linux/fs.h - see linux/fs.h. */
#include <linux/fs.h>
