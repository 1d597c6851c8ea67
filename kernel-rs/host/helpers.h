/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What the C half offers to the Rust half; helpers.rs and params.rs say the same in Rust. */

#ifndef KNEM_HELPERS_H
#define KNEM_HELPERS_H

#include <linux/types.h> /* also struct rcu_head */

struct cpumask;
struct page;
struct pid;
struct wait_queue_head;

/* What an allocated object starts with that waits for a grace period before it is freed. */
struct knem_rcu_object {
	struct rcu_head rcu;
};

size_t knem_folio_pages_from(struct page *page);
bool knem_folio_is_crowded(struct page *page);
u64 knem_page_to_phys(struct page *page);
struct page *knem_phys_to_page(u64 address);
void *knem_phys_to_direct_map(u64 address);
void knem_memmove(void *target, const void *source, size_t bytes);
void knem_kfree_rcu(struct knem_rcu_object *object);
void knem_cond_resched(void);
bool knem_fatal_signal_pending(void);
bool knem_current_goes_on(void);
struct pid *knem_get_current_process(void);
void knem_init_waitqueue(struct wait_queue_head *head);
void knem_wake_up_all(struct wait_queue_head *head);
struct page *knem_alloc_shared_page(void);
void *knem_page_address(struct page *page);
void knem_put_page(struct page *page);
size_t knem_cpus_bytes(void);
void knem_cpus_of_current(struct cpumask *mask);
void knem_cpus_complement(struct cpumask *mask);
bool knem_may_log(void);
void knem_this_cpu_add(u64 __percpu *counter, u64 value);
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
extern unsigned long knem_param_statslen;
extern unsigned int knem_param_statsverbose;
extern unsigned int knem_param_maxqueued;

#endif
