/* Kobjects with a type of their own, in a set, with groups of attributes. */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

struct foo {
	struct kobject kobj;
	int number;
};
#define to_foo(k) container_of(k, struct foo, kobj)

struct foo_attribute {
	struct attribute attr;
	ssize_t (*show)(struct foo *foo, char *buf);
	ssize_t (*store)(struct foo *foo, const char *buf, size_t n);
};

static ssize_t foo_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	struct foo_attribute *a = container_of(attr, struct foo_attribute, attr);

	return a->show ? a->show(to_foo(kobj), buf) : -EIO;
}

static ssize_t foo_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t n)
{
	struct foo_attribute *a = container_of(attr, struct foo_attribute, attr);

	return a->store ? a->store(to_foo(kobj), buf, n) : -EIO;
}

static const struct sysfs_ops foo_ops = { .show = foo_show, .store = foo_store };

static ssize_t number_show(struct foo *foo, char *buf) { return sysfs_emit(buf, "%d\n", foo->number); }
static ssize_t number_store(struct foo *foo, const char *buf, size_t n)
{
	int ret = kstrtoint(buf, 10, &foo->number);

	if (ret < 0)
		return ret;
	sysfs_notify(&foo->kobj, NULL, "number");
	return n;
}
static struct foo_attribute number_attr = __ATTR_RW(number);

static ssize_t full_show(struct foo *foo, char *buf)
{
	int n = 0;

	while (n < PAGE_SIZE - 1)
		n += sysfs_emit_at(buf, n, "0123456789");
	return n;
}
static struct foo_attribute full_attr = __ATTR_RO(full);

static ssize_t refuse_show(struct foo *foo, char *buf) { return -EPERM; }
static ssize_t refuse_store(struct foo *foo, const char *buf, size_t n) { return n > 3 ? 3 : -ERANGE; }
static struct foo_attribute refuse_attr = __ATTR_RW(refuse);

static ssize_t leave_store(struct foo *foo, const char *buf, size_t n);
static struct foo_attribute leave_attr = __ATTR_WO(leave);
static ssize_t leave_store(struct foo *foo, const char *buf, size_t n)
{
	sysfs_remove_file(&foo->kobj, &leave_attr.attr);
	return n;
}

static struct attribute *foo_attrs[] = {
	&number_attr.attr, &full_attr.attr, &refuse_attr.attr, &leave_attr.attr, NULL
};
ATTRIBUTE_GROUPS(foo);

static void foo_release(struct kobject *kobj)
{
	pr_info("objects: %s released\n", kobject_name(kobj));
	kfree(to_foo(kobj));
}

static const struct kobj_type foo_type = {
	.release = foo_release, .sysfs_ops = &foo_ops, .default_groups = foo_groups,
};

/* Attributes of a plain kobject, in a directory of their own, some hidden. */
static int hidden = 1;
static ssize_t word_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s of %s\n", attr->attr.name, kobject_name(kobj));
}
static struct kobj_attribute seen = __ATTR(seen, 0444, word_show, NULL);
static struct kobj_attribute unseen = __ATTR(unseen, 0444, word_show, NULL);
static struct kobj_attribute mute = __ATTR(mute, 0644, NULL, NULL);
static struct attribute *words[] = { &seen.attr, &unseen.attr, &mute.attr, NULL };

static umode_t words_visible(struct kobject *kobj, struct attribute *attr, int i)
{
	return attr == &unseen.attr && hidden ? 0 : attr->mode;
}

static char bytes[8] = "bytes!!";
static ssize_t raw_read(struct file *file, struct kobject *kobj, struct bin_attribute *a, char *buf, loff_t off, size_t n)
{
	return memory_read_from_buffer(buf, n, &off, bytes, sizeof(bytes));
}
static ssize_t raw_write(struct file *file, struct kobject *kobj, struct bin_attribute *a, char *buf, loff_t off, size_t n)
{
	memcpy(bytes + off, buf, n);
	return n;
}
static BIN_ATTR_RW(raw, sizeof(bytes));
static struct bin_attribute *raws[] = { &bin_attr_raw, NULL };

static const struct attribute_group words_group = {
	.name = "words", .is_visible = words_visible, .attrs = words, .bin_attrs = raws,
};

static struct kset *set;
static struct foo *one, *two;
static struct kobject *plain;

static struct foo *make(const char *name, int number)
{
	struct foo *foo = kzalloc(sizeof(*foo), GFP_KERNEL);
	int ret;

	foo->number = number;
	foo->kobj.kset = set;
	ret = kobject_init_and_add(&foo->kobj, &foo_type, NULL, "%s", name);
	if (ret) {
		pr_info("objects: adding %s: %d\n", name, ret);
		kobject_put(&foo->kobj);
		return NULL;
	}
	return foo;
}

static int __init objects_init(void)
{
	struct kobject *k;
	char *path;
	int group, link;

	set = kset_create_and_add("objects", NULL, kernel_kobj);
	one = make("one", 1);
	two = make("two", 2);
	make("one", 3);
	k = kset_find_obj(set, "two");
	pr_info("objects: found %d, references %u\n", k == &two->kobj, kref_read(&k->kref));
	kobject_put(k);
	plain = kobject_create_and_add("plain", &set->kobj);
	group = sysfs_create_group(plain, &words_group);
	link = sysfs_create_link(plain, &one->kobj, "friend");
	pr_info("objects: group %d, link %d, again %d\n", group, link, sysfs_create_link(plain, &one->kobj, "friend"));
	hidden = 0;
	path = kobject_get_path(plain, GFP_KERNEL);
	pr_info("objects: path %s\n", path);
	kfree(path);
	return 0;
}

static void __exit objects_exit(void)
{
	kobject_get(&one->kobj);
	kobject_put(&one->kobj);
	kobject_put(&one->kobj);
	kobject_put(&two->kobj);
	sysfs_remove_group(plain, &words_group);
	kobject_put(plain);
	kset_unregister(set);
}

module_init(objects_init);
module_exit(objects_exit);
MODULE_LICENSE("GPL");
