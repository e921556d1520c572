/* aio.h - see linux/fs.h: struct kiocb. */
#include <linux/fs.h>
