/* What runs later: threads, timers, tasklets, work. */
#include <linux/module.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static int item, taken;

static int consumer(void *data)
{
	pr_info("consumer %s kthread %d mm %d data %ld\n", current->comm, !!(current->flags & PF_KTHREAD),
		current->mm != NULL, (long)data);
	while (!kthread_should_stop()) {
		wait_event_interruptible(wq, item != taken || kthread_should_stop());
		if (item != taken) {
			taken = item;
			pr_info("took %d\n", taken);
			wake_up(&wq);
		}
	}
	pr_info("consumer stops\n");
	return 7;
}

static int victim(void *data)
{
	allow_signal(SIGUSR1);
	pr_info("victim pending %d\n", signal_pending(current));
	send_sig(SIGUSR1, current, 0);
	send_sig(SIGUSR2, current, 0);
	pr_info("victim pending %d sleeps %d\n", signal_pending(current), schedule_timeout_interruptible(HZ) > 0);
	flush_signals(current);
	pr_info("victim pending %d\n", signal_pending(current));
	complete((struct completion *)data);
	kthread_exit(3);
	return 0;
}

struct ticker {
	int left;
	struct timer_list timer;
	struct completion done;
};

static void tick(struct timer_list *t)
{
	struct ticker *k = from_timer(k, t, timer);

	pr_info("tick %d, softirq %d, current %s\n", k->left, !!in_softirq(), current->comm);
	if (--k->left)
		mod_timer(&k->timer, jiffies + HZ / 50);
	else
		complete(&k->done);
}

static int hr_left = 3;
static DECLARE_COMPLETION(hr_done);

static enum hrtimer_restart hr_tick(struct hrtimer *t)
{
	pr_info("hrtimer %d, hardirq %d\n", hr_left, !!in_irq());
	if (--hr_left == 0) {
		complete(&hr_done);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(t, ms_to_ktime(5));
	return HRTIMER_RESTART;
}

static void tasklet_fn(struct tasklet_struct *t)
{
	pr_info("tasklet, softirq %d\n", !!in_softirq());
}
static DECLARE_TASKLET(tasklet, tasklet_fn);
static void tasklet_old(unsigned long data)
{
	pr_info("old tasklet %lx\n", data);
}

struct job {
	int n, sleep;
	struct work_struct work;
};

static void job_fn(struct work_struct *work)
{
	struct job *j = container_of(work, struct job, work);

	pr_info("job %d in a worker %d\n", j->n, !strncmp(current->comm, "kworker/", 8));
	if (j->sleep)
		msleep(j->sleep);
	pr_info("job %d ends\n", j->n);
}

static void delayed_fn(struct work_struct *work)
{
	pr_info("delayed\n");
}
static DECLARE_DELAYED_WORK(dwork, delayed_fn);

static void threads(void)
{
	static DECLARE_COMPLETION(c);
	struct task_struct *t = kthread_run(consumer, (void *)5, "consumer/%d", 1);
	int i;

	for (i = 1; i <= 3; i++) {
		item = i;
		wake_up_interruptible(&wq);
		wait_event(wq, taken == i);
	}
	pr_info("stopped: %d\n", kthread_stop(t));
	t = kthread_create(consumer, NULL, "never");
	pr_info("never run: %d\n", kthread_stop(t));
	t = kthread_create(victim, &c, "victim");
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&c);
	put_task_struct(t);
}

static void timers(void)
{
	static struct ticker k = { .left = 3 };
	static struct hrtimer hr;

	k.timer.expires = 12345;
	timer_setup(&k.timer, tick, 0);
	pr_info("expires %ld\n", k.timer.expires);
	init_completion(&k.done);
	pr_info("pending %d\n", timer_pending(&k.timer));
	pr_info("was pending %d\n", mod_timer(&k.timer, jiffies + 2));
	pr_info("pending %d\n", timer_pending(&k.timer));
	wait_for_completion(&k.done);
	mod_timer(&k.timer, jiffies + HZ);
	pr_info("deleted %d\n", del_timer_sync(&k.timer));
	pr_info("again %d\n", del_timer_sync(&k.timer));
	hrtimer_init(&hr, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hr.function = hr_tick;
	hrtimer_start(&hr, ms_to_ktime(1), HRTIMER_MODE_REL);
	wait_for_completion(&hr_done);
	pr_info("cancel %d\n", hrtimer_cancel(&hr));
}

static void tasklets(void)
{
	static struct tasklet_struct old;

	tasklet_schedule(&tasklet);
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	tasklet_init(&old, tasklet_old, 0xabc);
	tasklet_disable(&old);
	tasklet_schedule(&old);
	msleep(10);
	pr_info("enable\n");
	tasklet_enable(&old);
	tasklet_kill(&old);
}

static void works(void)
{
	static struct job jobs[4];
	struct workqueue_struct *own = alloc_ordered_workqueue("own-%d", 0, 1);
	int i;

	for (i = 0; i < 4; i++) {
		jobs[i].n = i;
		INIT_WORK(&jobs[i].work, job_fn);
	}
	jobs[0].sleep = 20;
	pr_info("queued %d\n", schedule_work(&jobs[0].work));
	schedule_work(&jobs[1].work);
	flush_scheduled_work();
	jobs[2].sleep = 10;
	queue_work(own, &jobs[2].work);
	queue_work(own, &jobs[3].work);
	pr_info("pending %d\n", work_pending(&jobs[3].work));
	pr_info("again %d\n", queue_work(own, &jobs[3].work));
	flush_workqueue(own);
	queue_work(own, &jobs[2].work);
	queue_work(own, &jobs[3].work);
	msleep(4);
	pr_info("cancelled %d\n", cancel_work_sync(&jobs[3].work));
	destroy_workqueue(own);
	schedule_delayed_work(&dwork, HZ / 20);
	pr_info("delayed pending %d\n", delayed_work_pending(&dwork));
	msleep(100);
	schedule_delayed_work(&dwork, HZ);
	pr_info("cancelled %d\n", cancel_delayed_work_sync(&dwork));
	schedule_delayed_work(&dwork, 10 * HZ);
	flush_delayed_work(&dwork);
}

static int __init later_init(void)
{
	threads();
	timers();
	tasklets();
	works();
	return 0;
}

static void __exit later_exit(void)
{
}

module_init(later_init);
module_exit(later_exit);
MODULE_LICENSE("GPL");
