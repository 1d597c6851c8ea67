// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * A DMA engine made of software, for machines without one: channels that copy memory, as slowly, as narrowly and as
 * badly as the module's parameters say. Those that are written "the next n" count down with each transfer that they
 * concern; all but the first few may be changed at any time.
 *
 * Each channel has a worker, its hardware, which copies one transfer after the other and calls when it has.
 */
#include <linux/delay.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#define MOST_CHANNELS 16

static unsigned int channels = 4;
module_param(channels, uint, 0444);
MODULE_PARM_DESC(channels, "How many there are (default 4)");
static unsigned int align;
module_param(align, uint, 0444);
MODULE_PARM_DESC(align, "Addresses and lengths are multiples of 2 to the power of this (default 0)");
static bool stoppable = true;
module_param(stoppable, bool, 0444);
MODULE_PARM_DESC(stoppable, "Whether transfers can be ended early (default Y)");
static unsigned int nodes;
module_param(nodes, uint, 0444);
MODULE_PARM_DESC(nodes, "On so many NUMA nodes, the first of the machine and others that it lacks, the channels are in turn (default 0: on none)");
static unsigned int descriptors = 64;
module_param(descriptors, uint, 0644);
MODULE_PARM_DESC(descriptors, "How many transfers each channel takes at once (default 64)");
static unsigned int delay;
module_param(delay, uint, 0644);
MODULE_PARM_DESC(delay, "How many microseconds each transfer takes beyond its copying (default 0)");

#define NEXT(name, text)				\
	static atomic_t name = ATOMIC_INIT(0);		\
	module_param_cb(name, &next_ops, &name, 0644);	\
	MODULE_PARM_DESC(name, "The next so many transfers " text)

static int next_set(const char *text, const struct kernel_param *param)
{
	int value, error = kstrtoint(text, 0, &value);

	if (!error)
		atomic_set(param->arg, value);
	return error;
}

static int next_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%d\n", atomic_read(param->arg));
}

static const struct kernel_param_ops next_ops = { .set = next_set, .get = next_get };

NEXT(refuse, "find no room");
NEXT(reject, "are not accepted");
NEXT(corrupt, "end with an error, and copy nothing");
NEXT(mute, "are made, but nobody is called");
NEXT(hang, "never end");

/* What happened, over all channels. */
NEXT(made, "so far were made (written: so many were)");
NEXT(issued, "so far were waited for by starts (written: so many were)");
NEXT(busy, "so far found a channel that had done nothing before (written: so many did)");

struct transfer {
	struct dma_async_tx_descriptor tx;
	struct list_head link;
	dma_addr_t source, target;
	size_t bytes;
};

struct channel {
	struct dma_chan chan;
	spinlock_t lock; /* guards all below */
	struct list_head submitted, started;
	unsigned int pending;
	bool used;
	bool hung;
	bool copying;
	struct task_struct *worker;
};

static struct dma_device device;
static struct channel all[MOST_CHANNELS];
static struct platform_device *platform;

static bool concerned(atomic_t *next)
{
	return atomic_dec_if_positive(next) >= 0;
}

static struct channel *of(struct dma_chan *chan)
{
	return container_of(chan, struct channel, chan);
}

static void *memory(dma_addr_t address)
{
	return phys_to_virt(dma_to_phys(device.dev, address));
}

/* The first transfer that was started. It stays the channel's until it is over. */
static struct transfer *next_transfer(struct channel *channel)
{
	struct transfer *transfer = NULL;

	spin_lock_irq(&channel->lock);
	if (!channel->hung && !list_empty(&channel->started)) {
		transfer = list_first_entry(&channel->started, struct transfer, link);
		if (concerned(&hang)) {
			channel->hung = true;
			transfer = NULL;
		} else {
			list_del(&transfer->link);
			channel->copying = true;
		}
	}
	spin_unlock_irq(&channel->lock);
	return transfer;
}

