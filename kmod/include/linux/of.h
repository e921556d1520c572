/* of.h - nodes of the device tree and their properties. Numbers in it are
 * big-endian, in cells of 32 bits.
 */
#ifndef _LINUX_OF_H
#define _LINUX_OF_H

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/mod_devicetable.h>

struct property {
	char *name;
	int length;
	void *value;
	struct property *next;
};

struct device_node {
	const char *name;
	const char *full_name;
	struct property *properties;
	struct device_node *parent;
	struct device_node *child;
	struct device_node *sibling;
	void *data;
};

const struct of_device_id *of_match_node(const struct of_device_id *matches, const struct device_node *node);

#define of_match_ptr(ptr)	(ptr)

static inline struct device_node *of_node_get(struct device_node *node) { return node; }
static inline void of_node_put(struct device_node *node) { }
static inline struct device_node *of_get_parent(const struct device_node *node) { return node ? node->parent : NULL; }

#define for_each_child_of_node(parent, child) \
	for (child = (parent) ? (parent)->child : NULL; child; child = child->sibling)
#define for_each_available_child_of_node(parent, child)	for_each_child_of_node(parent, child)
static inline int of_get_child_count(const struct device_node *np)
{
	struct device_node *child;
	int n = 0;

	for_each_child_of_node(np, child)
		n++;
	return n;
}
#define of_get_available_child_count(np)	of_get_child_count(np)

static inline struct property *of_find_property(const struct device_node *np, const char *name, int *lenp)
{
	struct property *p = np ? np->properties : NULL;

	for (; p; p = p->next)
		if (strcmp(p->name, name) == 0) {
			if (lenp)
				*lenp = p->length;
			return p;
		}
	return NULL;
}

static inline const void *of_get_property(const struct device_node *np, const char *name, int *lenp)
{
	struct property *p = of_find_property(np, name, lenp);

	return p ? p->value : NULL;
}

static inline bool of_property_present(const struct device_node *np, const char *name)
{
	return of_find_property(np, name, NULL) != NULL;
}

static inline bool of_property_read_bool(const struct device_node *np, const char *name)
{
	return of_property_present(np, name);
}

static inline u32 __of_cell(const void *value, u32 index)
{
	const u8 *b = (const u8 *)value + 4 * index;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

static inline int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index, u32 *out)
{
	struct property *p = of_find_property(np, name, NULL);

	if (!p)
		return -EINVAL;
	if (!p->value)
		return -ENODATA;
	if (p->length < 0 || index >= (u32)p->length / 4)
		return -EOVERFLOW;
	*out = __of_cell(p->value, index);
	return 0;
}

static inline int of_property_read_u32(const struct device_node *np, const char *name, u32 *out)
{
	return of_property_read_u32_index(np, name, 0, out);
}

static inline int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *out, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int ret = of_property_read_u32_index(np, name, i, out + i);

		if (ret)
			return ret;
	}
	return 0;
}

static inline int of_property_count_u32_elems(const struct device_node *np, const char *name)
{
	struct property *p = of_find_property(np, name, NULL);

	if (!p)
		return -EINVAL;
	return p->length % 4 ? -EINVAL : p->length / 4;
}

static inline int of_property_read_string(const struct device_node *np, const char *name, const char **out)
{
	struct property *p = of_find_property(np, name, NULL);

	if (!p)
		return -EINVAL;
	if (!p->value)
		return -ENODATA;
	if (strnlen(p->value, p->length) >= (size_t)p->length)
		return -EILSEQ;
	*out = p->value;
	return 0;
}

static inline int of_device_is_compatible(const struct device_node *np, const char *name)
{
	struct property *p = of_find_property(np, "compatible", NULL);
	const char *s = p ? p->value : NULL;
	int left = p ? p->length : 0;

	while (s && left > 0) {
		int n = strnlen(s, left) + 1;

		if (strcmp(s, name) == 0)
			return 1;
		s += n;
		left -= n;
	}
	return 0;
}

#endif
