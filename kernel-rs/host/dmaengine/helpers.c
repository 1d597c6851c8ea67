// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * The kernel's DMA engines for Rust, which has no names for them. All that is decided, is decided in Rust.
 *
 * Kernel documents: Documentation/driver-api/dmaengine/client.rst, Documentation/core-api/dma-api.rst.
 */

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/mm.h>
#include <linux/topology.h>
#include <linux/wait.h>

#include "helpers.h"

/* Where it is not, the kernel's header offers functions that find no channel. */
bool knem_dma_built_in(void)
{
	return IS_ENABLED(CONFIG_DMA_ENGINE);
}

/* For us alone; the driver stays loaded meanwhile. */
struct dma_chan *knem_dma_request(bool (*accepts)(struct dma_chan *, void *), void *argument)
{
	dma_cap_mask_t wanted;

	dma_cap_zero(wanted);
	dma_cap_set(DMA_MEMCPY, wanted);
	return __dma_request_channel(&wanted, accepts, argument, NULL);
}

void knem_dma_release(struct dma_chan *channel)
{
	dma_release_channel(channel);
}

void knem_dma_facts(struct dma_chan *channel, struct knem_channel_facts *facts)
{
	struct device *device = dmaengine_get_dma_device(channel);

	facts->device = device;
	facts->node = dev_to_node(device);
	facts->both = 1UL << channel->device->copy_align;
	/* Where caches are not coherent, a line must not be half of the transfer and half of others. */
	facts->target = dma_get_cache_alignment();
	facts->most = min_t(u64, dma_max_mapping_size(device), U32_MAX);
}

/* Memory may be unmapped a moment after the channel was released. */
void knem_dma_keep(struct device *device)
{
	get_device(device);
}

void knem_dma_let_go(struct device *device)
{
	put_device(device);
}

const char *knem_dma_name(struct dma_chan *channel)
{
	return dma_chan_name(channel);
}

/* In whatever context the driver likes. Once the lock is free again, nothing of the transfer is touched. */
static void land(void *argument, const struct dmaengine_result *result)
{
	struct knem_transfer *transfer = argument;
	struct knem_landing *landing = transfer->landing;
	bool well = !result || result->result == DMA_TRANS_NOERROR;
	unsigned long flags;

	WRITE_ONCE(*transfer->landings, READ_ONCE(*transfer->landings) + 1);
	spin_lock_irqsave(&landing->queue->lock, flags);
	WRITE_ONCE(transfer->state, well ? arrived : broken);
	WRITE_ONCE(landing->landed, landing->landed + 1);
	if ((s32)(landing->landed - landing->enough) >= 0)
		wake_up_all_locked(landing->queue);
	spin_unlock_irqrestore(&landing->queue->lock, flags);
}

void knem_dma_expect(struct knem_landing *landing, u32 enough)
{
	unsigned long flags;

	spin_lock_irqsave(&landing->queue->lock, flags);
	landing->enough = enough;
	spin_unlock_irqrestore(&landing->queue->lock, flags);
}

/*
 * Whoever may use a region may copy to it, or from it, as often as he likes at the same time: the same memory is
 * mapped more than once then, which the kernel's debugging takes for a mistake unless it is told. Whole cache
 * lines are given to the device only, so that no line is half of one transfer and half of something else.
 */
#ifdef DMA_ATTR_DEBUGGING_IGNORE_CACHELINES
#define ATTRIBUTES DMA_ATTR_DEBUGGING_IGNORE_CACHELINES
#else
#define ATTRIBUTES 0
#endif

static dma_addr_t map(struct device *device, u64 address, size_t bytes, enum dma_data_direction direction)
{
	return dma_map_page_attrs(device, phys_to_page(address), offset_in_page(address), bytes, direction, ATTRIBUTES);
}

static void unmap(struct device *device, dma_addr_t address, size_t bytes, enum dma_data_direction direction)
{
	dma_unmap_page_attrs(device, address, bytes, direction, ATTRIBUTES);
}

static bool map_both(struct knem_transfer *transfer, u64 target, u64 source)
{
	struct device *device = transfer->device;

	transfer->source = map(device, source, transfer->bytes, DMA_TO_DEVICE);
	if (dma_mapping_error(device, transfer->source))
		return false;
	transfer->target = map(device, target, transfer->bytes, DMA_FROM_DEVICE);
	if (!dma_mapping_error(device, transfer->target))
		return true;
	unmap(device, transfer->source, transfer->bytes, DMA_TO_DEVICE);
	return false;
}

void knem_dma_unmap(struct knem_transfer *transfer)
{
	struct device *device = transfer->device;

	unmap(device, transfer->target, transfer->bytes, DMA_FROM_DEVICE);
	unmap(device, transfer->source, transfer->bytes, DMA_TO_DEVICE);
}

/*
 * Maps, and gives to the channel, which starts when it is told to. -EAGAIN: the channel has no room; -EIO: it does
 * not want the transfer; -ENOMEM: there is no room for its device's addresses. Drivers hold locks from preparing to
 * submitting, so nothing sleeps between.
 */
int knem_dma_submit(struct knem_transfer *transfer, u64 target, u64 source)
{
	struct dma_async_tx_descriptor *descriptor;

	if (!map_both(transfer, target, source))
		return -ENOMEM;
	descriptor = dmaengine_prep_dma_memcpy(transfer->channel, transfer->target, transfer->source, transfer->bytes,
					       DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!descriptor) {
		knem_dma_unmap(transfer);
		return -EAGAIN;
	}
	transfer->state = under_way;
	descriptor->callback_result = land;
	descriptor->callback_param = transfer;
	transfer->cookie = dmaengine_submit(descriptor);
	if (dma_submit_error(transfer->cookie)) {
		knem_dma_unmap(transfer);
		return -EIO;
	}
	return 0;
}

void knem_dma_issue(struct dma_chan *channel)
{
	dma_async_issue_pending(channel);
}

u32 knem_dma_state(struct knem_transfer *transfer)
{
	unsigned long flags;
	u32 state;

	spin_lock_irqsave(&transfer->landing->queue->lock, flags);
	state = transfer->state;
	spin_unlock_irqrestore(&transfer->landing->queue->lock, flags);
	return state;
}

/* Asks the hardware, for want of a call. */
bool knem_dma_is_complete(struct knem_transfer *transfer)
{
	return dma_async_is_tx_complete(transfer->channel, transfer->cookie, NULL, NULL) == DMA_COMPLETE;
}

/* When it returns 0, nothing of the channel is under way any more, and nothing of it will land. */
int knem_dma_stop(struct dma_chan *channel)
{
	return dmaengine_terminate_sync(channel);
}

int knem_dma_node(void)
{
	return numa_node_id();
}
