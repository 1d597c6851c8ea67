// SPDX-License-Identifier: BSD-3-Clause

use std::path::Path;

use napi_derive::napi;

use crate::failure::{failure, Result};

/// What the module says about itself and what it has done.
#[napi(object)]
pub struct Statistics {
    /// The module's version.
    pub version: String,
    /// The version of the contract between module and programs.
    pub abi: u32,
    /// Bit 0: copies can be given to a DMA engine.
    pub features: u32,
    /// The flags that the module adds to every request.
    pub forced_flags: u32,
    /// The flags that the module drops from every request.
    pub ignored_flags: u32,
    /// The state of the DMA engine, in the module's words.
    pub dma: String,
    /// The DMA channels that there are, by name.
    pub channels: Vec<String>,
    /// Every counter, in the module's order.
    pub counts: Vec<Count>,
    /// Lines that this version does not know, as they are.
    pub other: Vec<String>,
    /// What the text does not tell; missing where the module does not know the request.
    pub activity: Option<Activity>,
}

/// Bytes, sizes, and what there is at the moment. All numbers are exact up to 2^53.
#[napi(object)]
pub struct Activity {
    /// Requests refused because too many were waiting or too many events unread.
    pub failed_busy: f64,
    /// Regions created.
    pub regions_created: f64,
    /// Bytes copied in the calls that asked for it.
    pub bytes_call: f64,
    /// Bytes copied in kernel threads.
    pub bytes_thread: f64,
    /// Bytes copied by DMA engines.
    pub bytes_dma: f64,
    /// Contexts that are open now.
    pub contexts: f64,
    /// Regions whose memory is pinned now.
    pub regions: f64,
    /// Requests that wait for a kernel thread now, or run in one.
    pub queued: f64,
    /// Bytes of the pages that are pinned now.
    pub pinned_bytes: f64,
    /// Copies that ended, by the bytes they copied: none first, then those of at least 2^(index - 1)
    /// and less than 2^index bytes; the last has no upper end.
    pub copy_sizes: Vec<f64>,
}

impl From<knem::Activity> for Activity {
    fn from(activity: knem::Activity) -> Self {
        Self {
            failed_busy: activity.failed_busy as f64,
            regions_created: activity.regions_created as f64,
            bytes_call: activity.bytes_call as f64,
            bytes_thread: activity.bytes_thread as f64,
            bytes_dma: activity.bytes_dma as f64,
            contexts: activity.contexts as f64,
            regions: activity.regions as f64,
            queued: activity.queued as f64,
            pinned_bytes: activity.pinned_bytes as f64,
            copy_sizes: activity.copy_sizes.iter().map(|&n| n as f64).collect(),
        }
    }
}

/// One counter.
#[napi(object)]
pub struct Count {
    /// A name for programs.
    pub name: String,
    /// In the module's words.
    pub label: String,
    /// Requests, exact up to 2^53.
    pub value: f64,
}

/// Reads the statistics.
#[napi]
pub fn statistics(path: Option<String>) -> Result<Statistics> {
    let path = path.as_deref().unwrap_or(knem::DEVICE_PATH);
    let read = knem::Statistics::read(Path::new(path)).map_err(failure)?;
    let counts = read.counts.iter().map(|count| Count {
        name: count.name(),
        label: count.label.clone(),
        value: count.value as f64,
    });
    Ok(Statistics {
        counts: counts.collect(),
        version: read.version,
        abi: read.abi,
        features: read.features,
        forced_flags: read.forced_flags,
        ignored_flags: read.ignored_flags,
        dma: read.dma,
        channels: read.channels,
        other: read.other,
        activity: read.activity.map(Activity::from),
    })
}

/// Sets every counter to 0, which needs privilege.
#[napi]
pub fn clear_statistics(path: Option<String>) -> Result<()> {
    let path = path.as_deref().unwrap_or(knem::DEVICE_PATH);
    knem::Statistics::clear(Path::new(path)).map_err(failure)
}
