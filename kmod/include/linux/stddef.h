/* stddef.h - see types.h. */
#include <linux/types.h>
