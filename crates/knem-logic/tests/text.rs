// SPDX-License-Identifier: BSD-3-Clause

//! The statistics, letter by letter.

use knem_logic::{abi::Counter, text::Statistics};

#[test]
fn the_text_is_what_programs_read() {
    let mut counters = [0; Counter::ALL.len()];
    counters[Counter::Submitted as usize] = 12;
    counters[Counter::FailedDmaCopy as usize] = u64::MAX;
    let statistics = Statistics {
        features: 0,
        forced_flags: 0x10,
        ignored_flags: 0xe,
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
fn counters_stand_in_their_order() {
    for (index, counter) in Counter::ALL.iter().enumerate() {
        assert_eq!(*counter as usize, index);
    }
}
