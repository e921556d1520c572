/* cpumask.h - sets of CPUs: there is one. */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/types.h>

#define NR_CPUS		1
#define nr_cpu_ids	1

typedef struct cpumask { unsigned long bits[1]; } cpumask_t;

#define cpumask_clear(m)	((m)->bits[0] = 0)
#define cpumask_setall(m)	((m)->bits[0] = 1)
#define cpumask_set_cpu(cpu, m)	((m)->bits[0] |= 1UL << (cpu))
#define cpumask_clear_cpu(cpu, m)	((m)->bits[0] &= ~(1UL << (cpu)))
#define cpumask_test_cpu(cpu, m)	((m)->bits[0] >> (cpu) & 1)
#define cpumask_empty(m)	((m)->bits[0] == 0)
#define cpumask_weight(m)	((unsigned int)((m)->bits[0] & 1))
#define num_online_cpus()	1
#define num_possible_cpus()	1
#define num_present_cpus()	1
#define cpu_online(cpu)		((cpu) == 0)
#define cpu_possible(cpu)	((cpu) == 0)
#define for_each_online_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define for_each_possible_cpu(cpu)	for_each_online_cpu(cpu)
#define for_each_present_cpu(cpu)	for_each_online_cpu(cpu)

#endif
