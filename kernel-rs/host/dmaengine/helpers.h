/* SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause */
/* What helpers.c offers to Rust; helpers.rs says the same. */

#ifndef KNEM_DMAENGINE_HELPERS_H
#define KNEM_DMAENGINE_HELPERS_H

#include <linux/types.h>

struct device;
struct dma_chan;
struct wait_queue_head;

/* What a channel is and can do. */
struct knem_channel_facts {
	struct device *device; /* the one that accesses memory */
	int node; /* negative: none */
	u64 both; /* the alignment of both addresses and of the length */
	u64 target; /* the alignment of the target and of the length that caches need */
	u64 most; /* bytes of one transfer */
};

/* Where the transfers of a copy land. The lock of the queue guards all that is written here, and their states. */
struct knem_landing {
	struct wait_queue_head *queue;
	u32 landed; /* transfers so far; wraps */
	u32 enough; /* for waking those in the queue */
};

/* One transfer. While it is under way, the channel's driver knows its address. */
struct knem_transfer {
	struct knem_landing *landing;
	u64 *landings; /* of the channel, counted under no lock: only whether it changes matters */
	struct dma_chan *channel;
	struct device *device; /* the one that accesses memory */
	dma_addr_t source;
	dma_addr_t target;
	size_t bytes;
	s32 cookie;
	u32 state; /* knem_transfer_state */
};

enum knem_transfer_state { under_way, arrived, broken };

bool knem_dma_built_in(void);
struct dma_chan *knem_dma_request(bool (*accepts)(struct dma_chan *, void *), void *argument);
void knem_dma_release(struct dma_chan *channel);
void knem_dma_facts(struct dma_chan *channel, struct knem_channel_facts *facts);
void knem_dma_keep(struct device *device);
void knem_dma_let_go(struct device *device);
const char *knem_dma_name(struct dma_chan *channel);
int knem_dma_submit(struct knem_transfer *transfer, u64 target, u64 source);
void knem_dma_issue(struct dma_chan *channel);
void knem_dma_expect(struct knem_landing *landing, u32 enough);
u32 knem_dma_state(struct knem_transfer *transfer);
bool knem_dma_is_complete(struct knem_transfer *transfer);
void knem_dma_unmap(struct knem_transfer *transfer);
int knem_dma_stop(struct dma_chan *channel);
int knem_dma_node(void);

#endif
