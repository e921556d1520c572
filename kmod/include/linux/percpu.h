/* percpu.h - a variable for each CPU. There is one CPU, so there is one variable;
 * what makes access safe is what makes it safe on Linux: preemption off, or an
 * operation that is one instruction.
 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/types.h>
#include <linux/smp.h>
#include <linux/slab.h>

#define __percpu
#define DEFINE_PER_CPU(type, name)		__section(".data..percpu") __typeof__(type) name
#define DECLARE_PER_CPU(type, name)		extern __typeof__(type) name
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name)	DEFINE_PER_CPU(type, name)
#define EXPORT_PER_CPU_SYMBOL(var)		EXPORT_SYMBOL(var)
#define EXPORT_PER_CPU_SYMBOL_GPL(var)		EXPORT_SYMBOL_GPL(var)

#define per_cpu(var, cpu)		(*per_cpu_ptr(&(var), cpu))
#define per_cpu_ptr(ptr, cpu)		({ (void)(cpu); (ptr); })
#define this_cpu_ptr(ptr)		(ptr)
#define raw_cpu_ptr(ptr)		(ptr)
#define get_cpu_var(var)		(*({ preempt_disable(); &(var); }))
#define put_cpu_var(var)		do { (void)&(var); preempt_enable(); } while (0)
#define get_cpu_ptr(ptr)		({ preempt_disable(); (ptr); })
#define put_cpu_ptr(ptr)		do { (void)(ptr); preempt_enable(); } while (0)

#define this_cpu_read(v)		__atomic_load_n(&(v), __ATOMIC_RELAXED)
#define this_cpu_write(v, x)		__atomic_store_n(&(v), x, __ATOMIC_RELAXED)
#define this_cpu_add(v, x)		((void)__atomic_fetch_add(&(v), x, __ATOMIC_RELAXED))
#define this_cpu_sub(v, x)		((void)__atomic_fetch_sub(&(v), x, __ATOMIC_RELAXED))
#define this_cpu_inc(v)			this_cpu_add(v, 1)
#define this_cpu_dec(v)			this_cpu_sub(v, 1)
#define this_cpu_add_return(v, x)	__atomic_add_fetch(&(v), x, __ATOMIC_RELAXED)
#define this_cpu_inc_return(v)		this_cpu_add_return(v, 1)
#define this_cpu_xchg(v, x)		__atomic_exchange_n(&(v), x, __ATOMIC_RELAXED)
#define __this_cpu_read(v)		this_cpu_read(v)
#define __this_cpu_write(v, x)		this_cpu_write(v, x)
#define __this_cpu_add(v, x)		this_cpu_add(v, x)
#define __this_cpu_inc(v)		this_cpu_inc(v)
#define __this_cpu_dec(v)		this_cpu_dec(v)

#define __alloc_percpu(size, align)	kzalloc(size, GFP_KERNEL)
#define alloc_percpu(type)		((__typeof__(type) *)__alloc_percpu(sizeof(type), __alignof__(type)))
#define alloc_percpu_gfp(type, gfp)	alloc_percpu(type)
#define free_percpu(ptr)		kfree(ptr)

#endif
