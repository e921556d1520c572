/* What usual modules use beside files: who the caller is, by which name it opened
 * the device, signals to it, its threads; memory in the log, messages that come too
 * often, programs run by the kernel; and the forms that older texts have.
 */
#include <linux/module.h>
#include <linux/cdev.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <asm/byteorder.h>
#include <uapi/linux/stat.h>

static DEFINE_MUTEX(read_lock);	/* a name that is a macro */
static struct fasync_struct *readers;
static struct class *class;
static int times;

static void note(unsigned long data)
{
	times += data;
}
static DECLARE_TASKLET(old_tasklet, note, 3);
static void note_it(struct tasklet_struct *t)
{
	times++;
}
static DECLARE_TASKLET(new_tasklet, note_it);

static int usual_fasync(int fd, struct file *filp, int on)
{
	int r = fasync_helper(fd, filp, on, &readers);

	pr_info("fasync %s on %d: %d, %s\n", fd < 0 ? "close" : "fd", on, r, readers ? "readers" : "nobody");
	return r < 0 ? r : 0;
}

static int usual_open(struct inode *inode, struct file *filp)
{
	const struct cred *cred = current_cred();
	char buf[32];

	pr_info("%s: %s, %s; admin %d, uid %u euid %u, task's %u\n", file_path(filp, buf, sizeof(buf)),
		filp->f_path.dentry->d_iname, IS_ERR(d_path(&filp->f_path, buf, 3)) ? "too long" : "fits",
		capable(CAP_SYS_ADMIN), __kuid_val(cred->uid), __kuid_val(cred->euid), __kuid_val(task_uid(current)));
	return 0;
}

static ssize_t usual_write(struct file *filp, const char __user *buf, size_t n, loff_t *pos)
{
	int v, r = kstrtoint_from_user(buf, n, 0, &v);

	if (r)
		return r;
	kill_fasync(&readers, SIGIO, POLL_IN);
	mutex_lock(&read_lock);
	times = v;
	mutex_unlock(&read_lock);
	return n;
}

/* Both walks see the threads of the caller, and nobody else's. */
static bool threads_are_right(void)
{
	struct task_struct *p, *t;
	int n = 0, m = 0, o = 0;

	rcu_read_lock();
	for_each_thread(current, t)
		n += t->tgid == current->tgid && t->group_leader->pid == current->tgid;
	for_each_process_thread(p, t)
		m += t->tgid == current->tgid;
	do_each_thread(p, t) {
		o += t->tgid == current->tgid;
	} while_each_thread(p, t);
	rcu_read_unlock();
	if (t != &init_task || p->pid != 0)
		return false;
	return n > 1 && n == get_nr_threads(current) && n == m && n == o && !thread_group_empty(current);
}

static long usual_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct siginfo info;
	struct pid *pid;
	int r;

	switch (cmd) {
	case 1:
		memset(&info, 0, sizeof(struct siginfo));
		info.si_signo = SIGUSR1;
		info.si_code = SI_QUEUE;
		info.si_int = arg;
		return send_sig_info(SIGUSR1, &info, current);
	case 2:
		return threads_are_right();
	case 3:
		pid = find_get_pid(arg ? arg : current->tgid);
		r = kill_pid(pid, SIGUSR2, 1);
		put_pid(pid);
		return r;
	}
	return -ENOTTY;
}

static int usual_release(struct inode *inode, struct file *filp)
{
	return 0;
}

static const struct file_operations usual_fops = {
	.owner = THIS_MODULE, .open = usual_open, .write = usual_write, .unlocked_ioctl = usual_ioctl,
	.fasync = usual_fasync, .release = usual_release,
};
static struct miscdevice usual = { .minor = MISC_DYNAMIC_MINOR, .name = "usual", .fops = &usual_fops };

static int leaves(void *data)
{
	times += 10;
	do_exit(7);
	return times = -1;
}

/* It is woken by the exit function, which does not wait for it. */
static DECLARE_COMPLETION(over);
static int sees_the_end(void *data)
{
	wait_for_completion(&over);
	pr_info("the end is seen\n");
	return 0;
}

