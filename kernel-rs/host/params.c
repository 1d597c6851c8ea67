// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
/*
 * The module parameters. Those of Rust's module! do not appear in sysfs, where administrators of
 * KNEM look for them.
 */

#include <linux/module.h>
#include <linux/moduleparam.h>

#include "helpers.h"

MODULE_VERSION(KNEM_VERSION);

#define KNEM_PARAM(name, value, text)					\
	unsigned int knem_param_##name = (value);			\
	module_param_named(name, knem_param_##name, uint, 0444);	\
	MODULE_PARM_DESC(name, text)

KNEM_PARAM(thread, 1, "Offer copies in a kernel thread (default 1)");
KNEM_PARAM(dma, 1, "Offer copies on a DMA engine (default 1)");
KNEM_PARAM(pinlocal, 0, "Always pin the local memory of inline copies (default 0)");
KNEM_PARAM(pinlocalread, 1, "Pin the local memory that inline copies read from (default 1)");
KNEM_PARAM(sync, 0, "Make every request synchronous (default 0)");
KNEM_PARAM(forceflags, 0, "Flags added to every request (default 0)");
KNEM_PARAM(ignoreflags, 0, "Flags dropped from every request (default 0)");
