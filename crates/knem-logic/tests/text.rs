// SPDX-License-Identifier: BSD-3-Clause

//! The statistics, letter by letter.

use knem_logic::{
    abi::Counter,
    text::{Dma, Listing, Statistics},
};

#[test]
fn the_text_is_what_programs_read() {
    let mut counters = [0; Counter::ALL.len()];
    counters[Counter::Submitted as usize] = 12;
    counters[Counter::FailedDmaCopy as usize] = u64::MAX;
    let statistics = Statistics {
        features: 0,
        forced_flags: 0x10,
        ignored_flags: 0xe,
        dma: Dma::NoKernelSupport,
        debug: true,
        counters,
    };
    let mut text = String::new();
    statistics.write(&mut text).unwrap();
    assert_eq!(
        text,
        "\
knem 2.0.0
 Driver ABI=0xd
 Features: 0x0
 Flags: forcing 0x10, ignoring 0xe
 DMAEngine: NoKernelSupport
 Debug: BuiltIn Enabled
 Requests Submitted                           : 12
 Requests Processed/Total                     : 0
 Requests Processed/DMA                       : 0
 Requests Processed/Thread                    : 0
 Requests Processed/PinLocal                  : 0
 Requests Failed/InvalidFlags                 : 0
 Requests Failed/NoMemory                     : 0
 Requests Failed/ReadCmd                      : 0
 Requests Failed/FindRegion                   : 0
 Requests Failed/PinLocal                     : 0
 Requests Failed/CopyUser                     : 0
 Requests Failed/DMACopy                      : 18446744073709551615
"
    );
}

#[test]
fn the_state_of_dma_is_told() {
    let channels = Dma::Channels {
        small: 1024,
        names: &" dma0chan0 dma0chan1",
    };
    for (dma, expected) in [
        (Dma::Disabled, " DMAEngine: KernelSupported Disabled\n"),
        (
            Dma::NoChannel,
            " DMAEngine: KernelSupported Enabled NoChannelAvailable\n",
        ),
        (
            channels,
            " DMAEngine: KernelSupported Enabled ChansAvail ChunkMin=1024B\n \
             DMAChannels: dma0chan0 dma0chan1\n",
        ),
    ] {
        let statistics = Statistics {
            features: 0,
            forced_flags: 0,
            ignored_flags: 0,
            dma,
            debug: false,
            counters: [0; Counter::ALL.len()],
        };
        let mut text = String::new();
        statistics.write(&mut text).unwrap();
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn counters_stand_in_their_order() {
    for (index, counter) in Counter::ALL.iter().enumerate() {
        assert_eq!(*counter as usize, index);
    }
}

#[test]
fn the_list_is_what_programs_read() {
    let mut text = String::new();
    let mut listing = Listing::new(&mut text);
    listing.context(42, 7).unwrap();
    listing.region(1, false).unwrap();
    listing.region(0x1_0000_0002, true).unwrap();
    listing.context_end().unwrap();
    listing.hide();
    listing.context(0, 9).unwrap();
    listing.context_end().unwrap();
    listing.end().unwrap();
    assert_eq!(
        text,
        " Pid 42 (#7)
  Region 00000001
  Region 100000002 SingleUse
  Listed 2 regions
 Pid 0 (#9)
  Listed 0 regions
 Listed 2 pids (1 hidden)
"
    );
}

#[test]
fn an_empty_list_says_so() {
    let mut text = String::new();
    Listing::new(&mut text).end().unwrap();
    assert_eq!(text, " Listed 0 pids\n");
}
