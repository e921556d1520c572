/* Values, blobs and files in debugfs. */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/uaccess.h>

static u8 a = 200;
static u16 b = 0xbeef;
static u32 c = 42;
static u64 d = 0x123456789abcdefULL;
static unsigned long e = 7;
static atomic_t f = ATOMIC_INIT(-3);
static bool g;
static char *h = "a string";
static struct debugfs_blob_wrapper blob = { .data = "a blob\n", .size = 7 };

static u64 twice = 21;
static int twice_get(void *data, u64 *val) { *val = 2 * *(u64 *)data; return 0; }
static int twice_set(void *data, u64 val)
{
	if (val > 1000)
		return -ERANGE;
	*(u64 *)data = val;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(twice_fops, twice_get, twice_set, "%llu\n");

static int state_show(struct seq_file *m, void *v)
{
	seq_printf(m, "state of %s\n", (char *)m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int flush_calls;
static int slow_flush(struct file *file, fl_owner_t id) { flush_calls++; return 0; }
static ssize_t slow_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "flushed %d\n", flush_calls);

	return simple_read_from_buffer(buf, n, ppos, text, len);
}
static int slow_release(struct inode *inode, struct file *file) { pr_info("debug: released\n"); return 0; }
static const struct file_operations slow_fops = {
	.open = simple_open, .read = slow_read, .flush = slow_flush, .release = slow_release, .llseek = noop_llseek,
};

static struct dentry *top, *extra;
static int set_drop(const char *val, const struct kernel_param *kp)
{
	debugfs_remove(extra);
	return 0;
}
static const struct kernel_param_ops drop_ops = { .set = set_drop };
module_param_cb(drop, &drop_ops, NULL, 0200);

static int __init debug_init(void)
{
	struct dentry *again;

	top = debugfs_create_dir("debugtest", NULL);
	again = debugfs_create_dir("debugtest", NULL);
	pr_info("debug: again %ld, below %ld\n", PTR_ERR(again), PTR_ERR(debugfs_create_dir("x", again)));
	debugfs_create_u8("u8", 0644, top, &a);
	debugfs_create_x16("x16", 0644, top, &b);
	debugfs_create_u32("u32", 0444, top, &c);
	debugfs_create_x64("x64", 0644, top, &d);
	debugfs_create_ulong("ulong", 0644, top, &e);
	debugfs_create_atomic_t("atomic", 0644, top, &f);
	debugfs_create_bool("bool", 0644, top, &g);
	debugfs_create_str("str", 0444, top, &h);
	debugfs_create_blob("blob", 0444, top, &blob);
	debugfs_create_file("twice", 0644, top, &twice, &twice_fops);
	debugfs_create_file("state", 0444, top, "debug", &state_fops);
	debugfs_create_symlink("link", top, "state");
	extra = debugfs_create_file("slow", 0444, top, NULL, &slow_fops);
	pr_info("debug: found %d\n", debugfs_lookup("slow", top) == extra);
	return 0;
}

static void __exit debug_exit(void)
{
	debugfs_remove(top);
}

module_init(debug_init);
module_exit(debug_exit);
MODULE_LICENSE("GPL");
