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
    /// Every counter, in the module's order.
    pub counts: Vec<Count>,
    /// Lines that this version does not know, as they are.
    pub other: Vec<String>,
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
        other: read.other,
    })
}

/// Sets every counter to 0, which needs privilege.
#[napi]
pub fn clear_statistics(path: Option<String>) -> Result<()> {
    let path = path.as_deref().unwrap_or(knem::DEVICE_PATH);
    knem::Statistics::clear(Path::new(path)).map_err(failure)
}
