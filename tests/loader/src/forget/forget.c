// SPDX-License-Identifier: GPL-2.0
/*
 * forget - takes something from the kernel in the way that its parameter names,
 * and does not give it back.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/gfp.h>
#include <linux/cdev.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kobject.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>
#include <crypto/hash.h>

static char *way = "";
module_param(way, charp, 0);

static struct kmem_cache *cache;
static struct kobject bare;
static struct class *class;
static struct device *root;

static noinline void *by_kmalloc(void) { return kmalloc(100, GFP_KERNEL); }
static noinline void *by_kcalloc(void) { return kcalloc(5, 20, GFP_KERNEL); }
static noinline void *by_kmemdup(void) { return kmemdup("four", 4, GFP_KERNEL); }
static noinline void *by_kstrdup(void) { return kstrdup("eleven bytes", GFP_KERNEL); }
static noinline void *by_kasprintf(void) { return kasprintf(GFP_KERNEL, "%d bytes", 9); }
static noinline void *by_krealloc(void) { return krealloc(kmalloc(10, GFP_KERNEL), 300, GFP_KERNEL); }
static noinline void *by_cache(void) { return cache = kmem_cache_create("forget", 40, 0, 0, NULL); }
static noinline void *by_object(void) { return kmem_cache_alloc(cache, GFP_KERNEL); }
static noinline void *by_vmalloc(void) { return vmalloc(5000); }
static noinline void *by_kvmalloc(void) { return kvmalloc(200, GFP_KERNEL); }
static noinline void *by_pages(void) { return (void *)__get_free_pages(GFP_KERNEL, 1); }
static noinline void *by_kobject(void) { return kobject_create_and_add("forget", kernel_kobj); }
static noinline void *by_name(void) { return kobject_set_name(&bare, "forget") ? NULL : &bare; }
static noinline void *by_class(void) { return class = class_create("forget"); }
static noinline void *by_device(void) { return device_create(class, NULL, MKDEV(240, 1), NULL, "forget"); }
static noinline void *by_cdev(void) { return cdev_alloc(); }
static noinline void *by_proc(void) { return proc_mkdir("forget", NULL); }
static noinline void *by_debugfs(void) { return debugfs_create_dir("forget", NULL); }
static noinline void *by_queue(void) { return alloc_workqueue("forget", 0, 0); }
static noinline void *by_region(void) { return request_mem_region(0xd0000000, 16, "forget"); }
static noinline void *by_hash(void) { return crypto_alloc_shash("sha256", 0, 0); }
static noinline void *by_root(void) { return root = root_device_register("forget"); }
static noinline void *by_devm(void) { return devm_kzalloc(root, 77, GFP_KERNEL); }

static const struct way {
	const char *name;
	void *(*before)(void);
	void *(*take)(void);
} ways[] = {
	{ "kmalloc", NULL, by_kmalloc }, { "kcalloc", NULL, by_kcalloc }, { "kmemdup", NULL, by_kmemdup },
	{ "kstrdup", NULL, by_kstrdup }, { "kasprintf", NULL, by_kasprintf }, { "krealloc", NULL, by_krealloc },
	{ "cache", NULL, by_cache }, { "object", by_cache, by_object }, { "vmalloc", NULL, by_vmalloc },
	{ "kvmalloc", NULL, by_kvmalloc }, { "pages", NULL, by_pages }, { "kobject", NULL, by_kobject },
	{ "name", NULL, by_name }, { "class", NULL, by_class }, { "device", by_class, by_device },
	{ "cdev", NULL, by_cdev }, { "proc", NULL, by_proc }, { "debugfs", NULL, by_debugfs },
	{ "queue", NULL, by_queue }, { "region", NULL, by_region }, { "hash", NULL, by_hash },
	{ "root", NULL, by_root }, { "devm", by_root, by_devm },
};

/* A file that is opened as a single one, and released as another. */
static int show(struct seq_file *m, void *v)
{
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static const struct proc_ops ops = { .proc_open = open, .proc_read = seq_read, .proc_release = seq_release };

static int __init forget_init(void)
{
	int i;

	proc_create("forgetful", 0, NULL, &ops);
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(ways[i].name, way)) {
			if (ways[i].before && !ways[i].before())
				return -EINVAL;
			return IS_ERR_OR_NULL(ways[i].take()) ? -ENOMEM : 0;
		}
	return 0;
}

static void __exit forget_exit(void)
{
	remove_proc_entry("forgetful", NULL);
}

module_init(forget_init);
module_exit(forget_exit);
MODULE_LICENSE("GPL");
