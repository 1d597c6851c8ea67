// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * Macros and inline functions of the kernel as functions that Rust can call, without any policy.
 * Their Rust declarations stand in helpers.rs.
 */

#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/gfp.h>
#include <linux/instrumented.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/rculist_bl.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "helpers.h"

#ifndef CONFIG_64BIT
#error "knem reaches user pages through the direct map, which needs a 64-bit kernel"
#endif

#if !defined(CONFIG_SPARSEMEM_VMEMMAP) && !defined(CONFIG_FLATMEM)
#error "knem needs the page descriptors of consecutive pages to be consecutive"
#endif

/* Whether the count of references is not far from its end. A batch of pins is too few to bring it there. */
static bool is_crowded(struct folio *folio)
{
	return folio_ref_count(folio) > INT_MAX / 2;
}

void knem_page_facts(struct page *page, struct knem_page_facts *facts)
{
	struct folio *folio = page_folio(page);

	facts->address = page_to_phys(page);
	facts->folio_rest = folio_nr_pages(folio) - folio_page_idx(folio, page);
	facts->crowded = is_crowded(folio);
}

/* Tells where the first pages are, as far as they are folios of their own and not crowded. */
size_t knem_single_pages(struct page *const *pages, size_t count, u64 *addresses)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct folio *folio = page_folio(pages[i]);

		if (folio_test_large(folio) || is_crowded(folio))
			break;
		addresses[i] = page_to_phys(pages[i]);
	}
	return i;
}

void knem_unpin(u64 address, size_t pages, bool dirty)
{
	unpin_user_page_range_dirty_lock(phys_to_page(address), pages, dirty);
}

/* The same for pages here and there; the array is used up. */
void knem_unpin_singles(u64 *addresses, size_t count, bool dirty)
{
	struct page **pages = (struct page **)addresses;

	for (size_t i = 0; i < count; i++)
		pages[i] = phys_to_page(addresses[i]);
	unpin_user_pages_dirty_lock(pages, count, dirty);
}

void knem_move(u64 target, u64 source, size_t bytes)
{
	memmove(phys_to_virt(target), phys_to_virt(source), bytes);
}

/*
 * As copy_to_iter() does: not copy_to_user(), which would look for the borders of an object in which
 * the memory lies, and pages of users are none.
 */
size_t knem_copy_to_user(void __user *target, u64 source, size_t bytes)
{
	const void *from = phys_to_virt(source);

	might_fault();
	if (should_fail_usercopy())
		return bytes;
	if (!access_ok(target, bytes))
		return bytes;
	instrument_copy_to_user(target, from, bytes);
	return raw_copy_to_user(target, from, bytes);
}

/* As copy_from_iter() does: not _copy_from_user(), which clears what it could not copy. */
size_t knem_copy_from_user(u64 target, const void __user *source, size_t bytes)
{
	void *to = phys_to_virt(target);
	size_t left;

	might_fault();
	if (should_fail_usercopy())
		return bytes;
	if (can_do_masked_user_access()) {
		source = mask_user_address(source);
	} else {
		if (!access_ok(source, bytes))
			return bytes;
		barrier_nospec();
	}
	instrument_copy_from_user_before(to, source, bytes);
	left = raw_copy_from_user(to, source, bytes);
	instrument_copy_from_user_after(to, source, bytes, left);
	return left;
}

/* One for so much memory that chains stay short as long as each object is about some of it. */
#define PAGES_PER_CHAIN 64
#define FEWEST_CHAINS 1024
#define MOST_CHAINS 65536

struct hlist_bl_head *knem_chains_alloc(size_t *count)
{
	size_t wanted = clamp(totalram_pages() / PAGES_PER_CHAIN, FEWEST_CHAINS, MOST_CHAINS);
	struct hlist_bl_head *chains;

	*count = rounddown_pow_of_two(wanted);
	chains = kvcalloc(*count, sizeof(*chains), GFP_KERNEL);
	for (size_t i = 0; chains && i < *count; i++)
		INIT_HLIST_BL_HEAD(&chains[i]);
	return chains;
}

/* With an object still in a chain, none is freed. Nobody adds any more. */
void knem_chains_free(struct hlist_bl_head *chains, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool empty;

		/* Whoever removed the last object has let go of the chain by then. */
		hlist_bl_lock(&chains[i]);
		empty = hlist_bl_empty(&chains[i]);
		hlist_bl_unlock(&chains[i]);
		if (WARN_ON(!empty))
			return;
	}
	kvfree(chains);
}

