/* Code that changes while it runs, and probes. */
#include <linux/module.h>
#include <linux/jump_label.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/slab.h>

static DEFINE_STATIC_KEY_FALSE(off_key);
static DEFINE_STATIC_KEY_TRUE(on_key);

static noinline void show(const char *when)
{
	char line[64];
	int n = 0;

	if (static_branch_unlikely(&off_key))
		n |= 1;
	if (static_branch_likely(&off_key))
		n |= 2;
	if (static_branch_unlikely(&on_key))
		n |= 4;
	if (static_branch_likely(&on_key))
		n |= 8;
	snprintf(line, sizeof(line), "%x, off %d, on %d", n, static_key_enabled(&off_key), static_key_enabled(&on_key));
	pr_info("%s: %s\n", when, line);
}

static int hits;

static int pre(struct kprobe *p, struct pt_regs *regs)
{
	if (hits++ == 0)
		pr_info("probe on %s, right place %d\n", p->symbol_name,
			instruction_pointer(regs) == (unsigned long)p->addr);
	return 0;
}

static struct kprobe kp = { .symbol_name = "ksize", .pre_handler = pre };
static struct kprobe none = { .symbol_name = "no_such_function" };

static int __init patch_init(void)
{
	char name[KSYM_SYMBOL_LEN];
	void *p = kmalloc(10, GFP_KERNEL);
	int r;

	show("at first");
	static_branch_enable(&off_key);
	show("enabled");
	static_branch_disable(&on_key);
	show("disabled");
	static_branch_disable(&off_key);
	static_branch_inc(&on_key);
	static_branch_inc(&on_key);
	static_branch_dec(&on_key);
	show("back");

	r = register_kprobe(&kp);
	pr_info("register %d\n", r);
	ksize(p);
	ksize(p);
	unregister_kprobe(&kp);
	ksize(p);
	pr_info("hits %d, none such %d\n", hits, register_kprobe(&none));
	kfree(p);

	pr_info("same address %d\n", kallsyms_lookup_name("ksize") == (unsigned long)ksize);
	pr_info("own symbol %d\n", kallsyms_lookup_name("patch:show") == (unsigned long)show);
	sprint_symbol(name, (unsigned long)show);
	pr_info("%.9s\n", name);
	return 0;
}

static void __exit patch_exit(void)
{
	show("at last");
}

module_init(patch_init);
module_exit(patch_exit);
MODULE_LICENSE("GPL");
