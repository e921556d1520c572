/* llist.h - lists to which anybody may add without a lock, and which are taken
 * whole.
 */
#ifndef _LINUX_LLIST_H
#define _LINUX_LLIST_H

#include <linux/atomic.h>
#include <linux/container_of.h>

struct llist_head { struct llist_node *first; };
struct llist_node { struct llist_node *next; };

#define LLIST_HEAD_INIT(name)	{ NULL }
#define LLIST_HEAD(name)	struct llist_head name = LLIST_HEAD_INIT(name)
static inline void init_llist_head(struct llist_head *list) { list->first = NULL; }
static inline bool llist_empty(const struct llist_head *head) { return READ_ONCE(head->first) == NULL; }
static inline struct llist_node *llist_next(struct llist_node *node) { return node->next; }

/* true if the list was empty. */
static inline bool llist_add(struct llist_node *n, struct llist_head *head)
{
	struct llist_node *first = READ_ONCE(head->first);

	do
		n->next = first;
	while (!try_cmpxchg(&head->first, &first, n));
	return !first;
}
static inline struct llist_node *llist_del_all(struct llist_head *head) { return xchg(&head->first, NULL); }
static inline struct llist_node *llist_del_first(struct llist_head *head)
{
	struct llist_node *first = smp_load_acquire(&head->first);

	while (first && !try_cmpxchg(&head->first, &first, first->next))
		;
	return first;
}
static inline struct llist_node *llist_reverse_order(struct llist_node *n)
{
	struct llist_node *done = NULL;

	while (n) {
		struct llist_node *next = n->next;

		n->next = done;
		done = n;
		n = next;
	}
	return done;
}

#define llist_entry(ptr, type, member)	container_of(ptr, type, member)
#define llist_for_each(pos, node)	for ((pos) = (node); pos; (pos) = (pos)->next)
#define __llist_object(node, pos, member)						\
	({ struct llist_node *__n = (node); __n ? llist_entry(__n, __typeof__(*(pos)), member) : NULL; })
#define llist_for_each_entry(pos, node, member)						\
	for ((pos) = __llist_object(node, pos, member); pos; (pos) = __llist_object((pos)->member.next, pos, member))
#define llist_for_each_entry_safe(pos, n, node, member)					\
	for ((pos) = __llist_object(node, pos, member);					\
	     (pos) && ((n) = __llist_object((pos)->member.next, pos, member), true); (pos) = (n))

#endif
