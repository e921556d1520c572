// greedy claims to have moved more bytes than it was asked for, as a driver
// does that forgets to look at count. What is written it takes for its own memory
// if it is two bytes, and for a string of its own if it is three.
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static ssize_t greedy_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	return count + 5;
}

static ssize_t greedy_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char text[8];

	switch (count) {
	case 1:
		return 0;
	case 2:
		return *(volatile const char *)buf;
	case 3:
		return snprintf(text, sizeof(text), "%s", (const char *)buf);
	}
	return 3 * count;
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
