/* asm/pgtable.h - see linux/mm.h. */
#include <linux/mm.h>