static void make(struct channel *channel, struct transfer *transfer)
{
	struct dmaengine_result result = { .result = DMA_TRANS_NOERROR };
	struct dma_async_tx_descriptor *tx = &transfer->tx;

	if (READ_ONCE(delay))
		fsleep(READ_ONCE(delay));
	if (concerned(&corrupt))
		result.result = DMA_TRANS_ABORTED;
	else
		memmove(memory(transfer->target), memory(transfer->source), transfer->bytes);
	atomic_inc(&made);

	spin_lock_irq(&channel->lock);
	channel->chan.completed_cookie = transfer->tx.cookie;
	channel->pending--;
	if (!channel->used)
		atomic_inc(&busy);
	channel->used = true;
	spin_unlock_irq(&channel->lock);

	/* As from an interrupt: there nobody may sleep. */
	local_bh_disable();
	if (!concerned(&mute)) {
		if (tx->callback_result)
			tx->callback_result(tx->callback_param, &result);
		else if (tx->callback)
			tx->callback(tx->callback_param);
	}
	local_bh_enable();
	kfree(transfer);

	spin_lock_irq(&channel->lock);
	channel->copying = false;
	spin_unlock_irq(&channel->lock);
}

static int work(void *argument)
{
	struct channel *channel = argument;

	while (!kthread_should_stop()) {
		struct transfer *transfer = next_transfer(channel);

		if (transfer) {
			make(channel, transfer);
			cond_resched();
			continue;
		}
		set_current_state(TASK_IDLE);
		spin_lock_irq(&channel->lock);
		if (channel->hung || list_empty(&channel->started)) {
			spin_unlock_irq(&channel->lock);
			if (!kthread_should_stop())
				schedule();
		} else {
			spin_unlock_irq(&channel->lock);
		}
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static dma_cookie_t submit(struct dma_async_tx_descriptor *tx)
{
	struct transfer *transfer = container_of(tx, struct transfer, tx);
	struct channel *channel = of(tx->chan);
	dma_cookie_t cookie = -EIO;
	unsigned long flags;

	spin_lock_irqsave(&channel->lock, flags);
	if (concerned(&reject)) {
		channel->pending--;
		kfree(transfer);
	} else {
		cookie = channel->chan.cookie + 1;
		if (cookie < DMA_MIN_COOKIE)
			cookie = DMA_MIN_COOKIE;
		tx->cookie = channel->chan.cookie = cookie;
		list_add_tail(&transfer->link, &channel->submitted);
	}
	spin_unlock_irqrestore(&channel->lock, flags);
	return cookie;
}

static struct dma_async_tx_descriptor *prepare(struct dma_chan *chan, dma_addr_t target, dma_addr_t source,
					       size_t bytes, unsigned long flags)
{
	struct channel *channel = of(chan);
	struct transfer *transfer;
	unsigned long saved;
	bool room;

	if (WARN_ON(!is_dma_copy_aligned(&device, source, target, bytes)))
		return NULL;
	if (concerned(&refuse))
		return NULL;
	spin_lock_irqsave(&channel->lock, saved);
	room = channel->pending < READ_ONCE(descriptors);
	channel->pending += room;
	spin_unlock_irqrestore(&channel->lock, saved);
	if (!room)
		return NULL;
	transfer = kzalloc(sizeof(*transfer), GFP_NOWAIT);
	if (!transfer) {
		spin_lock_irqsave(&channel->lock, saved);
		channel->pending--;
		spin_unlock_irqrestore(&channel->lock, saved);
		return NULL;
	}
	dma_async_tx_descriptor_init(&transfer->tx, chan);
	transfer->tx.tx_submit = submit;
	transfer->tx.flags = flags;
	transfer->target = target;
	transfer->source = source;
	transfer->bytes = bytes;
	return &transfer->tx;
}

static void issue(struct dma_chan *chan)
{
	struct channel *channel = of(chan);
	unsigned long flags;

	spin_lock_irqsave(&channel->lock, flags);
	if (!list_empty(&channel->submitted))
		atomic_inc(&issued);
	list_splice_tail_init(&channel->submitted, &channel->started);
	spin_unlock_irqrestore(&channel->lock, flags);
	wake_up_process(channel->worker);
}

static enum dma_status status(struct dma_chan *chan, dma_cookie_t cookie, struct dma_tx_state *state)
{
	dma_cookie_t used = READ_ONCE(chan->cookie), completed = READ_ONCE(chan->completed_cookie);

	dma_set_tx_state(state, completed, used, 0);
	return dma_async_is_complete(cookie, completed, used);
}

static int terminate(struct dma_chan *chan)
{
	struct channel *channel = of(chan);
	struct transfer *transfer, *other;
	unsigned long flags;
	LIST_HEAD(ended);

	spin_lock_irqsave(&channel->lock, flags);
	list_splice_tail_init(&channel->started, &ended);
	list_splice_tail_init(&channel->submitted, &ended);
	list_for_each_entry_safe(transfer, other, &ended, link) {
		channel->pending--;
		kfree(transfer);
	}
	channel->hung = false;
	spin_unlock_irqrestore(&channel->lock, flags);
	return 0;
}

/* Waits for the transfer that is being made, and its call. */
static void synchronize(struct dma_chan *chan)
{
	struct channel *channel = of(chan);
	bool copying;

	do {
		usleep_range(50, 100);
		spin_lock_irq(&channel->lock);
		copying = channel->copying;
		spin_unlock_irq(&channel->lock);
	} while (copying);
}

static int allocate(struct dma_chan *chan)
{
	return descriptors;
}

/* What is not over by now never will be. */
static void release(struct dma_chan *chan)
{
	terminate(chan);
	synchronize(chan);
}

static void end_workers(void)
{
	for (int i = 0; i < channels; i++)
		if (!IS_ERR_OR_NULL(all[i].worker))
			kthread_stop(all[i].worker);
}

static int start_worker(struct channel *channel, int number)
{
	spin_lock_init(&channel->lock);
	INIT_LIST_HEAD(&channel->submitted);
	INIT_LIST_HEAD(&channel->started);
	channel->chan.device = &device;
	channel->chan.cookie = channel->chan.completed_cookie = DMA_MIN_COOKIE;
	list_add_tail(&channel->chan.device_node, &device.channels);
	channel->worker = kthread_run(work, channel, "memcpydma/%d", number);
	return PTR_ERR_OR_ZERO(channel->worker);
}

/* dma_async_device_register() wants a device with a driver. */
/* Each channel then accesses memory for itself, as if it were where it says. */
static void spread_over_nodes(void)
{
	for (int i = 0; i < channels; i++) {
		struct dma_chan_dev *own = all[i].chan.dev;

		dma_coerce_mask_and_coherent(&own->device, DMA_BIT_MASK(64));
		set_dev_node(&own->device, i % nodes);
		own->chan_dma_dev = true;
	}
}

static int probe(struct platform_device *pdev)
{
	int error = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));

	INIT_LIST_HEAD(&device.channels);
	dma_cap_set(DMA_MEMCPY, device.cap_mask);
	device.dev = &pdev->dev;
	device.copy_align = align;
	device.device_alloc_chan_resources = allocate;
	device.device_free_chan_resources = release;
	device.device_prep_dma_memcpy = prepare;
	device.device_issue_pending = issue;
	device.device_tx_status = status;
	if (stoppable) {
		device.device_terminate_all = terminate;
		device.device_synchronize = synchronize;
	}
	for (int i = 0; !error && i < channels; i++)
		error = start_worker(&all[i], i);
	if (!error)
		error = dma_async_device_register(&device);
	if (error)
		end_workers();
	else if (nodes)
		spread_over_nodes();
	return error;
}

static struct platform_driver driver = { .driver = { .name = "memcpydma" } };

static int __init memcpydma_init(void)
{
	channels = clamp(channels, 1U, MOST_CHANNELS);
	platform = platform_create_bundle(&driver, probe, NULL, 0, NULL, 0);
	return PTR_ERR_OR_ZERO(platform);
}

static void __exit memcpydma_exit(void)
{
	dma_async_device_unregister(&device);
	end_workers();
	platform_device_unregister(platform);
	platform_driver_unregister(&driver);
}

module_init(memcpydma_init);
module_exit(memcpydma_exit);
MODULE_DESCRIPTION("A DMA engine made of software, for tests");
MODULE_LICENSE("GPL");
