/* Two disks in memory: td0 takes requests, ends them later and piece by piece, and
 * has no room now and then; td1 takes bios. The sectors 64 to 71 of td0 are bad.
 */
#include <linux/module.h>
#include <linux/blk-mq.h>
#include <linux/hdreg.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define SECTORS	256
#define BAD	64
#define BADS	8

static int forget;
module_param(forget, int, 0);
static int major, refused, inits, opens;
static u8 *data[2];
static struct gendisk *disk[2];
static struct blk_mq_tag_set set;

struct cmd {
	struct work_struct work;
	struct request *rq;
	u32 magic;
};
#define MAGIC	0x600d600d

static void copy(u8 *mem, struct bio_vec *v, bool write)
{
	void *p = kmap_local_page(v->bv_page) + v->bv_offset;

	if (write)
		memcpy(mem, p, v->bv_len);
	else
		memcpy(p, mem, v->bv_len);
	kunmap_local(p);
}

/* Ends one segment after the other. */
static void serve(struct work_struct *work)
{
	struct cmd *cmd = container_of(work, struct cmd, work);
	struct request *rq = cmd->rq;
	blk_status_t status = BLK_STS_OK;
	unsigned int n;

	do {
		struct bio_vec v = bvec_iter_bvec(rq->bio->bi_io_vec, rq->bio->bi_iter);

		n = blk_rq_cur_bytes(rq);
		if (blk_rq_pos(rq) + n / SECTOR_SIZE > BAD && blk_rq_pos(rq) < BAD + BADS)
			status = BLK_STS_IOERR;
		else
			copy(data[0] + blk_rq_pos(rq) * SECTOR_SIZE, &v, rq_data_dir(rq) == WRITE);
	} while (blk_update_request(rq, status, n));
	__blk_mq_end_request(rq, status);
}

static blk_status_t td_queue(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct cmd *cmd = blk_mq_rq_to_pdu(bd->rq);
	static int n;

	if (n++ % 5 == 3) {
		refused++;
		return BLK_STS_RESOURCE;
	}
	if (cmd->magic != MAGIC || hctx->driver_data != &set || bd->rq->q->queuedata != data[0])
		return BLK_STS_IOERR;
	blk_mq_start_request(bd->rq);
	cmd->rq = bd->rq;
	INIT_WORK(&cmd->work, serve);
	schedule_work(&cmd->work);
	return BLK_STS_OK;
}

static int td_init_hctx(struct blk_mq_hw_ctx *hctx, void *driver_data, unsigned int i)
{
	hctx->driver_data = driver_data;
	return 0;
}

static int td_init_request(struct blk_mq_tag_set *s, struct request *rq, unsigned int hctx, unsigned int node)
{
	((struct cmd *)blk_mq_rq_to_pdu(rq))->magic = MAGIC;
	inits++;
	return 0;
}

static void td_exit_request(struct blk_mq_tag_set *s, struct request *rq, unsigned int hctx)
{
	inits--;
}

static const struct blk_mq_ops td_mq_ops = {
	.queue_rq = td_queue,
	.init_hctx = td_init_hctx,
	.init_request = td_init_request,
	.exit_request = td_exit_request,
};

static void td_submit(struct bio *bio)
{
	u8 *mem = data[1] + bio->bi_iter.bi_sector * SECTOR_SIZE;
	struct bvec_iter iter;
	struct bio_vec v;

	bio_for_each_segment(v, bio, iter) {
		copy(mem, &v, bio_data_dir(bio) == WRITE);
		mem += v.bv_len;
	}
	bio_endio(bio);
}

static int td_open(struct gendisk *d, blk_mode_t mode)
{
	opens++;
	return 0;
}

static void td_release(struct gendisk *d)
{
	opens--;
}

static int td_getgeo(struct block_device *bdev, struct hd_geometry *geo)
{
	geo->heads = 4;
	geo->sectors = 16;
	geo->cylinders = get_capacity(bdev->bd_disk) / 64;
	return 0;
}

static const struct block_device_operations td_ops[] = {
	{ .owner = THIS_MODULE, .open = td_open, .release = td_release, .getgeo = td_getgeo },
	{ .owner = THIS_MODULE, .submit_bio = td_submit },
};

static int add(int i)
{
	disk[i]->major = major;
	disk[i]->first_minor = i;
	disk[i]->minors = 1;
	disk[i]->fops = &td_ops[i];
	snprintf(disk[i]->disk_name, DISK_NAME_LEN, "td%d", i);
	set_capacity(disk[i], SECTORS);
	return add_disk(disk[i]);
}

static int __init disks_init(void)
{
	struct blk_mq_tag_set bad = { .ops = &td_mq_ops };

	major = register_blkdev(0, "testdisk");
	data[0] = vzalloc(SECTORS * SECTOR_SIZE);
	data[1] = vzalloc(SECTORS * SECTOR_SIZE);
	if (major < 0 || !data[0] || !data[1])
		return -ENOMEM;
	set.ops = &td_mq_ops;
	set.nr_hw_queues = 1;
	set.queue_depth = 4;
	set.cmd_size = sizeof(struct cmd);
	set.driver_data = &set;
	pr_info("bad set %d\n", blk_mq_alloc_tag_set(&bad));
	pr_info("set %d\n", blk_mq_alloc_tag_set(&set));
	pr_info("requests %d\n", inits);
	disk[0] = blk_mq_alloc_disk(&set, data[0]);
	disk[1] = blk_alloc_disk(NUMA_NO_NODE);
	if (IS_ERR(disk[0]) || !disk[1])
		return -ENOMEM;
	blk_queue_logical_block_size(disk[0]->queue, 1024);
	blk_queue_max_hw_sectors(disk[0]->queue, 24);
	pr_info("added %d\n", add(0));
	pr_info("added %d\n", add(1));
	pr_info("taken %d\n", register_blkdev(major, "other"));
	return 0;
}

static void __exit disks_exit(void)
{
	int i;

	if (forget)
		return;
	for (i = 0; i < 2; i++) {
		del_gendisk(disk[i]);
		put_disk(disk[i]);
	}
	blk_mq_free_tag_set(&set);
	vfree(data[0]);
	vfree(data[1]);
	unregister_blkdev(major, "testdisk");
	pr_info("requests %d, open %d, refused %s\n", inits, opens, refused ? "some" : "none");
}

module_init(disks_init);
module_exit(disks_exit);
MODULE_LICENSE("GPL");
