/* The mistakes that are made with locks, sleeping and what runs later. */
#include <linux/module.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

static int how;
module_param(how, int, 0);

static DEFINE_SPINLOCK(lock);
static spinlock_t never_made;
static DEFINE_MUTEX(m);
static struct mutex never_made_mutex;

static int locker(void *data)
{
	mutex_lock(&m);
	return 0;
}

static void tick(struct timer_list *t)
{
	pr_info("tick\n");
}
static DEFINE_TIMER(timer, tick);

static void work_fn(struct work_struct *w)
{
	pr_info("work\n");
	if (how == 12)
		spin_lock(&lock);
}
static DECLARE_DELAYED_WORK(work, work_fn);

static int looper(void *data)
{
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static int __init misuse_init(void)
{
	struct kmem_cache *cache;
	static struct timer_list no_function;

	switch (how) {
	case 0:
		spin_lock(&lock);
		msleep(1);
		spin_unlock(&lock);
		break;
	case 1:
		spin_lock(&lock);
		spin_lock(&lock);
		break;
	case 2:
		spin_lock(&never_made);
		spin_unlock(&never_made);
		break;
	case 3:
		spin_lock(&lock);
		return 0;
	case 4:
		spin_unlock(&lock);
		break;
	case 5:
		mutex_lock(&m);
		mutex_lock(&m);
		break;
	case 6:
		kthread_run(locker, NULL, "locker");
		msleep(10);
		mutex_unlock(&m);
		break;
	case 7:
		mutex_lock(&never_made_mutex);
		mutex_unlock(&never_made_mutex);
		break;
	case 8:
		mod_timer(&timer, jiffies + HZ / 20);
		break;
	case 9:
		kthread_run(looper, NULL, "looper");
		break;
	case 10:
		schedule_delayed_work(&work, HZ / 20);
		break;
	case 11:
		mod_timer(&no_function, jiffies + 1);
		break;
	case 12:
		schedule_delayed_work(&work, 0);
		flush_delayed_work(&work);
		break;
	case 13:
		cache = kmem_cache_create("misused", 40, 0, 0, NULL);
		kmem_cache_alloc(cache, GFP_KERNEL);
		kmem_cache_destroy(cache);
		break;
	case 14:
		local_irq_disable();
		mutex_lock(&m);
		mutex_unlock(&m);
		local_irq_enable();
		break;
	case 15:
		wake_up_process((struct task_struct *)&lock);
		break;
	}
	pr_info("after %d\n", how);
	return 0;
}

static void __exit misuse_exit(void)
{
}

module_init(misuse_init);
module_exit(misuse_exit);
MODULE_LICENSE("GPL");