static void __init often(void)
{
	static DEFINE_RATELIMIT_STATE(few, HZ, 2);
	int i, n = 0;

	for (i = 0; i < 15; i++) {
		printk_ratelimited(KERN_INFO "often %d\n", i);
		n += __ratelimit(&few);
	}
	mdelay(1100);
	n += __ratelimit(&few);
	for (i = 0; i < 2; i++)
		WARN_ONCE(i < 0, "never");
	pr_info("%d of 16\n", n);
}

/* Files by name: one that is made and read, one in /proc, one that is not there, and
 * a driver's, which is refused.
 */
static void files(void)
{
	struct file *f = filp_open("/tmp/made", O_RDWR | O_CREAT | O_APPEND, 0600);
	loff_t pos = 0;
	char buf[16] = "";
	ssize_t n, m;

	if (IS_ERR(f))
		return;
	n = kernel_write(f, "hello ", 6, &pos);
	m = kernel_write(f, "kernel", 6, &pos);
	pos -= 8;
	pr_info("wrote %zd %zd, size %lld, read %zd", n, m, i_size_read(file_inode(f)), kernel_read(f, buf, sizeof(buf) - 1, &pos));
	pr_cont(" %s at %lld, end %zd\n", buf, pos, kernel_read(f, buf, 1, &pos));
	filp_close(f, NULL);
	f = filp_open("/proc/version", O_RDONLY, 0);
	pos = 0;
	n = kernel_read(f, buf, 5, &pos);
	buf[5] = '\0';
	m = kernel_write(f, buf, 5, &pos);
	pr_info("%s %zd %zd, none %ld\n", buf, n, m, PTR_ERR(filp_open("/none", O_RDONLY, 0)));
	fput(f);
	f = filp_open("/dev/usual", O_RDONLY, 0);
	pr_info("own %ld\n", IS_ERR(f) ? PTR_ERR(f) : kernel_read(f, buf, 1, NULL));
	filp_close(f, NULL);
}

static int __init help(const char *command)
{
	char *argv[] = { "sh", "-c", (char *)command, NULL };
	char *envp[] = { "PATH=/bin", "WHO=kernel", NULL };

	return call_usermodehelper("/bin/sh", argv, envp, UMH_WAIT_PROC);
}

static int __init usual_init(void)
{
	static const char text[] __initconst = "The quick brown\tfox\n";
	char *page = alloc_pages_exact(5000, GFP_KERNEL | __GFP_ZERO);

	print_hex_dump(KERN_INFO, "text ", DUMP_PREFIX_OFFSET, 16, 1, text, sizeof(text), true);
	print_hex_dump(KERN_INFO, "", DUMP_PREFIX_NONE, 16, 4, text, 16, false);
	print_hex_dump_bytes("never ", DUMP_PREFIX_NONE, text, 4);
	often();
	pr_info("page %d %d, options %d %d %d, order %x %llx\n", page[4999], IS_ALIGNED((unsigned long)page, PAGE_SIZE),
		IS_ENABLED(CONFIG_PROC_FS), IS_ENABLED(CONFIG_SMP), IS_BUILTIN(CONFIG_MODULES),
		cpu_to_be32(0x01020304), be64_to_cpu(1ULL));
	free_pages_exact(page, 5000);
	pr_info("helpers %x %x %d\n", help("echo $WHO of $(id -u) >/tmp/helped"), help("exit 3"),
		call_usermodehelper("/none", NULL, NULL, UMH_WAIT_EXEC));
	tasklet_schedule(&old_tasklet);
	tasklet_schedule(&new_tasklet);
	kthread_run(leaves, NULL, "leaves");
	msleep(10);
	pr_info("times %d\n", times);
	class = class_create(THIS_MODULE, "usual");
	if (IS_ERR(class))
		return PTR_ERR(class);
	if (misc_register(&usual))
		return -EBUSY;
	files();
	kthread_run(sees_the_end, NULL, "end");
	return 0;
}

static void __exit usual_exit(void)
{
	misc_deregister(&usual);
	class_destroy(class);
	pr_info("times %d\n", times);
	complete(&over);
}

/* Without semicolons. */
module_init(usual_init)
module_exit(usual_exit)
MODULE_LICENSE("GPL");
