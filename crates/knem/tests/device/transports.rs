// SPDX-License-Identifier: BSD-3-Clause

use knem::{Error, Fallback, Memory, Protection, Transport};

use crate::{filled, pattern};

#[test]
fn take_the_module_where_it_is() {
    let transport = Transport::open(Fallback::CrossMemoryAttach).unwrap();
    assert_eq!(transport.to_string(), "the knem module");
    let offer = transport
        .offer(filled(&pattern(0, 100)), Protection::ReadWrite)
        .unwrap();
    let remote = offer.remote();
    let mut bytes = [0; 60];
    assert_eq!(transport.read(&remote, 50, &mut bytes).unwrap(), 50);
    assert_eq!(bytes[..50], pattern(0, 100)[50..]);
    assert_eq!(transport.write(&remote, 98, b"knem").unwrap(), 2);
    assert_eq!(offer.memory().slice(98..).to_vec(), b"kn");
}

#[test]
fn say_when_the_peer_has_no_region() {
    let transport = Transport::open(Fallback::None).unwrap();
    let offer = knem::Offer::Address(Memory::new(10).unwrap());
    let error = transport.read(&offer.remote(), 0, &mut [0; 1]).unwrap_err();
    assert!(matches!(error, Error::NoRegion), "{error}");
}
