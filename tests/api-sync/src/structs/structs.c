/* Data structures, memory and what the system says of itself. */
#include <linux/module.h>
#include <crypto/hash.h>
#include <linux/bitmap.h>
#include <linux/hashtable.h>
#include <linux/idr.h>
#include <linux/kfifo.h>
#include <linux/llist.h>
#include <linux/mempool.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/reboot.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/string_helpers.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>

struct thing {
	int key;
	struct rb_node rb;
	struct hlist_node hash;
	struct llist_node ll;
	struct list_head list;
	struct rcu_head rcu;
};

static bool less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct thing, rb)->key < rb_entry(b, struct thing, rb)->key;
}

/* The number of black nodes to every leaf, or -1: the rules are broken. */
static int blacks(struct rb_node *n)
{
	int l, r;

	if (!n)
		return 1;
	if (__rb_red(n) && (__rb_red(n->rb_left) || __rb_red(n->rb_right)))
		return -1;
	l = blacks(n->rb_left);
	r = blacks(n->rb_right);
	return l < 0 || l != r ? -1 : l + !__rb_red(n);
}

static void trees(void)
{
	struct rb_root root = RB_ROOT;
	static struct thing t[64];
	struct rb_node *n;
	int i, last = -1, count = 0, sorted = 1, sound = 1;

	for (i = 0; i < 64; i++) {
		t[i].key = i * 37 % 64;
		rb_add(&t[i].rb, &root, less);
		sound &= blacks(root.rb_node) > 0;
	}
	for (i = 0; i < 64; i += 3) {
		rb_erase(&t[i].rb, &root);
		sound &= blacks(root.rb_node) > 0;
	}
	for (n = rb_first(&root); n; n = rb_next(n)) {
		int key = rb_entry(n, struct thing, rb)->key;

		sorted &= key > last;
		last = key;
		count++;
	}
	pr_info("rbtree %d sorted %d sound %d first %d last %d\n", count, sorted, sound,
		rb_entry(rb_first(&root), struct thing, rb)->key, rb_entry(rb_last(&root), struct thing, rb)->key);
}

static DEFINE_HASHTABLE(table, 4);
static LLIST_HEAD(llist);
static DEFINE_KFIFO(fifo, int, 8);
static DEFINE_IDR(idr);
static DEFINE_IDA(ida);
static DEFINE_XARRAY(xa);

static void lists(void)
{
	static struct thing t[5];
	struct thing *p, *next;
	unsigned long index;
	unsigned int bkt;
	int i, id, v, sum = 0;
	void *e;
	DECLARE_BITMAP(map, 100);

	for (i = 0; i < 5; i++) {
		t[i].key = i;
		hash_add(table, &t[i].hash, t[i].key);
		llist_add(&t[i].ll, &llist);
	}
	hash_for_each(table, bkt, p, hash)
		sum += p->key;
	hash_del(&t[2].hash);
	i = 0;
	hash_for_each_possible(table, p, hash, 2)
		i += p->key == 2;
	pr_info("hash sum %d, left %d, empty %d\n", sum, i, hash_empty(table));
	sum = 0;
	llist_for_each_entry_safe(p, next, llist_reverse_order(llist_del_all(&llist)), ll)
		sum = sum * 10 + p->key;
	pr_info("llist %d\n", sum);

	for (i = 0; i < 10; i++)
		if (!kfifo_put(&fifo, i))
			break;
	sum = 0;
	while (kfifo_get(&fifo, &v))
		sum = sum * 10 + v;
	pr_info("kfifo took %d gave %d empty %d\n", i, sum, kfifo_is_empty(&fifo));

	for (i = 0; i < 4; i++)
		id = idr_alloc(&idr, &t[i], 5, 8, GFP_KERNEL);
	pr_info("idr last %d find %d\n", id, ((struct thing *)idr_find(&idr, 6))->key);
	idr_remove(&idr, 6);
	sum = 0;
	idr_for_each_entry(&idr, p, id)
		sum = sum * 10 + id;
	pr_info("idr ids %d, again %d\n", sum, idr_alloc(&idr, &t[0], 0, 0, GFP_KERNEL));
	idr_destroy(&idr);
	id = ida_alloc(&ida, GFP_KERNEL);
	v = ida_alloc(&ida, GFP_KERNEL);
	ida_free(&ida, id);
	i = ida_alloc(&ida, GFP_KERNEL);
	pr_info("ida %d %d %d\n", id, v, i);
	ida_destroy(&ida);
	for (i = 9; i > 0; i -= 2)
		xa_store(&xa, i * 1000, xa_mk_value(i), GFP_KERNEL);
	xa_erase(&xa, 5000);
	sum = 0;
	xa_for_each(&xa, index, e)
		sum = sum * 10 + xa_to_value(e);
	pr_info("xarray %d insert %d err %d\n", sum, xa_insert(&xa, 1000, &t[0], GFP_KERNEL), xa_err(xa_store(&xa, 5000, &t[0], GFP_KERNEL)));
	xa_destroy(&xa);
	bitmap_zero(map, 100);
	bitmap_set(map, 60, 10);
	pr_info("bitmap weight %d first %lu zero %lu\n", bitmap_weight(map, 100), find_first_bit(map, 100), find_next_zero_bit(map, 100, 60));
}

static void *element(gfp_t gfp, void *data) { return kmalloc(64, gfp); }
static void release(void *element, void *data) { kfree(element); }

static int made;
static void ctor(void *p) { made++; }

