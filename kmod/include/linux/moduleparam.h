/* moduleparam.h - parameters, given as name=value to insmod. */
#ifndef _LINUX_MODULEPARAM_H
#define _LINUX_MODULEPARAM_H

#include <linux/types.h>
#include <linux/init.h>
#include <linux/stringify.h>

/* Strings `key=value` in .modinfo, which the tools and the loader read. */
#define __MODULE_INFO(tag, name, info)						\
	static const char __UNIQUE_ID(name)[] __used __section(".modinfo")	\
		__aligned(1) = __stringify(tag) "=" info
#define __MODULE_PARM_TYPE(name, _type)	__MODULE_INFO(parmtype, name##type, #name ":" _type)
#define MODULE_PARM_DESC(name, desc)	__MODULE_INFO(parm, name, #name ":" desc)

struct kernel_param;
struct module;

#define KERNEL_PARAM_OPS_FL_NOARG	(1 << 0)	/* may be given without a value */

struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
};

struct kparam_string {
	unsigned int maxlen;
	char *string;
};

struct kparam_array {
	unsigned int max;
	unsigned int elemsize;
	unsigned int *num;
	const struct kernel_param_ops *ops;
	void *elem;
};

/* The loader knows this layout. */
struct kernel_param {
	const char *name;
	struct module *mod;
	const struct kernel_param_ops *ops;
	const u16 perm;
	s8 level;
	u8 flags;
	union {
		void *arg;
		const struct kparam_string *str;
		const struct kparam_array *arr;
	};
};

/* Octal, readable by whoever may write, not writable by others. */
#define VERIFY_OCTAL_PERMISSIONS(perms)						\
	(BUILD_BUG_ON_ZERO((perms) < 0) +					\
	 BUILD_BUG_ON_ZERO((perms) > 0777) +					\
	 BUILD_BUG_ON_ZERO((((perms) >> 6) & 4) < (((perms) >> 3) & 4)) +	\
	 BUILD_BUG_ON_ZERO((((perms) >> 3) & 4) < ((perms) & 4)) +		\
	 BUILD_BUG_ON_ZERO((perms) & 2) +					\
	 (perms))

#define __module_param_call(name, ops, arg, perm)				\
	static const char __param_str_##name[] = #name;				\
	static const struct kernel_param __param_##name __used			\
		__section("__param") __aligned(sizeof(void *)) = {		\
		__param_str_##name, THIS_MODULE, ops,				\
		VERIFY_OCTAL_PERMISSIONS(perm), -1, 0, { arg } }

#define module_param_cb(name, ops, arg, perm)	__module_param_call(name, ops, arg, perm)

#define module_param_named(name, value, type, perm)				\
	param_check_##type(name, &(value));					\
	module_param_cb(name, &param_ops_##type, &value, perm);			\
	__MODULE_PARM_TYPE(name, #type)
#define module_param(name, type, perm)	module_param_named(name, name, type, perm)

#define module_param_string(name, str, len, perm)				\
	static const struct kparam_string __param_string_##name = { len, str };	\
	__module_param_call(name, &param_ops_string, (void *)&__param_string_##name, perm);	\
	__MODULE_PARM_TYPE(name, "string")

#define module_param_array_named(name, array, type, nump, perm)			\
	param_check_##type(name, &(array)[0]);					\
	static const struct kparam_array __param_arr_##name = {			\
		.max = sizeof(array) / sizeof((array)[0]), .num = nump,		\
		.ops = &param_ops_##type,					\
		.elemsize = sizeof((array)[0]), .elem = array };		\
	__module_param_call(name, &param_array_ops, (void *)&__param_arr_##name, perm);	\
	__MODULE_PARM_TYPE(name, "array of " #type)
#define module_param_array(name, type, nump, perm) \
	module_param_array_named(name, name, type, nump, perm)

/* Fails to compile when the variable is not of the parameter's type. */
#define __param_check(name, p, type) \
	static inline type __always_unused *__check_##name(void) { return (p); }

#define __PARAM_TYPE(name)								\
	extern const struct kernel_param_ops param_ops_##name;				\
	int param_set_##name(const char *val, const struct kernel_param *kp);		\
	int param_get_##name(char *buffer, const struct kernel_param *kp)

__PARAM_TYPE(byte);
__PARAM_TYPE(short);
__PARAM_TYPE(ushort);
__PARAM_TYPE(int);
__PARAM_TYPE(uint);
__PARAM_TYPE(long);
__PARAM_TYPE(ulong);
__PARAM_TYPE(ullong);
__PARAM_TYPE(hexint);
__PARAM_TYPE(charp);
__PARAM_TYPE(bool);
__PARAM_TYPE(invbool);

#define param_check_byte(name, p)	__param_check(name, p, unsigned char)
#define param_check_short(name, p)	__param_check(name, p, short)
#define param_check_ushort(name, p)	__param_check(name, p, unsigned short)
#define param_check_int(name, p)	__param_check(name, p, int)
#define param_check_uint(name, p)	__param_check(name, p, unsigned int)
#define param_check_long(name, p)	__param_check(name, p, long)
#define param_check_ulong(name, p)	__param_check(name, p, unsigned long)
#define param_check_ullong(name, p)	__param_check(name, p, unsigned long long)
#define param_check_hexint(name, p)	__param_check(name, p, unsigned int)
#define param_check_charp(name, p)	__param_check(name, p, char *)
#define param_check_bool(name, p)	__param_check(name, p, bool)
#define param_check_invbool(name, p)	__param_check(name, p, bool)

extern const struct kernel_param_ops param_ops_string;
extern const struct kernel_param_ops param_array_ops;
int param_set_copystring(const char *val, const struct kernel_param *kp);
int param_get_string(char *buffer, const struct kernel_param *kp);

#endif
