/* Wait queues, locks and time in one thread, with what can be seen at once. */
#include <linux/module.h>
#include <linux/wait.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/semaphore.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/delay.h>
#include <linux/sched.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static DEFINE_MUTEX(m);
static DEFINE_SPINLOCK(lock);
static DEFINE_RWLOCK(rw);
static DECLARE_RWSEM(rwsem);
static DECLARE_COMPLETION(done);
static int flag;

static int __init wq1_init(void)
{
	struct semaphore sem;
	unsigned long flags, start;
	long left;

	pr_info("current %s pid==tgid %d kthread %d\n", current->comm, current->pid == current->tgid,
		!!(current->flags & PF_KTHREAD));
	flag = 1;
	pr_info("event %d\n", wait_event_interruptible(wq, flag));
	left = wait_event_timeout(wq, flag == 2, HZ / 10);
	pr_info("timeout left %ld\n", left);
	left = wait_event_interruptible_timeout(wq, flag == 1, HZ);
	pr_info("true at once left %ld\n", left);
	wake_up(&wq);

	pr_info("mutex try %d\n", mutex_trylock(&m));
	pr_info("again %d\n", mutex_trylock(&m));
	mutex_unlock(&m);
	mutex_lock(&m);
	pr_info("locked %d\n", mutex_is_locked(&m));
	mutex_unlock(&m);

	spin_lock_irqsave(&lock, flags);
	pr_info("in spinlock: count %x irqs off %d\n", preempt_count(), irqs_disabled());
	spin_unlock_irqrestore(&lock, flags);
	pr_info("after: count %x irqs off %d\n", preempt_count(), irqs_disabled());
	read_lock(&rw);
	read_lock(&rw);
	pr_info("writer %d\n", write_trylock(&rw));
	pr_info("reader %d\n", read_trylock(&rw));
	read_unlock(&rw);
	read_unlock(&rw);
	read_unlock(&rw);

	sema_init(&sem, 1);
	down(&sem);
	pr_info("down again %d\n", down_trylock(&sem));
	pr_info("in time %d\n", down_timeout(&sem, 2));
	up(&sem);

	down_read(&rwsem);
	pr_info("rwsem write %d\n", down_write_trylock(&rwsem));
	pr_info("read %d\n", down_read_trylock(&rwsem));
	up_read(&rwsem);
	up_read(&rwsem);

	complete(&done);
	wait_for_completion(&done);
	left = wait_for_completion_timeout(&done, 3);
	pr_info("completion left %ld\n", left);

	start = jiffies;
	msleep(20);
	pr_info("slept %s\n", time_after_eq(jiffies, start + msecs_to_jiffies(20)) ? "enough" : "too little");
	pr_info("HZ %d %u %lu\n", HZ, jiffies_to_msecs(HZ), msecs_to_jiffies(1));
	return 0;
}

static void __exit wq1_exit(void)
{
	pr_info("bye\n");
}

module_init(wq1_init);
module_exit(wq1_exit);
MODULE_LICENSE("GPL");
