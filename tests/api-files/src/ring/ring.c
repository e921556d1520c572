/* A byte queue as a character device: readers wait for bytes, writers for room.
 * Two of them, each with its cdev in a structure of its own.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define RINGS	2
#define ROOM	8

#define RING_RESET	_IO('R', 0)
#define RING_LEVEL	_IOR('R', 1, int)
#define RING_LIMIT	_IOW('R', 2, int)

struct ring {
	struct cdev cdev;
	struct mutex lock;
	wait_queue_head_t readers, writers;
	char data[ROOM];
	unsigned int from, count;
	int limit;
	int opens;
};

static struct ring *rings;
static dev_t first;
static struct class *ring_class;

static int ring_open(struct inode *inode, struct file *file)
{
	struct ring *r = container_of(inode->i_cdev, struct ring, cdev);

	file->private_data = r;
	r->opens++;
	pr_info("ring%u: open by %s, %d times, major right: %d\n", iminor(inode), current->comm, r->opens,
		imajor(inode) == MAJOR(first));
	return 0;
}

static int ring_release(struct inode *inode, struct file *file)
{
	struct ring *r = file->private_data;

	r->opens--;
	pr_info("ring%u: closed, %d left\n", iminor(inode), r->opens);
	return 0;
}

static ssize_t ring_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	struct ring *r = file->private_data;
	size_t done = 0;

	mutex_lock(&r->lock);
	while (!r->count) {
		mutex_unlock(&r->lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(r->readers, r->count))
			return -ERESTARTSYS;
		mutex_lock(&r->lock);
	}
	for (; done < n && r->count; done++) {
		if (put_user(r->data[r->from], buf + done)) {
			mutex_unlock(&r->lock);
			return -EFAULT;
		}
		r->from = (r->from + 1) % ROOM;
		r->count--;
	}
	mutex_unlock(&r->lock);
	wake_up_interruptible(&r->writers);
	return done;
}

static ssize_t ring_write(struct file *file, const char __user *buf, size_t n, loff_t *ppos)
{
	struct ring *r = file->private_data;
	size_t done = 0;

	mutex_lock(&r->lock);
	while (r->count >= r->limit) {
		mutex_unlock(&r->lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(r->writers, r->count < r->limit))
			return -ERESTARTSYS;
		mutex_lock(&r->lock);
	}
	for (; done < n && r->count < r->limit; done++) {
		char c;

		if (get_user(c, buf + done)) {
			mutex_unlock(&r->lock);
			return -EFAULT;
		}
		r->data[(r->from + r->count++) % ROOM] = c;
	}
	mutex_unlock(&r->lock);
	wake_up_interruptible(&r->readers);
	return done;
}

static __poll_t ring_poll(struct file *file, poll_table *wait)
{
	struct ring *r = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &r->readers, wait);
	poll_wait(file, &r->writers, wait);
	if (r->count)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (r->count < r->limit)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ring *r = file->private_data;
	int v;

	switch (cmd) {
	case RING_RESET:
		r->count = 0;
		wake_up_interruptible(&r->writers);
		return 0;
	case RING_LEVEL:
		v = r->count;
		return put_user(v, (int __user *)arg);
	case RING_LIMIT:
		if (copy_from_user(&v, (void __user *)arg, sizeof(v)))
			return -EFAULT;
		if (v < 1 || v > ROOM)
			return -EINVAL;
		r->limit = v;
		return 0;
	}
	return -ENOTTY;
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.open = ring_open,
	.release = ring_release,
	.read = ring_read,
	.write = ring_write,
	.poll = ring_poll,
	.unlocked_ioctl = ring_ioctl,
};

static char *ring_devnode(const struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0666;
	return kasprintf(GFP_KERNEL, "rings/%u", MINOR(dev->devt));
}

static int __init ring_init(void)
{
	int i, ret = alloc_chrdev_region(&first, 0, RINGS, "ring");

	if (ret)
		return ret;
	rings = kcalloc(RINGS, sizeof(*rings), GFP_KERNEL);
	ring_class = class_create("ring");
	if (!rings || IS_ERR(ring_class)) {
		unregister_chrdev_region(first, RINGS);
		return -ENOMEM;
	}
	ring_class->devnode = ring_devnode;
	for (i = 0; i < RINGS; i++) {
		struct ring *r = rings + i;

		mutex_init(&r->lock);
		init_waitqueue_head(&r->readers);
		init_waitqueue_head(&r->writers);
		r->limit = ROOM;
		cdev_init(&r->cdev, &ring_fops);
		r->cdev.owner = THIS_MODULE;
		ret = cdev_add(&r->cdev, first + i, 1);
		pr_info("ring%d: added %d, device %s\n", i, ret,
			dev_name(device_create(ring_class, NULL, first + i, r, "ring%d", i)));
	}
	return 0;
}

static void __exit ring_exit(void)
{
	int i;

	for (i = 0; i < RINGS; i++) {
		device_destroy(ring_class, first + i);
		cdev_del(&rings[i].cdev);
	}
	class_destroy(ring_class);
	unregister_chrdev_region(first, RINGS);
	kfree(rings);
	pr_info("ring: gone\n");
}

module_init(ring_init);
module_exit(ring_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A byte queue with readers and writers that wait");
