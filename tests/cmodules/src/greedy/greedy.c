// greedy claims to have moved more bytes than it was asked for, as a driver
// does that forgets to look at count.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static ssize_t greedy_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return count + 5;
}

static ssize_t greedy_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	return count == 1 ? 0 : 3 * count;
}

static const struct file_operations greedy_fops = {
	.owner = THIS_MODULE,
	.read = greedy_read,
	.write = greedy_write,
};

static struct miscdevice greedy = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "greedy",
	.fops = &greedy_fops,
};

module_misc_device(greedy);
MODULE_LICENSE("GPL");
