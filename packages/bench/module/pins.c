// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * Pins and unpins a caller's pages and does nothing else, so that what a region costs beyond that can be told.
 * One caller at a time; an open file holds one set of pages.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#define MOST 1024

struct pins {
	int count;
	struct page *pages[MOST];
};

static int pins_open(struct inode *inode, struct file *file)
{
	struct pins *pins = kvzalloc(sizeof(*pins), GFP_KERNEL);

	file->private_data = pins;
	return pins ? 0 : -ENOMEM;
}

static void drop(struct pins *pins)
{
	unpin_user_pages(pins->pages, pins->count);
	pins->count = 0;
}

static int pins_release(struct inode *inode, struct file *file)
{
	drop(file->private_data);
	kvfree(file->private_data);
	return 0;
}

/* So many pages from an address on, for reading; none: the pages that are held are let go. */
static long pins_ioctl(struct file *file, unsigned int pages, unsigned long address)
{
	struct pins *pins = file->private_data;
	int got;

	if (!pages) {
		drop(pins);
		return 0;
	}
	if (pages > MOST || pins->count)
		return -EINVAL;
	got = pin_user_pages_fast(address, pages, FOLL_LONGTERM, pins->pages);
	if (got < 0)
		return got;
	pins->count = got;
	return got == pages ? 0 : -EFAULT;
}

static const struct file_operations pins_operations = {
	.owner = THIS_MODULE,
	.open = pins_open,
	.release = pins_release,
	.unlocked_ioctl = pins_ioctl,
};

static struct miscdevice pins_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "knem-pins",
	.fops = &pins_operations,
};
module_misc_device(pins_device);

MODULE_DESCRIPTION("Pins pages and does nothing else");
MODULE_LICENSE("Dual BSD/GPL");
