/* gfp.h - how to allocate. This kernel may always sleep, so the flags only
 * choose between cleared and uncleared memory.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/types.h>

#define GFP_ATOMIC	((gfp_t)0x820)
#define GFP_KERNEL	((gfp_t)0xcc0)
#define GFP_NOWAIT	((gfp_t)0x800)
#define GFP_NOIO	((gfp_t)0xc00)
#define GFP_NOFS	((gfp_t)0xc40)
#define GFP_USER	((gfp_t)0x100cc0)
#define GFP_DMA		((gfp_t)0x1)
#define __GFP_ZERO	((gfp_t)0x100)
#define __GFP_NOWARN	((gfp_t)0x2000)

#endif
