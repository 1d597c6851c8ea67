/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What the C half offers to the Rust half; helpers.rs and params.rs say the same in Rust. */

#ifndef KNEM_HELPERS_H
#define KNEM_HELPERS_H

#include <linux/list_bl.h>
#include <linux/refcount.h>
#include <linux/types.h> /* also struct rcu_head */

struct cpumask;
struct mm_struct;
struct page;
struct pid;
struct wait_queue_head;

/* What an object starts with that readers may find by its key without a lock. */
struct knem_object {
	struct rcu_head rcu;
	struct hlist_bl_node link;
	struct hlist_bl_head *chain;
	u64 key;
	refcount_t references;
	unsigned long stripes; /* Rust's affair */
};

/* A reference, counted in the object's own count, or in a stripe. */
struct knem_reference {
	struct knem_object *object;
	void *stripe;
};

/* In references.rs. */
void *knem_take_stripe(const struct knem_object *object);
void knem_spread(struct knem_object *object);

struct hlist_bl_head *knem_chains_alloc(size_t *count);
void knem_chains_free(struct hlist_bl_head *chains, size_t count);
void knem_chain_add(struct hlist_bl_head *chain, struct knem_object *object, u64 key);
void knem_chain_remove(struct knem_object *object);
struct knem_reference knem_chain_find(struct hlist_bl_head *chain, u64 key);
bool knem_chain_holds(struct hlist_bl_head *chain, u64 key);
void knem_kfree_rcu(void *memory);
size_t knem_cpu(void);

void *knem_object_alloc(size_t bytes);
bool knem_read_words(u64 *target, const u64 __user *source, size_t words);
bool knem_write_words(u64 __user *target, const u64 *source, size_t words);
uid_t knem_current_uid(void);
struct mm_struct *knem_charge(size_t pages, bool enforce);
void knem_refund(struct mm_struct *mm, size_t pages);

/* A page, and the folio in which it lies. */
struct knem_page_facts {
	u64 address; /* physical */
	size_t folio_rest; /* pages from this one to the end of the folio */
	bool crowded; /* its references are so many that their count is not far from its end */
};

void knem_page_facts(struct page *page, struct knem_page_facts *facts);
size_t knem_single_pages(struct page *const *pages, size_t count, u64 *addresses);
void knem_unpin(u64 address, size_t pages, bool dirty);
void knem_unpin_singles(u64 *addresses, size_t count, bool dirty);
void knem_move(u64 target, u64 source, size_t bytes);
size_t knem_copy_to_user(void __user *target, u64 source, size_t bytes);
bool knem_is_readable(const char __user *source, size_t bytes);
size_t knem_copy_from_user(u64 target, const void __user *source, size_t bytes);
void knem_cond_resched(void);
bool knem_fatal_signal_pending(void);
bool knem_current_goes_on(void);
struct pid *knem_get_current_process(void);
void knem_init_waitqueue(struct wait_queue_head *head);
void knem_wake_all(struct wait_queue_head *head);
struct page *knem_alloc_shared_page(void);
void *knem_page_address(struct page *page);
void knem_put_page(struct page *page);
size_t knem_cpus_bytes(void);
void knem_cpus_of_current(struct cpumask *mask);
void knem_cpus_complement(struct cpumask *mask);
bool knem_may_log(void);
void knem_this_cpu_add(u64 __percpu *counter, u64 value);
void knem_this_cpu_add_both(u64 __percpu *first, u64 value, u64 __percpu *second, u64 other);
u64 knem_per_cpu_sum(u64 __percpu *counter);

extern unsigned int knem_param_thread;
extern unsigned int knem_param_dma;
extern unsigned int knem_param_pinlocal;
extern unsigned int knem_param_pinlocalread;
extern unsigned int knem_param_sync;
extern unsigned int knem_param_forceflags;
extern unsigned int knem_param_ignoreflags;
extern unsigned int knem_param_debug;
extern int knem_param_binding;
extern unsigned int knem_param_dmamin;
extern unsigned int knem_param_dmatimeout;
extern unsigned long knem_param_statslen;
extern unsigned int knem_param_statsverbose;
extern unsigned int knem_param_maxqueued;
extern unsigned int knem_param_maxthreads;
extern unsigned int knem_param_maxregions;
extern unsigned long knem_param_maxslots;
extern unsigned int knem_param_memlock;

#endif
