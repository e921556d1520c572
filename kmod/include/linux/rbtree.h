/* rbtree.h - red-black trees (Cormen, Leiserson, Rivest, Stein, "Introduction to
 * Algorithms", chapter 13). The user walks down to find the place, links the node
 * there, and has the colours put right.
 */
#ifndef _LINUX_RBTREE_H
#define _LINUX_RBTREE_H

#include <linux/types.h>
#include <linux/container_of.h>
#include <linux/rbtree_types.h>

#define rb_entry(ptr, type, member)	container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member)	\
	({ struct rb_node *__r = (ptr); __r ? rb_entry(__r, type, member) : NULL; })
#define rb_parent(r)			((struct rb_node *)((r)->__rb_parent_color & ~1UL))
#define RB_EMPTY_ROOT(root)		(READ_ONCE((root)->rb_node) == NULL)
#define RB_EMPTY_NODE(node)		((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node)		((node)->__rb_parent_color = (unsigned long)(node))

static inline bool __rb_red(const struct rb_node *n) { return n && !(n->__rb_parent_color & 1); }
static inline void __rb_set(struct rb_node *n, struct rb_node *parent, bool black)
{
	n->__rb_parent_color = (unsigned long)parent | black;
}
static inline void __rb_paint(struct rb_node *n, bool black) { __rb_set(n, rb_parent(n), black); }

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	__rb_set(node, parent, false);
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

/* Puts `to` where `from` hangs from its parent. */
static inline void __rb_hang(struct rb_node *from, struct rb_node *to, struct rb_root *root)
{
	struct rb_node *p = rb_parent(from);

	if (!p)
		root->rb_node = to;
	else if (p->rb_left == from)
		p->rb_left = to;
	else
		p->rb_right = to;
	if (to)
		__rb_set(to, p, to->__rb_parent_color & 1);
}

/* left: n's right child takes its place; else the left one does. */
static inline void __rb_rotate(struct rb_node *n, bool left, struct rb_root *root)
{
	struct rb_node *up = left ? n->rb_right : n->rb_left;
	struct rb_node *inner = left ? up->rb_left : up->rb_right;

	__rb_hang(n, up, root);
	if (left) {
		n->rb_right = inner;
		up->rb_left = n;
	} else {
		n->rb_left = inner;
		up->rb_right = n;
	}
	if (inner)
		__rb_set(inner, n, inner->__rb_parent_color & 1);
	__rb_set(n, up, n->__rb_parent_color & 1);
}

static __maybe_unused void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *p;

	while ((p = rb_parent(node)) && __rb_red(p)) {
		struct rb_node *g = rb_parent(p);
		bool left = p == g->rb_left;
		struct rb_node *uncle = left ? g->rb_right : g->rb_left;

		if (__rb_red(uncle)) {
			__rb_paint(p, true);
			__rb_paint(uncle, true);
			__rb_paint(g, false);
			node = g;
			continue;
		}
		if (node == (left ? p->rb_right : p->rb_left)) {
			__rb_rotate(p, left, root);
			p = node;
		}
		__rb_paint(p, true);
		__rb_paint(g, false);
		__rb_rotate(g, !left, root);
		break;
	}
	__rb_paint(root->rb_node, true);
}

/* Makes up for a black node that is missing at n, a child of p. */
static __maybe_unused void __rb_erase_color(struct rb_node *n, struct rb_node *p, struct rb_root *root)
{
	while (p && !__rb_red(n)) {
		bool left = n == p->rb_left;
		struct rb_node *s = left ? p->rb_right : p->rb_left;

		if (__rb_red(s)) {
			__rb_paint(s, true);
			__rb_paint(p, false);
			__rb_rotate(p, left, root);
			s = left ? p->rb_right : p->rb_left;
		}
		if (!__rb_red(s->rb_left) && !__rb_red(s->rb_right)) {
			__rb_paint(s, false);
			n = p;
			p = rb_parent(n);
			continue;
		}
		if (!__rb_red(left ? s->rb_right : s->rb_left)) {
			__rb_paint(left ? s->rb_left : s->rb_right, true);
			__rb_paint(s, false);
			__rb_rotate(s, !left, root);
			s = left ? p->rb_right : p->rb_left;
		}
		__rb_paint(s, !__rb_red(p));
		__rb_paint(p, true);
		__rb_paint(left ? s->rb_right : s->rb_left, true);
		__rb_rotate(p, left, root);
		n = root->rb_node;
		break;
	}
	if (n)
		__rb_paint(n, true);
}

