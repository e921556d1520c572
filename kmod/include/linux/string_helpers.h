/* string_helpers.h - numbers for people. */
#ifndef _LINUX_STRING_HELPERS_H
#define _LINUX_STRING_HELPERS_H

#include <linux/types.h>
#include <linux/string.h>
#include <linux/ctype.h>

enum string_size_units {
	STRING_UNITS_10,	/* kB, MB */
	STRING_UNITS_2,		/* KiB, MiB */
};

/* size blocks of blk_size bytes, with three significant digits. */
int string_get_size(u64 size, u64 blk_size, enum string_size_units units, char *buf, int len);

static inline const char *str_yes_no(bool v) { return v ? "yes" : "no"; }
static inline const char *str_on_off(bool v) { return v ? "on" : "off"; }
static inline const char *str_enable_disable(bool v) { return v ? "enable" : "disable"; }
static inline const char *str_enabled_disabled(bool v) { return v ? "enabled" : "disabled"; }
static inline const char *str_true_false(bool v) { return v ? "true" : "false"; }
static inline const char *str_plural(size_t n) { return n == 1 ? "" : "s"; }
static inline void string_upper(char *dst, const char *src)
{
	do
		*dst++ = toupper(*src);
	while (*src++);
}
static inline void string_lower(char *dst, const char *src)
{
	do
		*dst++ = tolower(*src);
	while (*src++);
}

#endif
