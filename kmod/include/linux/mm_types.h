/* mm_types.h - see linux/mm.h. */
#include <linux/mm.h>
