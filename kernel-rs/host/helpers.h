/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What the C half offers to the Rust half; helpers.rs and params.rs say the same in Rust. */

#ifndef KNEM_HELPERS_H
#define KNEM_HELPERS_H

#include <linux/types.h> /* also struct rcu_head */

struct page;

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
void knem_this_cpu_add(u64 __percpu *counter, u64 value);
u64 knem_per_cpu_sum(u64 __percpu *counter);

extern unsigned int knem_param_thread;
extern unsigned int knem_param_dma;
extern unsigned int knem_param_pinlocal;
extern unsigned int knem_param_pinlocalread;
extern unsigned int knem_param_sync;
extern unsigned int knem_param_forceflags;
extern unsigned int knem_param_ignoreflags;

#endif