static void memory(void)
{
	struct kmem_cache *c = kmem_cache_create("things", 40, 0, SLAB_HWCACHE_ALIGN, ctor);
	void *a = kmem_cache_alloc(c, GFP_KERNEL), *b = kmem_cache_zalloc(c, GFP_KERNEL);
	mempool_t *pool = mempool_create(2, element, release, NULL);
	char *v = vmalloc(5000);

	pr_info("cache aligned %d constructed %d size %u\n", !(((unsigned long)a | (unsigned long)b) & 63), made, kmem_cache_size(c));
	kmem_cache_free(c, a);
	kmem_cache_free(c, b);
	kmem_cache_destroy(c);
	v[4999] = 1;
	pr_info("vmalloc page aligned %d\n", !((unsigned long)v & 4095));
	vfree(v);
	a = mempool_alloc(pool, GFP_KERNEL);
	mempool_free(a, pool);
	pr_info("mempool %d of %d\n", pool->curr_nr, pool->min_nr);
	mempool_destroy(pool);
	v = (char *)__get_free_pages(GFP_KERNEL, 1);
	pr_info("pages aligned %d\n", !((unsigned long)v & 4095));
	free_pages((unsigned long)v, 1);
}

static LIST_HEAD(rcu_list);
static int freed;

static void thing_free(struct rcu_head *h)
{
	freed++;
	kfree(container_of(h, struct thing, rcu));
}

static DEFINE_SRCU(srcu);
static DEFINE_SEQLOCK(seq);
static DEFINE_PER_CPU(int, counter) = 5;

static void readers(void)
{
	struct thing *t = kzalloc(sizeof(*t), GFP_KERNEL), *p;
	unsigned int s;
	int sum = 0, idx;
	refcount_t r = REFCOUNT_INIT(1);

	t->key = 42;
	list_add_rcu(&t->list, &rcu_list);
	rcu_read_lock();
	list_for_each_entry_rcu(p, &rcu_list, list)
		sum += p->key;
	rcu_read_unlock();
	list_del_rcu(&t->list);
	call_rcu(&t->rcu, thing_free);
	rcu_barrier();
	synchronize_rcu();
	idx = srcu_read_lock(&srcu);
	srcu_read_unlock(&srcu, idx);
	synchronize_srcu(&srcu);
	s = read_seqbegin(&seq);
	write_seqlock(&seq);
	write_sequnlock(&seq);
	pr_info("rcu %d freed %d seq retry %d\n", sum, freed, read_seqretry(&seq, s));
	get_cpu_var(counter)++;
	put_cpu_var(counter);
	this_cpu_add(counter, 4);
	pr_info("per cpu %d on %d of %d\n", per_cpu(counter, 0), smp_processor_id(), num_online_cpus());
	refcount_inc(&r);
	pr_info("refcount %d\n", refcount_dec_and_test(&r));
	pr_info("refcount %d\n", refcount_dec_and_test(&r));
}

static int told(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_info("notifier %d action %lu\n", nb->priority, action);
	return action == 9 && nb->priority == 2 ? NOTIFY_STOP : NOTIFY_OK;
}
static struct notifier_block low = { .notifier_call = told, .priority = 1 };
static struct notifier_block high = { .notifier_call = told, .priority = 2 };
static struct notifier_block at_end = { .notifier_call = told, .priority = 7 };
static BLOCKING_NOTIFIER_HEAD(chain);

static void chains(void)
{
	blocking_notifier_chain_register(&chain, &low);
	blocking_notifier_chain_register(&chain, &high);
	blocking_notifier_call_chain(&chain, 8, NULL);
	blocking_notifier_call_chain(&chain, 9, NULL);
	blocking_notifier_chain_unregister(&chain, &high);
	pr_info("again %d\n", blocking_notifier_chain_unregister(&chain, &high));
	register_reboot_notifier(&at_end);
}

static void digests(void)
{
	struct crypto_shash *tfm = crypto_alloc_shash("sha256", 0, 0);
	u8 out[32];
	SHASH_DESC_ON_STACK(desc, tfm);

	desc->tfm = tfm;
	crypto_shash_init(desc);
	crypto_shash_update(desc, "ab", 2);
	crypto_shash_finup(desc, "c", 1, out);
	pr_info("sha256 %*phN\n", 32, out);
	crypto_free_shash(tfm);
	tfm = crypto_alloc_shash("hmac(sha256)", 0, 0);
	desc->tfm = tfm;
	pr_info("hmac without a key %d\n", crypto_shash_init(desc));
	crypto_shash_setkey(tfm, "Jefe", 4);
	crypto_shash_digest(desc, "what do ya want for nothing?", 28, out);
	pr_info("hmac %*phN\n", 32, out);
	crypto_free_shash(tfm);
	pr_info("none such %d\n", (int)PTR_ERR(crypto_alloc_shash("rot13", 0, 0)));
}

static void system(void)
{
	char buf[16];
	u32 a = get_random_u32(), b = get_random_u32();

	pr_info("random %d below %d\n", a != b, get_random_u32_below(7) < 7);
	pr_info("%s %s\n", utsname()->sysname, utsname()->release);
	string_get_size(8192, 512, STRING_UNITS_2, buf, sizeof(buf));
	pr_info("size %s", buf);
	string_get_size(8192, 512, STRING_UNITS_10, buf, sizeof(buf));
	pr_info("size %s %s\n", buf, str_yes_no(true));
}

static int __init structs_init(void)
{
	trees();
	lists();
	memory();
	readers();
	chains();
	digests();
	system();
	return 0;
}

static void __exit structs_exit(void)
{
	unregister_reboot_notifier(&at_end);
}

module_init(structs_init);
module_exit(structs_exit);
MODULE_LICENSE("GPL");
