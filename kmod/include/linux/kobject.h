/* kobject.h - what has a directory in /sys, and lives as long as somebody refers
 * to it.
 */
#ifndef _LINUX_KOBJECT_H
#define _LINUX_KOBJECT_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/sysfs.h>
#include <linux/kref.h>
#include <linux/moduleparam.h>

struct kset;
struct kobject;
struct kobj_type;
struct kernfs_node;
struct kset_uevent_ops;
struct kobj_ns_type_operations;

enum kobject_action {
	KOBJ_ADD,
	KOBJ_REMOVE,
	KOBJ_CHANGE,
	KOBJ_MOVE,
	KOBJ_ONLINE,
	KOBJ_OFFLINE,
	KOBJ_BIND,
	KOBJ_UNBIND,
};

struct kobject {
	const char *name;
	struct list_head entry;
	struct kobject *parent;
	struct kset *kset;
	const struct kobj_type *ktype;
	struct kernfs_node *sd;
	struct kref kref;
	union {
		unsigned int state;	/* the kernel's view of the bits */
		struct {
			unsigned int state_initialized:1;
			unsigned int state_in_sysfs:1;
			unsigned int state_add_uevent_sent:1;
			unsigned int state_remove_uevent_sent:1;
			unsigned int uevent_suppress:1;
		};
	};
};

struct kobj_type {
	void (*release)(struct kobject *kobj);
	const struct sysfs_ops *sysfs_ops;
	const struct attribute_group **default_groups;
	const struct kobj_ns_type_operations *(*child_ns_type)(const struct kobject *kobj);
	const void *(*namespace)(const struct kobject *kobj);
	void (*get_ownership)(const struct kobject *kobj, void *uid, void *gid);
};

struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count);
};

struct kobj_uevent_env {
	char *argv[3];
	char *envp[64];
	int envp_idx;
	char buf[2048];
	int buflen;
};

struct kset_uevent_ops {
	int (*const filter)(const struct kobject *kobj);
	const char *(*const name)(const struct kobject *kobj);
	int (*const uevent)(const struct kobject *kobj, struct kobj_uevent_env *env);
};

struct kset {
	struct list_head list;
	struct kobject kobj;
	const struct kset_uevent_ops *uevent_ops;
};

extern const struct sysfs_ops kobj_sysfs_ops;
extern struct kobject *kernel_kobj;	/* /sys/kernel */
extern struct kobject *fs_kobj;		/* /sys/fs */
extern struct kobject *firmware_kobj;	/* /sys/firmware */

/* Types of objects that the kernel makes itself. */
extern const struct kobj_type dynamic_kobj_ktype, kset_ktype;

void kobject_init(struct kobject *kobj, const struct kobj_type *ktype);
__printf(2, 3) int kobject_set_name(struct kobject *kobj, const char *fmt, ...);
__printf(3, 4) __must_check int kobject_add(struct kobject *kobj, struct kobject *parent, const char *fmt, ...);
__printf(4, 5) __must_check int kobject_init_and_add(struct kobject *kobj, const struct kobj_type *ktype,
						     struct kobject *parent, const char *fmt, ...);
struct kobject * __must_check kobject_create_and_add(const char *name, struct kobject *parent);
void kobject_del(struct kobject *kobj);
struct kobject *kobject_get(struct kobject *kobj);
void kobject_put(struct kobject *kobj);
char *kobject_get_path(const struct kobject *kobj, gfp_t flag);
int kobject_uevent(struct kobject *kobj, enum kobject_action action);
int kobject_uevent_env(struct kobject *kobj, enum kobject_action action, char *envp[]);

static inline const char *kobject_name(const struct kobject *kobj) { return kobj->name; }
static inline const struct kobj_type *get_ktype(const struct kobject *kobj) { return kobj->ktype; }

void kset_init(struct kset *kset);
int __must_check kset_register(struct kset *kset);
void kset_unregister(struct kset *kset);
struct kset * __must_check kset_create_and_add(const char *name, const struct kset_uevent_ops *u,
					       struct kobject *parent);
struct kobject *kset_find_obj(struct kset *kset, const char *name);

static inline struct kset *to_kset(struct kobject *kobj) { return kobj ? container_of(kobj, struct kset, kobj) : NULL; }
static inline struct kset *kset_get(struct kset *k) { return k ? to_kset(kobject_get(&k->kobj)) : NULL; }
static inline void kset_put(struct kset *k) { kobject_put(&k->kobj); }

static inline int add_uevent_var(struct kobj_uevent_env *env, const char *format, ...) { return 0; }

#endif
