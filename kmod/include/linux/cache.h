/* cache.h - where data lies. */
#ifndef _LINUX_CACHE_H
#define _LINUX_CACHE_H

#include <linux/compiler.h>

/* Written by init only: read-only from then on. */
#define __ro_after_init		__section(".data..ro_after_init")
#define __read_mostly

#endif
