// SPDX-License-Identifier: Proprietary
/*
 * api - calls much of what the kernel offers and prints what it gets.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

struct item {
	int v;
	struct list_head node;
};

static LIST_HEAD(items);
static atomic_t count = ATOMIC_INIT(3);
static int weak_fn(void) __attribute__((weakref("nobody_has_this")));

static void __init formats(void)
{
	u8 b[] = { 1, 2, 0xfe };

	pr_info("%d %u %x %#o %5d|%-5d|%05d|%+d|% d\n", -1, 4000000000u, 255, 8, 42, 42, 42, 42, 42);
	pr_info("%ld %lld %lx %hhd %zu %c %s %.3s %6s|%-6s|%%\n", -1L, -2LL, ~0UL, 300, sizeof(b), 'z', "str", "abcdef", "r", "l");
	pr_info("%px %p %p %ps %3ph %*phC\n", (void *)0x1234, NULL, ERR_PTR(-5), formats, b, 3, b);
	pr_info("%d %d %d %d %d %d %d %d %d %d\n", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
}

static void __init lists(void)
{
	struct item *it, *n;
	int i;

	pr_info("list");
	for (i = 0; i < 3; i++) {
		it = kzalloc(sizeof(*it), GFP_KERNEL);
		it->v = i;
		list_add_tail(&it->node, &items);
	}
	list_for_each_entry_safe(it, n, &items, node) {
		pr_cont(" %d", it->v);
		list_del(&it->node);
		kfree(it);
	}
	pr_cont("\n");
}

static void __init strings(void)
{
	char buf[64], *s, *tok;
	int v = 0;
	u8 b;

	snprintf(buf, sizeof(buf), "a,b,,c");
	s = buf;
	pr_info("fields");
	while ((tok = strsep(&s, ",")))
		pr_cont(" <%s>", tok);
	pr_cont("\n");
	pr_info("kstrtoint %d", kstrtoint("0x7f\n", 0, &v));
	pr_cont(" %d\n", v);
	pr_info("errors %d %d\n", kstrtoint("12x", 10, &v), kstrtou8("256", 10, &b));
	s = krealloc(kstrdup("moved", GFP_KERNEL), 5000, GFP_KERNEL);
	pr_info("%s %d\n", s, (int)ksize(s));
	kfree(s);
	memset(buf, 'x', sizeof(buf));
	memmove(buf + 1, "memmove", 8);
	pr_info("%s %d %d\n", buf, (int)strlen(buf), strcmp(buf, "xmemmove"));
}

static int __init api_init(void)
{
	DECLARE_BITMAP(bits, 128) = { 0 };

	formats();
	lists();
	strings();
	atomic_inc(&count);
	set_bit(70, bits);
	pr_info("atomic %d bit %lu weak %d upper %c\n", atomic_read(&count), find_first_bit(bits, 128), weak_fn ? 1 : 0, toupper('a'));
	kprintf("a stream ");
	kprintf("of text\n");
	pr_debug("never seen\n");
	pr_info("no newline");
	return 0;
}

static void __exit api_exit(void)
{
	pr_info("bye\n");
}

module_init(api_init);
module_exit(api_exit);
MODULE_LICENSE("Proprietary");
