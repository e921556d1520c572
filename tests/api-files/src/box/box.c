/* A seekable buffer as a miscellaneous device, and ways to use a program's memory,
 * right and wrong.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define SIZE	16

static char data[SIZE];

static struct miscdevice box;

static int box_open(struct inode *inode, struct file *file)
{
	if (file->private_data != &box || imajor(inode) != 10 || iminor(inode) != box.minor)
		return -EIO;
	if (file->f_flags & O_APPEND)
		return -EPERM;
	return 0;
}

static ssize_t box_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	return simple_read_from_buffer(buf, n, ppos, data, SIZE);
}

static ssize_t box_write(struct file *file, const char __user *buf, size_t n, loff_t *ppos)
{
	return simple_write_to_buffer(data, SIZE, ppos, buf, n);
}

static loff_t box_llseek(struct file *file, loff_t off, int whence)
{
	return fixed_size_llseek(file, off, whence, SIZE);
}

static void numbers(char __user *at)
{
	u8 a = 0;
	u16 b = 0;
	u32 c = 0;
	u64 d = 0;
	int e = 0;
	char *p = NULL, text[4];

	e |= put_user(0x11, (u8 __user *)at);
	e |= get_user(a, (u8 __user *)at);
	e |= put_user(0x2222, (u16 __user *)at);
	e |= get_user(b, (u16 __user *)at);
	e |= put_user(0x33333333, (u32 __user *)at);
	e |= get_user(c, (u32 __user *)at);
	e |= put_user(0x4444444444444444ULL, (u64 __user *)at);
	e |= get_user(d, (u64 __user *)at);
	e |= put_user(&data[0], (char *__user *)at);
	e |= get_user(p, (char *__user *)at);
	pr_info("box: %x %x %x %llx pointer %d errors %d\n", a, b, c, d, p == data, e);
	put_user(0x636261, (u32 __user *)at);
	pr_info("box: string %ld, %ld bytes, cut %ld\n", strncpy_from_user(text, at, sizeof(text)),
		strnlen_user(at, 10), strncpy_from_user(text, at, 2));
	p = strndup_user(at, 10);
	if (!IS_ERR(p)) {
		pr_info("box: copy \"%s\", too long %ld\n", p, PTR_ERR(strndup_user(at, 3)));
		kfree(p);
	}
	if (clear_user(at, 4))
		return;
	pr_info("box: cleared %ld\n", strnlen_user(at, 10));
}

static void bad(void)
{
	char __user *at = (char __user *)8;
	char here[8] = "abcdefg";
	unsigned long left;
	int v = 5, e;

	e = get_user(v, (int __user *)at);
	pr_info("box: bad get_user %d value %d, put_user %d\n", e, v, put_user(1, at));
	left = copy_from_user(here, at, 8);
	pr_info("box: bad copies %lu %lu, then %d\n", copy_to_user(at, here, 8), left, here[0]);
	pr_info("box: bad string %ld %ld dup %ld, access_ok %d %d\n", strncpy_from_user(here, at, 8), strnlen_user(at, 8),
		PTR_ERR(memdup_user(at, 8)), access_ok(at, 8), access_ok((void __user *)-8L, 4));
	pr_info("box: kernel address %lu\n", copy_to_user((void __user *)data, here, 4));
}

static long box_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case 1:
		numbers((char __user *)arg);
		return 0;
	case 2:
		bad();
		return 0;
	case 3:			/* as if it were the kernel's own memory */
		pr_info("box: directly: %d\n", *(int *)arg);
		return 0;
	case 4:
		*(volatile int *)0 = 1;
		return 0;
	case 5:			/* more than an int can hold, on one machine */
		return LONG_MAX;
	case 6:
		return -515;	/* ENOIOCTLCMD */
	}
	return -ENOTTY;
}

static const struct file_operations box_fops = {
	.owner = THIS_MODULE,
	.open = box_open,
	.read = box_read,
	.write = box_write,
	.llseek = box_llseek,
	.unlocked_ioctl = box_ioctl,
};

static struct miscdevice box = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "box",
	.fops = &box_fops,
	.mode = 0640,
};
module_misc_device(box);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A buffer, and the program's memory");
