/* Files in /proc: iterators whose calls can be followed, records larger than the
 * buffer, one text, plain operations, and names that cannot be.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static int trace;
module_param(trace, int, 0644);

static void *count_start(struct seq_file *m, loff_t *pos)
{
	if (trace)
		pr_info("start %lld\n", *pos);
	return *pos < 3 ? pos : NULL;
}

static void *count_next(struct seq_file *m, void *v, loff_t *pos)
{
	if (trace)
		pr_info("next %lld\n", *pos);
	return ++*pos < 3 ? pos : NULL;
}

static void count_stop(struct seq_file *m, void *v)
{
	if (trace)
		pr_info("stop%s\n", v ? "" : " at the end");
}

static int count_show(struct seq_file *m, void *v)
{
	if (trace)
		pr_info("show %lld\n", *(loff_t *)v);
	if (*(loff_t *)v == 1)
		return SEQ_SKIP;
	seq_printf(m, "record %lld\n", *(loff_t *)v);
	return 0;
}

static const struct seq_operations count_ops = {
	.start = count_start, .next = count_next, .stop = count_stop, .show = count_show,
};

/* Records of 3000 bytes, then one of 9000. */
static int big_show(struct seq_file *m, void *v)
{
	loff_t i = *(loff_t *)v;
	int n = i == 2 ? 9000 : 3000;

	while (n--)
		seq_putc(m, '0' + i);
	return 0;
}

static const struct seq_operations big_ops = {
	.start = count_start, .next = count_next, .stop = count_stop, .show = big_show,
};

static int fail_show(struct seq_file *m, void *v)
{
	return *(loff_t *)v ? -EPERM : (seq_puts(m, "one\n"), 0);
}

static const struct seq_operations fail_ops = {
	.start = count_start, .next = count_next, .stop = count_stop, .show = fail_show,
};

struct item {
	struct list_head list;
	const char *name;
};
static LIST_HEAD(items);
static struct item first = { .name = "first" }, second = { .name = "second\n" };

static void *list_start(struct seq_file *m, loff_t *pos) { return seq_list_start(&items, *pos); }
static void *list_next(struct seq_file *m, void *v, loff_t *pos) { return seq_list_next(v, &items, pos); }
static void list_stop(struct seq_file *m, void *v) { }
static int list_show(struct seq_file *m, void *v)
{
	int *calls = m->private;

	seq_setwidth(m, 12);
	seq_escape(m, list_entry(v, struct item, list)->name, "\n");
	seq_pad(m, '|');
	seq_put_decimal_ull(m, "", ++*calls);
	seq_put_decimal_ll(m, ",", -1);
	seq_put_hex_ll(m, ",0x", 255, 4);
	seq_write(m, "\n", 1);
	return 0;
}

static const struct seq_operations list_ops = {
	.start = list_start, .next = list_next, .stop = list_stop, .show = list_show,
};

static int text_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s, user %d\n", (char *)m->private, 0);
	return 0;
}
DEFINE_PROC_SHOW_ATTRIBUTE(text);

static int plain_open(struct inode *inode, struct file *file)
{
	file->private_data = pde_data(inode);
	pr_info("seqs: %s opened, flags %x\n", file_dentry(file)->d_name.name, file->f_flags & O_ACCMODE);
	return 0;
}

static ssize_t plain_read(struct file *file, char __user *buf, size_t n, loff_t *ppos)
{
	const char *s = file->private_data;

	return simple_read_from_buffer(buf, n, ppos, s, strlen(s));
}

static int plain_release(struct inode *inode, struct file *file)
{
	pr_info("seqs: %s closed\n", file_dentry(file)->d_name.name);
	return 0;
}

static const struct proc_ops plain_ops = {
	.proc_open = plain_open, .proc_read = plain_read, .proc_release = plain_release, .proc_lseek = default_llseek,
};
static const struct proc_ops no_ops;

static struct proc_dir_entry *dir;

static int __init seqs_init(void)
{
	int taken, nowhere;

	list_add_tail(&first.list, &items);
	list_add_tail(&second.list, &items);
	dir = proc_mkdir("seqs", NULL);
	proc_create_seq("count", 0, dir, &count_ops);
	proc_create_seq("big", 0, dir, &big_ops);
	proc_create_seq("fail", 0, dir, &fail_ops);
	proc_create_seq_private("list", 0, dir, &list_ops, sizeof(int), NULL);
	proc_create_data("text", 0, dir, &text_proc_ops, "a text");
	proc_create_single_data("single", 0400, dir, text_show, "single");
	proc_set_user(proc_create_data("plain", 0644, dir, &plain_ops, "plain\n"), KUIDT_INIT(5), KGIDT_INIT(6));
	proc_create("none", 0666, dir, &no_ops);
	proc_symlink("link", dir, "plain");
	taken = !proc_mkdir("plain", dir);
	nowhere = !proc_create("seqs/no/such", 0, NULL, &plain_ops);
	pr_info("seqs: taken %d, no directory %d, below a driver %d\n", taken, nowhere, !!proc_mkdir("driver/seqs", NULL));
	return 0;
}

static void __exit seqs_exit(void)
{
	remove_proc_entry("driver/seqs", NULL);
	remove_proc_entry("nothing", dir);
	proc_remove(dir);
}

module_init(seqs_init);
module_exit(seqs_exit);
MODULE_LICENSE("GPL");
