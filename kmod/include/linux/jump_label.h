/* jump_label.h - branches that cost nothing: where one is, there is a no-op or a
 * jump, which the kernel rewrites when the key changes.
 */
#ifndef _LINUX_JUMP_LABEL_H
#define _LINUX_JUMP_LABEL_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/stringify.h>

struct static_key { atomic_t enabled; };
struct static_key_true { struct static_key key; };
struct static_key_false { struct static_key key; };

#define STATIC_KEY_INIT_TRUE	{ .enabled = ATOMIC_INIT(1) }
#define STATIC_KEY_INIT_FALSE	{ .enabled = ATOMIC_INIT(0) }
#define STATIC_KEY_TRUE_INIT	(struct static_key_true){ .key = STATIC_KEY_INIT_TRUE }
#define STATIC_KEY_FALSE_INIT	(struct static_key_false){ .key = STATIC_KEY_INIT_FALSE }
#define DEFINE_STATIC_KEY_TRUE(name)	struct static_key_true name = STATIC_KEY_TRUE_INIT
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name = STATIC_KEY_FALSE_INIT
#define DECLARE_STATIC_KEY_TRUE(name)	extern struct static_key_true name
#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DEFINE_STATIC_KEY_ARRAY_FALSE(name, count)	struct static_key_false name[count] = {}

/* The entry: where the branch is, where it goes, the key; 1 is added to the key
 * where the jump is for a key that is off. The loader writes the instruction.
 */
#if defined(__riscv)
#define __JUMP_WORD	".dword"
#define __JUMP_KEY	"%0"
#define __JUMP_NOP	".option push\n\t.option norvc\n\t.option norelax\n\tnop\n\t.option pop"
#else
#define __JUMP_WORD	".long"
#define __JUMP_KEY	"%c0"
#define __JUMP_NOP	".byte 0x0f, 0x1f, 0x44, 0, 0"
#endif

static __always_inline bool __static_jump(struct static_key *const key, const bool likely_on)
{
	__asm__ goto("1:\n\t" __JUMP_NOP "\n\t"
		     ".pushsection __jump_table, \"aw\"\n\t"
		     ".balign " __stringify(__SIZEOF_POINTER__) "\n\t"
		     __JUMP_WORD " 1b, %l[jump], " __JUMP_KEY "\n\t"
		     ".popsection"
		     : : "i"(&((char *)key)[likely_on]) : : jump);
	return false;
jump:
	return true;
}

#define __static_key(x)								\
	(__builtin_choose_expr(__builtin_types_compatible_p(__typeof__(*(x)), struct static_key),	\
			       (x), &((struct static_key_true *)(x))->key))

/* Both are true while the key is on; the likely one is in the straight line. */
#define static_branch_likely(x)		likely(!__static_jump(__static_key(x), true))
#define static_branch_unlikely(x)	unlikely(__static_jump(__static_key(x), false))
#define static_key_false(x)		static_branch_unlikely(x)
#define static_key_true(x)		static_branch_likely(x)

#define static_key_enabled(x)		(atomic_read(&__static_key(x)->enabled) > 0)
#define static_key_count(x)		atomic_read(&__static_key(x)->enabled)

void static_key_enable(struct static_key *key);
void static_key_disable(struct static_key *key);
void static_key_slow_inc(struct static_key *key);
void static_key_slow_dec(struct static_key *key);
#define static_branch_enable(x)		static_key_enable(__static_key(x))
#define static_branch_disable(x)	static_key_disable(__static_key(x))
#define static_branch_inc(x)		static_key_slow_inc(__static_key(x))
#define static_branch_dec(x)		static_key_slow_dec(__static_key(x))

#endif
