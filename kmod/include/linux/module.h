/* module.h - a loadable module. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/types.h>
#include <linux/init.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/moduleparam.h>
/* Authors rely on what Linux's module.h has brought along for years. */
#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/jump_label.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#define MODULE_NAME_LEN 56

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,
	MODULE_STATE_GOING,
	MODULE_STATE_UNFORMED,
};

/* The kernel has the same layout and refuses a module whose structure has
 * another size.
 */
struct module {
	enum module_state state;
	unsigned int taints;
	char name[MODULE_NAME_LEN];
	int (*init)(void);
	void (*exit)(void);
	const char *version;
	const char *srcversion;
	unsigned long refcnt;
};

/* A row of __versions: the CRC of an outside symbol's type. The generated
 * NAME.mod.c has one for each the module uses.
 */
struct modversion_info {
	unsigned long crc;
	char name[64 - sizeof(unsigned long)];
};

extern struct module __this_module;
#define THIS_MODULE (&__this_module)

#ifndef KBUILD_MODNAME
#error "KBUILD_MODNAME is not defined: build modules with the build recipe"
#endif

/* The loader calls init_module and cleanup_module; these give the names to
 * the module's own functions. They end in a function, so that a semicolon may
 * follow but need not, as with Linux's.
 */
#define module_init(initfn)						\
	int init_module(void) __copy(initfn) __alias(initfn);		\
	static inline initcall_t __maybe_unused __inittest(void)	\
	{ return initfn; }
#define module_exit(exitfn)						\
	void cleanup_module(void) __copy(exitfn) __alias(exitfn);	\
	static inline exitcall_t __maybe_unused __exittest(void)	\
	{ return exitfn; }

int init_module(void);
void cleanup_module(void);

#define MODULE_INFO(tag, info)		__MODULE_INFO(tag, tag, info)
#define MODULE_LICENSE(_license)		MODULE_INFO(license, _license)
#define MODULE_AUTHOR(_author)		MODULE_INFO(author, _author)
#define MODULE_DESCRIPTION(_description)	MODULE_INFO(description, _description)
#define MODULE_VERSION(_version)		MODULE_INFO(version, _version)
#define MODULE_ALIAS(_alias)		MODULE_INFO(alias, _alias)
#define MODULE_SOFTDEP(_softdep)		MODULE_INFO(softdep, _softdep)
#define MODULE_FIRMWARE(_firmware)	MODULE_INFO(firmware, _firmware)
#define MODULE_IMPORT_NS(ns)		MODULE_INFO(import_ns, __stringify(ns))

/* The devices a driver is for; modpost makes aliases of the table's rows. */
#define MODULE_DEVICE_TABLE(type, name)						\
	extern __typeof__(name) __mod_device_table__##type##__##name		\
		__attribute__((__unused__, __alias__(#name)))

/* A reference keeps a module from being removed. */
bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(struct module *module);
static inline const char *module_name(const struct module *mod) { return mod ? mod->name : "kernel"; }
struct notifier_block;
/* A notifier hears of every module: its action is the new state, its data the
 * struct module.
 */
int register_module_notifier(struct notifier_block *nb);
int unregister_module_notifier(struct notifier_block *nb);

/* A symbol by name, which keeps its module; NULL if nobody has it. */
void *__symbol_get(const char *symbol);
void __symbol_put(const char *symbol);
void symbol_put_addr(void *addr);
#define symbol_get(x)								\
	({									\
		extern typeof(x) x __attribute__((weak));			\
		(typeof(&x))__symbol_get(__stringify(x));			\
	})
#define symbol_put(x)		__symbol_put(__stringify(x))
#define symbol_request(x)	try_then_request_module(symbol_get(x), "symbol:" #x)

static inline bool module_is_live(const struct module *mod) { return mod->state != MODULE_STATE_GOING; }

#endif
