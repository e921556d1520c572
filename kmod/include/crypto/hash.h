/* crypto/hash.h - message digests by name: "sha256", "sha512", "sha1", "md5",
 * "hmac(sha256)"... computed at once.
 */
#ifndef _CRYPTO_HASH_H
#define _CRYPTO_HASH_H

#include <linux/crypto.h>
#include <linux/slab.h>

/* The kernel has the same layout. */
struct crypto_shash {
	unsigned int digestsize;
	unsigned int blocksize;
	unsigned int descsize;
};

/* What follows the structure is the digest's state. */
struct shash_desc {
	struct crypto_shash *tfm;
	void *__ctx[];
};

#define HASH_MAX_DIGESTSIZE	64
#define HASH_MAX_DESCSIZE	256
#define SHASH_DESC_ON_STACK(shash, ctx)						\
	char __##shash##_desc[sizeof(struct shash_desc) + HASH_MAX_DESCSIZE] __aligned(16);	\
	struct shash_desc *shash = (struct shash_desc *)__##shash##_desc

struct crypto_shash *crypto_alloc_shash(const char *alg_name, u32 type, u32 mask);
void crypto_free_shash(struct crypto_shash *tfm);
int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int keylen);
int crypto_shash_init(struct shash_desc *desc);
int crypto_shash_update(struct shash_desc *desc, const u8 *data, unsigned int len);
int crypto_shash_final(struct shash_desc *desc, u8 *out);
static inline unsigned int crypto_shash_digestsize(struct crypto_shash *tfm) { return tfm->digestsize; }
static inline unsigned int crypto_shash_blocksize(struct crypto_shash *tfm) { return tfm->blocksize; }
static inline unsigned int crypto_shash_descsize(struct crypto_shash *tfm) { return tfm->descsize; }
static inline int crypto_shash_finup(struct shash_desc *desc, const u8 *data, unsigned int len, u8 *out)
{
	int err = crypto_shash_update(desc, data, len);

	return err ? err : crypto_shash_final(desc, out);
}
static inline int crypto_shash_digest(struct shash_desc *desc, const u8 *data, unsigned int len, u8 *out)
{
	int err = crypto_shash_init(desc);

	return err ? err : crypto_shash_finup(desc, data, len, out);
}
static inline void shash_desc_zero(struct shash_desc *desc) { desc->__ctx[0] = NULL; }

#endif
