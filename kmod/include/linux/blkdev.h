/* blkdev.h - block devices and their disks.
 *
 * A disk is allocated (blk_mq_alloc_disk, or blk_alloc_disk for a driver that takes
 * bios), given its number, name, operations and size, added, and in the end deleted
 * and put. It has no partitions.
 */
#ifndef _LINUX_BLKDEV_H
#define _LINUX_BLKDEV_H

#include <linux/types.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/blk_types.h>
#include <linux/bio.h>
#include <linux/slab.h>
#include <linux/err.h>
#include <linux/module.h>

#ifndef READ
#define READ			0
#define WRITE			1
#endif

#define SECTOR_SHIFT		9
#define SECTOR_SIZE		(1 << SECTOR_SHIFT)
#define SECTOR_MASK		((PAGE_SIZE >> SECTOR_SHIFT) - 1)
#define PAGE_SECTORS_SHIFT	(PAGE_SHIFT - SECTOR_SHIFT)
#define PAGE_SECTORS		(1 << PAGE_SECTORS_SHIFT)
#define DISK_NAME_LEN		32
#ifndef NUMA_NO_NODE
#define NUMA_NO_NODE		(-1)
#endif

struct blk_mq_tag_set;
struct blk_report_zones;
struct hd_geometry;
struct io_comp_batch;

/* The driver may change them before the disk is added. A request has whole logical
 * blocks, at most max_hw_sectors sectors and at most max_segments pages.
 */
struct queue_limits {
	unsigned int max_hw_sectors;
	unsigned int max_segment_size;
	unsigned int physical_block_size;
	unsigned int logical_block_size;
	unsigned int io_min;
	unsigned int io_opt;
	unsigned short max_segments;
};

struct request_queue {
	void *queuedata;
	unsigned long queue_flags;
	struct queue_limits limits;
	struct gendisk *disk;
	struct blk_mq_tag_set *tag_set;
	unsigned long nr_requests;
};

#define QUEUE_FLAG_NOMERGES	3
#define QUEUE_FLAG_NONROT	6
#define QUEUE_FLAG_ADD_RANDOM	10
static inline void blk_queue_flag_set(unsigned int flag, struct request_queue *q) { set_bit(flag, &q->queue_flags); }
static inline void blk_queue_flag_clear(unsigned int flag, struct request_queue *q) { clear_bit(flag, &q->queue_flags); }

static inline void blk_queue_logical_block_size(struct request_queue *q, unsigned int size)
{
	q->limits.logical_block_size = size;
	if (q->limits.physical_block_size < size)
		q->limits.physical_block_size = size;
	if (q->limits.io_min < q->limits.physical_block_size)
		q->limits.io_min = q->limits.physical_block_size;
}
static inline void blk_queue_physical_block_size(struct request_queue *q, unsigned int size)
{
	q->limits.physical_block_size = size;
	if (q->limits.io_min < size)
		q->limits.io_min = size;
}
static inline void blk_queue_io_min(struct request_queue *q, unsigned int min) { q->limits.io_min = min; }
static inline void blk_queue_io_opt(struct request_queue *q, unsigned int opt) { q->limits.io_opt = opt; }
static inline void blk_queue_max_hw_sectors(struct request_queue *q, unsigned int n) { q->limits.max_hw_sectors = n; }
static inline void blk_queue_max_segments(struct request_queue *q, unsigned short n) { q->limits.max_segments = n; }
static inline void blk_queue_max_segment_size(struct request_queue *q, unsigned int n) { q->limits.max_segment_size = n; }
static inline unsigned int queue_logical_block_size(const struct request_queue *q) { return q->limits.logical_block_size; }

#define GENHD_FL_REMOVABLE	(1 << 0)
#define GENHD_FL_NO_PART	(1 << 2)

struct gendisk {
	int major;
	int first_minor;
	int minors;
	char disk_name[DISK_NAME_LEN];
	struct block_device *part0;
	const struct block_device_operations *fops;
	struct request_queue *queue;
	void *private_data;
	int flags;
};

/* submit_bio, open, release, ioctl, getgeo and free_disk are called; owner stays
 * while the disk is open.
 */
struct block_device_operations {
	void (*submit_bio)(struct bio *bio);
	int (*poll_bio)(struct bio *bio, struct io_comp_batch *iob, unsigned int flags);
	int (*open)(struct gendisk *disk, blk_mode_t mode);
	void (*release)(struct gendisk *disk);
	int (*ioctl)(struct block_device *bdev, blk_mode_t mode, unsigned cmd, unsigned long arg);
	int (*compat_ioctl)(struct block_device *bdev, blk_mode_t mode, unsigned cmd, unsigned long arg);
	unsigned int (*check_events)(struct gendisk *disk, unsigned int clearing);
	void (*unlock_native_capacity)(struct gendisk *);
	int (*getgeo)(struct block_device *, struct hd_geometry *);
	int (*set_read_only)(struct block_device *bdev, bool ro);
	void (*free_disk)(struct gendisk *disk);
	void (*swap_slot_free_notify)(struct block_device *, unsigned long);
	int (*report_zones)(struct gendisk *, sector_t sector, unsigned int nr_zones, void *cb, void *data);
	char *(*devnode)(struct gendisk *disk, umode_t *mode);
	int (*get_unique_id)(struct gendisk *disk, u8 id[16], int id_type);
	struct module *owner;
};

/* Major 0 asks for a free number, which is returned. */
int __register_blkdev(unsigned int major, const char *name, void (*probe)(dev_t devt));
#define register_blkdev(major, name)	__register_blkdev(major, name, NULL)
void unregister_blkdev(unsigned int major, const char *name);

struct gendisk *__blk_alloc_disk(int node);
#define blk_alloc_disk(node_id)		__blk_alloc_disk(node_id)
int __must_check device_add_disk(struct device *parent, struct gendisk *disk, const struct attribute_group **groups);
static inline int __must_check add_disk(struct gendisk *disk) { return device_add_disk(NULL, disk, NULL); }
void del_gendisk(struct gendisk *disk);
void put_disk(struct gendisk *disk);
void set_capacity(struct gendisk *disk, sector_t size);
void set_disk_ro(struct gendisk *disk, bool read_only);

static inline sector_t bdev_nr_sectors(struct block_device *bdev) { return bdev->bd_nr_sectors; }
static inline sector_t get_capacity(struct gendisk *disk) { return bdev_nr_sectors(disk->part0); }
static inline bool set_capacity_and_notify(struct gendisk *disk, sector_t size)
{
	bool changed = size != get_capacity(disk);

	set_capacity(disk, size);
	return changed;
}
static inline int get_disk_ro(struct gendisk *disk) { return disk->part0->bd_read_only; }
static inline dev_t disk_devt(struct gendisk *disk) { return MKDEV(disk->major, disk->first_minor); }
#define disk_to_dev(disk)	(&((disk)->part0->bd_device))
#define dev_to_bdev(device)	container_of((device), struct block_device, bd_device)
#define dev_to_disk(device)	(dev_to_bdev(device)->bd_disk)
static inline struct request_queue *bdev_get_queue(struct block_device *bdev) { return bdev->bd_queue; }

#endif
