/* bvec.h - parts of pages, and where in a list of them one is. */
#ifndef _LINUX_BVEC_H
#define _LINUX_BVEC_H

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/highmem.h>

struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset;
};

struct bvec_iter {
	sector_t bi_sector;
	unsigned int bi_size;
	unsigned int bi_idx;
	unsigned int bi_bvec_done;
};

/* What is left of the part the iterator is in. */
static inline struct bio_vec bvec_iter_bvec(const struct bio_vec *list, struct bvec_iter iter)
{
	struct bio_vec v = list[iter.bi_idx];

	v.bv_offset += iter.bi_bvec_done;
	v.bv_len -= iter.bi_bvec_done;
	if (v.bv_len > iter.bi_size)
		v.bv_len = iter.bi_size;
	return v;
}

/* Moves on by at most the rest of that part. */
static inline void bvec_iter_advance_single(const struct bio_vec *list, struct bvec_iter *iter, unsigned int bytes)
{
	iter->bi_size -= bytes;
	iter->bi_bvec_done += bytes;
	if (iter->bi_bvec_done == list[iter->bi_idx].bv_len) {
		iter->bi_bvec_done = 0;
		iter->bi_idx++;
	}
}

static inline void *bvec_kmap_local(struct bio_vec *bvec)
{
	return (char *)kmap_local_page(bvec->bv_page) + bvec->bv_offset;
}
static inline void memcpy_from_bvec(char *to, struct bio_vec *bvec)
{
	memcpy(to, bvec_kmap_local(bvec), bvec->bv_len);
}
static inline void memcpy_to_bvec(struct bio_vec *bvec, const char *from)
{
	memcpy(bvec_kmap_local(bvec), from, bvec->bv_len);
}

#endif
