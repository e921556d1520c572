/* processor.h - waiting in a loop. */
#ifndef _LINUX_PROCESSOR_H
#define _LINUX_PROCESSOR_H

#include <linux/compiler.h>

#define cpu_relax()	barrier()

#endif
