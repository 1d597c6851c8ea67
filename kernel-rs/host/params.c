// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * The module parameters. Those of Rust's module! do not appear in sysfs, where administrators of
 * KNEM look for them.
 */

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/sysfs.h>

#include "helpers.h"

MODULE_VERSION(KNEM_VERSION);

#define KNEM_PARAM_OF(ctype, type, mode, name, value, text)		\
	ctype knem_param_##name = (value);				\
	module_param_named(name, knem_param_##name, type, mode);	\
	MODULE_PARM_DESC(name, text)

/* Read once, when the module is loaded. */
#define KNEM_PARAM(name, value, text)					\
	KNEM_PARAM_OF(unsigned int, uint, 0444, name, value, text)

/* Read whenever it matters. */
#define KNEM_PARAM_LIVE(name, value, text)				\
	KNEM_PARAM_OF(unsigned int, uint, 0644, name, value, text)

KNEM_PARAM(thread, 1, "Offer copies in a kernel thread (default 1)");
KNEM_PARAM(dma, 1, "Offer copies on a DMA engine (default 1)");
KNEM_PARAM(pinlocal, 0, "Always pin the local memory of inline copies (default 0)");
KNEM_PARAM(pinlocalread, 1, "Refuse inline copies from local memory that is not all there (default 1)");
KNEM_PARAM(sync, 0, "Make every request synchronous (default 0)");
KNEM_PARAM(forceflags, 0, "Flags added to every request (default 0)");
KNEM_PARAM(ignoreflags, 0, "Flags dropped from every request (default 0)");

KNEM_PARAM_LIVE(debug, KNEM_DEBUG,
		"Tell in the kernel log what goes wrong (default " __stringify(KNEM_DEBUG) ")");
KNEM_PARAM_OF(int, int, 0644, binding, 1,
	      "Where the kernel threads run: 1 on the CPUs of the process, -1 on the others, 0 anywhere (default 1)");
KNEM_PARAM_LIVE(dmamin, 1024, "Pieces of at most so many bytes are not given to a DMA engine (default 1024)");
KNEM_PARAM_LIVE(dmatimeout, 10000,
		"How many milliseconds a DMA engine may give no sign of life before it is stopped (default 10000)");
KNEM_PARAM_OF(unsigned long, ulong, 0644, statslen, PAGE_SIZE,
	      "How many bytes of memory the text of the statistics starts with (default a page)");
KNEM_PARAM_LIVE(statsverbose, 0, "List contexts and regions in the statistics (default 0)");
KNEM_PARAM_LIVE(maxqueued, 65536, "How many requests a context may have waiting for its thread (default 65536)");
KNEM_PARAM_LIVE(maxthreads, 4096, "How many kernel threads a user may have (default 4096)");
KNEM_PARAM_LIVE(maxregions, 1048576, "How many regions a context may have (default 1048576)");
KNEM_PARAM_OF(unsigned long, ulong, 0644, maxslots, 4294967296,
	      "How many slots a status array may have (default 4294967296)");

/* What becomes of pinned memory: 0 and 1 for params.rs. */
enum { count, enforce };

static const char *const memlock_names[] = { [count] = "count", [enforce] = "enforce" };

static int memlock_set(const char *text, const struct kernel_param *param)
{
	int choice = sysfs_match_string(memlock_names, text);

	if (choice < 0)
		return choice;
	WRITE_ONCE(*(unsigned int *)param->arg, choice);
	return 0;
}

static int memlock_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%s\n", memlock_names[READ_ONCE(*(unsigned int *)param->arg)]);
}

static const struct kernel_param_ops param_ops_memlock = {
	.set = memlock_set,
	.get = memlock_get,
};
#define param_check_memlock(name, p) __param_check(name, p, unsigned int)

KNEM_PARAM_OF(unsigned int, memlock, 0644, memlock, count,
	      "Pinned memory counts as the process's: count, or enforce its limit for locked memory, too (default count)");
