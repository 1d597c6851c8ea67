// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * Macros and inline functions of the kernel as functions that Rust can call, without any policy.
 * Their Rust declarations stand in helpers.rs.
 */

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "helpers.h"

#ifndef CONFIG_64BIT
#error "knem reaches user pages through the direct map, which needs a 64-bit kernel"
#endif

#if !defined(CONFIG_SPARSEMEM_VMEMMAP) && !defined(CONFIG_FLATMEM)
#error "knem needs the page descriptors of consecutive pages to be consecutive"
#endif

size_t knem_folio_pages_from(struct page *page)
{
	struct folio *folio = page_folio(page);

	return folio_nr_pages(folio) - folio_page_idx(folio, page);
}

bool knem_folio_is_crowded(struct page *page)
{
	return folio_ref_count(page_folio(page)) > INT_MAX / 2;
}

u64 knem_page_to_phys(struct page *page)
{
	return page_to_phys(page);
}

struct page *knem_phys_to_page(u64 address)
{
	return phys_to_page(address);
}

void *knem_phys_to_direct_map(u64 address)
{
	return page_address(phys_to_page(address)) + offset_in_page(address);
}

void knem_memmove(void *target, const void *source, size_t bytes)
{
	memmove(target, source, bytes);
}

void knem_kfree_rcu(struct knem_rcu_object *object)
{
	kfree_rcu(object, rcu);
}

void knem_cond_resched(void)
{
	cond_resched();
}

bool knem_fatal_signal_pending(void)
{
	return fatal_signal_pending(current);
}

/* Whether the caller is a process that is not about to end. */
bool knem_current_goes_on(void)
{
	return !(current->flags & (PF_EXITING | PF_KTHREAD));
}

struct pid *knem_get_current_process(void)
{
	return get_pid(task_tgid(current));
}

void knem_init_waitqueue(struct wait_queue_head *head)
{
	init_waitqueue_head(head);
}

void knem_wake_up_all(struct wait_queue_head *head)
{
	wake_up_all(head);
}

/* Rather none than killing somebody for want of memory. */
struct page *knem_alloc_shared_page(void)
{
	return alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

void *knem_page_address(struct page *page)
{
	return page_address(page);
}

void knem_put_page(struct page *page)
{
	put_page(page);
}

size_t knem_cpus_bytes(void)
{
	return cpumask_size();
}

void knem_cpus_of_current(struct cpumask *mask)
{
	cpumask_copy(mask, current->cpus_ptr);
}

void knem_cpus_complement(struct cpumask *mask)
{
	cpumask_andnot(mask, cpu_possible_mask, mask);
}

bool knem_may_log(void)
{
	static DEFINE_RATELIMIT_STATE(lines, 5 * HZ, 1000);

	return __ratelimit(&lines);
}

void knem_this_cpu_add(u64 __percpu *counter, u64 value)
{
	this_cpu_add(*counter, value);
}

u64 knem_per_cpu_sum(u64 __percpu *counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter, cpu));
	return sum;
}
