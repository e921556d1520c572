/* hashtable.h - arrays of lists, of a size that is a power of two. */
#ifndef _LINUX_HASHTABLE_H
#define _LINUX_HASHTABLE_H

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/rculist.h>

#define DEFINE_HASHTABLE(name, bits)	struct hlist_head name[1 << (bits)] = {}
#define DECLARE_HASHTABLE(name, bits)	struct hlist_head name[1 << (bits)]
#define HASH_SIZE(name)			(ARRAY_SIZE(name))
#define HASH_BITS(name)			((unsigned int)__builtin_ctz(HASH_SIZE(name)))
#define hash_min(val, bits)		(sizeof(val) <= 4 ? hash_32(val, bits) : hash_long(val, bits))

static inline void __hash_init(struct hlist_head *ht, unsigned int n)
{
	while (n--)
		ht[n].first = NULL;
}
static inline bool __hash_empty(struct hlist_head *ht, unsigned int n)
{
	while (n--)
		if (ht[n].first)
			return false;
	return true;
}
#define hash_init(table)		__hash_init(table, HASH_SIZE(table))
#define hash_empty(table)		__hash_empty(table, HASH_SIZE(table))
#define hash_add(table, node, key)	hlist_add_head(node, &(table)[hash_min(key, HASH_BITS(table))])
#define hash_add_rcu(table, node, key)	hlist_add_head_rcu(node, &(table)[hash_min(key, HASH_BITS(table))])
static inline bool hash_hashed(struct hlist_node *node) { return node->pprev != NULL; }
static inline void hash_del(struct hlist_node *node) { hlist_del_init(node); }
static inline void hash_del_rcu(struct hlist_node *node) { hlist_del_rcu(node); }

#define hash_for_each(name, bkt, obj, member)					\
	for ((bkt) = 0, obj = NULL; obj == NULL && (bkt) < HASH_SIZE(name); (bkt)++)	\
		hlist_for_each_entry(obj, &(name)[bkt], member)
#define hash_for_each_safe(name, bkt, tmp, obj, member)				\
	for ((bkt) = 0, obj = NULL; obj == NULL && (bkt) < HASH_SIZE(name); (bkt)++)	\
		hlist_for_each_entry_safe(obj, tmp, &(name)[bkt], member)
#define hash_for_each_rcu(name, bkt, obj, member)				\
	for ((bkt) = 0, obj = NULL; obj == NULL && (bkt) < HASH_SIZE(name); (bkt)++)	\
		hlist_for_each_entry_rcu(obj, &(name)[bkt], member)
#define hash_for_each_possible(name, obj, member, key)				\
	hlist_for_each_entry(obj, &(name)[hash_min(key, HASH_BITS(name))], member)
#define hash_for_each_possible_safe(name, obj, tmp, member, key)		\
	hlist_for_each_entry_safe(obj, tmp, &(name)[hash_min(key, HASH_BITS(name))], member)
#define hash_for_each_possible_rcu(name, obj, member, key)			\
	hlist_for_each_entry_rcu(obj, &(name)[hash_min(key, HASH_BITS(name))], member)

#endif
