/* crypto.h */
#ifndef _LINUX_CRYPTO_H
#define _LINUX_CRYPTO_H

#include <linux/types.h>
#include <linux/err.h>

struct crypto_shash;
struct shash_desc;

#define CRYPTO_MAX_ALG_NAME	128

#endif