void knem_chain_add(struct hlist_bl_head *chain, struct knem_object *object, u64 key)
{
	object->chain = chain;
	object->key = key;
	hlist_bl_lock(chain);
	hlist_bl_add_head_rcu(&object->link, chain);
	hlist_bl_unlock(chain);
}

void knem_chain_remove(struct knem_object *object)
{
	hlist_bl_lock(object->chain);
	hlist_bl_del_rcu(&object->link);
	hlist_bl_unlock(object->chain);
}

/* Finds an object; the caller holds the RCU read lock. */
static struct knem_object *look_up(struct hlist_bl_head *chain, u64 key)
{
	struct hlist_bl_node *link;
	struct knem_object *object;

	hlist_bl_for_each_entry_rcu(object, link, chain, link)
		if (object->key == key)
			return object;
	return NULL;
}

/* Finds an object and takes a reference to it, unless it has none left or an absurd number of them. */
struct knem_reference knem_chain_find(struct hlist_bl_head *chain, u64 key)
{
	struct knem_reference found = {};
	struct knem_object *object;
	bool crowded = false;

	rcu_read_lock();
	object = look_up(chain, key);
	if (!object)
		goto out;
	if (unlikely(READ_ONCE(object->stripes)))
		found.stripe = knem_take_stripe(object);
	if (likely(!found.stripe)) {
		if (refcount_read(&object->references) > INT_MAX / 2 ||
		    !refcount_inc_not_zero(&object->references))
			goto out;
		/* Somebody else uses it besides the owner and the caller. */
		crowded = refcount_read(&object->references) > 2;
	}
	found.object = object;
out:
	rcu_read_unlock();
	if (unlikely(crowded))
		knem_spread(object);
	return found;
}

bool knem_chain_holds(struct hlist_bl_head *chain, u64 key)
{
	bool held;

	rcu_read_lock();
	held = look_up(chain, key);
	rcu_read_unlock();
	return held;
}

bool knem_is_readable(const char __user *source, size_t bytes)
{
	return fault_in_readable(source, bytes) == 0;
}

/* At the expense of the caller's control group. */
void *knem_object_alloc(size_t bytes)
{
	return kmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

/* The memory starts with a struct rcu_head. */
void knem_kfree_rcu(void *memory)
{
	struct { struct rcu_head rcu; } *object = memory;

	kfree_rcu(object, rcu);
}

/* The CPU on which the caller is, or was just now. */
size_t knem_cpu(void)
{
	return raw_smp_processor_id();
}

/* For the few words of a parameter block; what copies any amount takes longer to start. */
bool knem_read_words(u64 *target, const u64 __user *source, size_t words)
{
	might_fault();
	if (should_fail_usercopy())
		return false;
	scoped_user_read_access_size(source, words * sizeof(*source), fault)
		for (size_t i = 0; i < words; i++)
			unsafe_get_user(target[i], &source[i], fault);
	return true;
fault:
	return false;
}

bool knem_write_words(u64 __user *target, const u64 *source, size_t words)
{
	might_fault();
	if (should_fail_usercopy())
		return false;
	scoped_user_write_access_size(target, words * sizeof(*target), fault)
		for (size_t i = 0; i < words; i++)
			unsafe_put_user(source[i], &target[i], fault);
	return true;
fault:
	return false;
}

/* The real user id of the thread itself, whoever it acts for. */
uid_t knem_current_uid(void)
{
	return __kuid_val(current_real_cred()->uid);
}

/* As the drivers of InfiniBand do. */
struct mm_struct *knem_charge(size_t pages, bool enforce)
{
	struct mm_struct *mm = current->mm;
	u64 pinned;

	if (!mm)
		return NULL;
	pinned = atomic64_add_return(pages, &mm->pinned_vm);
	if (enforce && pinned > rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT && !capable(CAP_IPC_LOCK)) {
		atomic64_sub(pages, &mm->pinned_vm);
		return NULL;
	}
	mmgrab(mm);
	return mm;
}

void knem_refund(struct mm_struct *mm, size_t pages)
{
	atomic64_sub(pages, &mm->pinned_vm);
	mmdrop(mm);
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

/* The barrier in wq_has_sleeper() is for whoever looked just before it went to sleep. */
void knem_wake_all(struct wait_queue_head *head)
{
	if (wq_has_sleeper(head))
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

void knem_this_cpu_add_both(u64 __percpu *first, u64 value, u64 __percpu *second, u64 other)
{
	this_cpu_add(*first, value);
	this_cpu_add(*second, other);
}

u64 knem_per_cpu_sum(u64 __percpu *counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter, cpu));
	return sum;
}
