// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * The module parameters. Those of Rust's module! do not appear in sysfs, where administrators of
 * KNEM look for them.
 */

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/stringify.h>

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
KNEM_PARAM(pinlocalread, 1, "Pin the local memory that inline copies read from (default 1)");
KNEM_PARAM(sync, 0, "Make every request synchronous (default 0)");
KNEM_PARAM(forceflags, 0, "Flags added to every request (default 0)");
KNEM_PARAM(ignoreflags, 0, "Flags dropped from every request (default 0)");

KNEM_PARAM_LIVE(debug, KNEM_DEBUG,
		"Tell in the kernel log what goes wrong (default " __stringify(KNEM_DEBUG) ")");
KNEM_PARAM_OF(int, int, 0644, binding, 1,
	      "Where the kernel threads run: 1 on the CPUs of the process, -1 on the others, 0 anywhere (default 1)");
KNEM_PARAM_LIVE(dmamin, 1024, "Pieces of at most so many bytes are not given to a DMA engine (default 1024)");
KNEM_PARAM_OF(unsigned long, ulong, 0644, statslen, PAGE_SIZE,
	      "How many bytes of memory the text of the statistics starts with (default a page)");
KNEM_PARAM_LIVE(statsverbose, 0, "List contexts and regions in the statistics (default 0)");
KNEM_PARAM_LIVE(maxqueued, 65536, "How many requests a context may have waiting for its thread (default 65536)");