static __maybe_unused void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *child, *p;
	bool black;

	if (node->rb_left && node->rb_right) {
		/* Its successor, which has no left child, takes its place. */
		struct rb_node *next = node->rb_right;

		while (next->rb_left)
			next = next->rb_left;
		black = !__rb_red(next);
		child = next->rb_right;
		p = rb_parent(next);
		if (p == node) {
			p = next;
		} else {
			__rb_hang(next, child, root);
			next->rb_right = node->rb_right;
			__rb_set(next->rb_right, next, next->rb_right->__rb_parent_color & 1);
		}
		__rb_hang(node, next, root);
		__rb_paint(next, !__rb_red(node));
		next->rb_left = node->rb_left;
		__rb_set(next->rb_left, next, next->rb_left->__rb_parent_color & 1);
	} else {
		child = node->rb_left ? node->rb_left : node->rb_right;
		p = rb_parent(node);
		black = !__rb_red(node);
		__rb_hang(node, child, root);
	}
	if (black)
		__rb_erase_color(child, p, root);
}

static inline void rb_replace_node(struct rb_node *victim, struct rb_node *node, struct rb_root *root)
{
	*node = *victim;
	if (node->rb_left)
		__rb_set(node->rb_left, node, node->rb_left->__rb_parent_color & 1);
	if (node->rb_right)
		__rb_set(node->rb_right, node, node->rb_right->__rb_parent_color & 1);
	__rb_hang(victim, node, root);
}

static inline struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}
static inline struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_right)
		n = n->rb_right;
	return n;
}
static inline struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *p;

	if (node->rb_right) {
		for (p = node->rb_right; p->rb_left; p = p->rb_left)
			;
		return p;
	}
	while ((p = rb_parent(node)) && node == p->rb_right)
		node = p;
	return p;
}
static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *p;

	if (node->rb_left) {
		for (p = node->rb_left; p->rb_right; p = p->rb_right)
			;
		return p;
	}
	while ((p = rb_parent(node)) && node == p->rb_left)
		node = p;
	return p;
}

#define rb_first_cached(root)	((root)->rb_leftmost)
static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root, bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}
static inline void rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase(node, &root->rb_root);
}

/* Adds a node before the first that is not less. */
static inline void rb_add(struct rb_node *node, struct rb_root *tree, bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = less(node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
}
static inline struct rb_node *rb_find(const void *key, const struct rb_root *tree, int (*cmp)(const void *key, const struct rb_node *))
{
	struct rb_node *n = tree->rb_node;

	while (n) {
		int c = cmp(key, n);

		if (!c)
			return n;
		n = c < 0 ? n->rb_left : n->rb_right;
	}
	return NULL;
}

/* Children first; the order of rb_first_postorder. */
static inline struct rb_node *__rb_deepest(struct rb_node *n)
{
	while (n->rb_left || n->rb_right)
		n = n->rb_left ? n->rb_left : n->rb_right;
	return n;
}
static inline struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? __rb_deepest(root->rb_node) : NULL;
}
static inline struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *p = rb_parent(node);

	if (p && node == p->rb_left && p->rb_right)
		return __rb_deepest(p->rb_right);
	return p;
}
#define rbtree_postorder_for_each_entry_safe(pos, n, root, field)				\
	for (pos = rb_entry_safe(rb_first_postorder(root), __typeof__(*pos), field);		\
	     pos && ({ n = rb_entry_safe(rb_next_postorder(&pos->field), __typeof__(*pos), field); 1; });	\
	     pos = n)

#endif
