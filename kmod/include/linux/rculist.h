/* rculist.h - lists that are read under RCU. */
#ifndef _LINUX_RCULIST_H
#define _LINUX_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

static inline void __list_add_rcu(struct list_head *entry, struct list_head *prev, struct list_head *next)
{
	entry->next = next;
	entry->prev = prev;
	rcu_assign_pointer(prev->next, entry);
	next->prev = entry;
}
static inline void list_add_rcu(struct list_head *entry, struct list_head *head) { __list_add_rcu(entry, head, head->next); }
static inline void list_add_tail_rcu(struct list_head *entry, struct list_head *head) { __list_add_rcu(entry, head->prev, head); }
/* next stays: a reader may be here. */
static inline void list_del_rcu(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->prev = LIST_POISON2;
}
static inline void list_replace_rcu(struct list_head *old, struct list_head *entry)
{
	entry->next = old->next;
	entry->prev = old->prev;
	rcu_assign_pointer(entry->prev->next, entry);
	entry->next->prev = entry;
	old->prev = LIST_POISON2;
}

#define list_entry_rcu(ptr, type, member)	container_of(READ_ONCE(ptr), type, member)
#define list_for_each_entry_rcu(pos, head, member, cond...)				\
	for (pos = list_entry_rcu((head)->next, __typeof__(*pos), member); &pos->member != (head);	\
	     pos = list_entry_rcu(pos->member.next, __typeof__(*pos), member))
#define list_first_or_null_rcu(head, type, member)					\
	({										\
		struct list_head *__n = READ_ONCE((head)->next);			\
		__n != (head) ? list_entry_rcu(__n, type, member) : NULL;		\
	})

static inline void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node *first = h->first;

	n->next = first;
	n->pprev = &h->first;
	rcu_assign_pointer(h->first, n);
	if (first)
		first->pprev = &n->next;
}
static inline void hlist_del_rcu(struct hlist_node *n)
{
	struct hlist_node *next = n->next;

	WRITE_ONCE(*n->pprev, next);
	if (next)
		next->pprev = n->pprev;
	n->pprev = LIST_POISON2;
}
#define hlist_for_each_entry_rcu(pos, head, member, cond...)				\
	for (pos = hlist_entry_safe(READ_ONCE((head)->first), __typeof__(*pos), member); pos;	\
	     pos = hlist_entry_safe(READ_ONCE((pos)->member.next), __typeof__(*pos), member))

#endif
