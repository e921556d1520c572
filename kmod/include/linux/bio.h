/* bio.h - one transfer, of adjacent sectors. */
#ifndef _LINUX_BIO_H
#define _LINUX_BIO_H

#include <linux/blk_types.h>

#define bio_op(bio)		((enum req_op)((bio)->bi_opf & REQ_OP_MASK))
#define bio_data_dir(bio)	(op_is_write(bio_op(bio)) ? WRITE : READ)
#define bio_sectors(bio)	((bio)->bi_iter.bi_size >> 9)
#define bio_end_sector(bio)	((bio)->bi_iter.bi_sector + bio_sectors(bio))

static inline void __bio_next(const struct bio *bio, struct bvec_iter *iter, unsigned int bytes)
{
	iter->bi_sector += bytes >> 9;
	bvec_iter_advance_single(bio->bi_io_vec, iter, bytes);
}
#define __bio_for_each_segment(bvl, bio, iter, start)				\
	for ((iter) = (start);							\
	     (iter).bi_size && ((bvl) = bvec_iter_bvec((bio)->bi_io_vec, (iter)), 1);	\
	     __bio_next((bio), &(iter), (bvl).bv_len))
#define bio_for_each_segment(bvl, bio, iter)	__bio_for_each_segment(bvl, bio, iter, (bio)->bi_iter)

/* Ends a bio that submit_bio got, with bi_status. */
void bio_endio(struct bio *bio);
static inline void bio_io_error(struct bio *bio)
{
	bio->bi_status = BLK_STS_IOERR;
	bio_endio(bio);
}

#endif
