/* blk-mq.h - the queue of a block device: requests that the driver takes, by
 * queue_rq, and ends. There is one hardware queue.
 */
#ifndef _LINUX_BLK_MQ_H
#define _LINUX_BLK_MQ_H

#include <linux/blkdev.h>

struct blk_mq_tag_set;
struct blk_mq_hw_ctx;

/* What a driver has of its own for a request (cmd_size bytes) stands behind it. */
struct request {
	struct request_queue *q;
	struct blk_mq_hw_ctx *mq_hctx;
	blk_opf_t cmd_flags;
	unsigned int rq_flags;
	int tag;
	unsigned int timeout;
	unsigned int __data_len;
	unsigned int state;
	sector_t __sector;
	struct bio *bio;
	struct bio *biotail;
	void *end_io_data;
	struct block_device *part;
};
#define __RQ_SIZE	((sizeof(struct request) + 15) & ~15UL)

struct blk_mq_queue_data {
	struct request *rq;
	bool last;
};

struct blk_mq_hw_ctx {
	struct request_queue *queue;
	void *driver_data;
	unsigned long state;
	unsigned long flags;
	unsigned int queue_num;
	int numa_node;
};

enum blk_eh_timer_return { BLK_EH_DONE, BLK_EH_RESET_TIMER };

/* queue_rq, complete, init_hctx, exit_hctx, init_request and exit_request are
 * called. After BLK_STS_RESOURCE queue_rq is called again, a little later.
 */
struct blk_mq_ops {
	blk_status_t (*queue_rq)(struct blk_mq_hw_ctx *, const struct blk_mq_queue_data *);
	void (*commit_rqs)(struct blk_mq_hw_ctx *);
	void (*queue_rqs)(struct request **rqlist);
	int (*get_budget)(struct request_queue *);
	void (*put_budget)(struct request_queue *, int);
	void (*set_rq_budget_token)(struct request *, int);
	int (*get_rq_budget_token)(struct request *);
	enum blk_eh_timer_return (*timeout)(struct request *);
	int (*poll)(struct blk_mq_hw_ctx *, struct io_comp_batch *);
	void (*complete)(struct request *);
	int (*init_hctx)(struct blk_mq_hw_ctx *, void *, unsigned int);
	void (*exit_hctx)(struct blk_mq_hw_ctx *, unsigned int);
	int (*init_request)(struct blk_mq_tag_set *set, struct request *, unsigned int, unsigned int);
	void (*exit_request)(struct blk_mq_tag_set *set, struct request *, unsigned int);
	void (*cleanup_rq)(struct request *);
	bool (*busy)(struct request_queue *);
	void (*map_queues)(struct blk_mq_tag_set *set);
};

#define BLK_MQ_F_SHOULD_MERGE	(1 << 0)
#define BLK_MQ_F_BLOCKING	(1 << 5)
#define BLK_MQ_MAX_DEPTH	10240

struct blk_mq_tag_set {
	const struct blk_mq_ops *ops;
	unsigned int nr_maps;
	unsigned int nr_hw_queues;
	unsigned int queue_depth;
	unsigned int reserved_tags;
	unsigned int cmd_size;
	int numa_node;
	unsigned int timeout;
	unsigned int flags;
	void *driver_data;
	void *tags;
};

int blk_mq_alloc_tag_set(struct blk_mq_tag_set *set);
void blk_mq_free_tag_set(struct blk_mq_tag_set *set);
struct gendisk *__blk_mq_alloc_disk(struct blk_mq_tag_set *set, void *queuedata);
#define blk_mq_alloc_disk(set, queuedata)	__blk_mq_alloc_disk(set, queuedata)

void blk_mq_start_request(struct request *rq);
void blk_mq_end_request(struct request *rq, blk_status_t error);
void __blk_mq_end_request(struct request *rq, blk_status_t error);
void blk_mq_complete_request(struct request *rq);
/* True if something of the request is left. */
bool blk_update_request(struct request *rq, blk_status_t error, unsigned int nr_bytes);

static inline void *blk_mq_rq_to_pdu(struct request *rq) { return (char *)rq + __RQ_SIZE; }
static inline struct request *blk_mq_rq_from_pdu(void *pdu) { return (struct request *)((char *)pdu - __RQ_SIZE); }

#define req_op(req)		((enum req_op)((req)->cmd_flags & REQ_OP_MASK))
#define rq_data_dir(rq)		(op_is_write(req_op(rq)) ? WRITE : READ)
#define rq_dma_dir(rq)		(op_is_write(req_op(rq)) ? DMA_TO_DEVICE : DMA_FROM_DEVICE)
static inline bool blk_rq_is_passthrough(struct request *rq)
{
	return req_op(rq) == REQ_OP_DRV_IN || req_op(rq) == REQ_OP_DRV_OUT;
}
static inline sector_t blk_rq_pos(const struct request *rq) { return rq->__sector; }
static inline unsigned int blk_rq_bytes(const struct request *rq) { return rq->__data_len; }
static inline unsigned int blk_rq_sectors(const struct request *rq) { return rq->__data_len >> SECTOR_SHIFT; }
static inline unsigned int blk_rq_cur_bytes(const struct request *rq)
{
	return rq->bio ? bvec_iter_bvec(rq->bio->bi_io_vec, rq->bio->bi_iter).bv_len : 0;
}

struct req_iterator {
	struct bvec_iter iter;
	struct bio *bio;
};
#define __rq_for_each_bio(_bio, rq)	for ((_bio) = (rq)->bio; (_bio); (_bio) = (_bio)->bi_next)
#define rq_for_each_segment(bvl, _rq, _iter)		\
	__rq_for_each_bio((_iter).bio, _rq)		\
		bio_for_each_segment(bvl, (_iter).bio, (_iter).iter)
#define rq_iter_last(bvec, _iter)			\
	((_iter).bio->bi_next == NULL && (_iter).iter.bi_size == (bvec).bv_len)

#endif
