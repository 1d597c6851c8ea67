// SPDX-License-Identifier: BSD-3-Clause

//! The parameters `maxregions` and `maxslots`: a context may have so many regions, and its array so
//! many slots; more is ENOMEM.

use knem_check::array::How;
use knem_check::module::{self, Setting};
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let base = pins::outstanding();
    regions(tap);
    slots(tap);
    tap.equal("nothing stays pinned", pins::settle(base), base);
}

fn regions(tap: &mut Tap) {
    let default = module::parameter("maxregions");
    tap.proves("ext.max-regions");
    tap.equal("maxregions", default.as_str(), "1048576");
    let _setting = Setting::new("maxregions", "3");
    let (device, other) = (Device::open(), Device::open());
    let memory = Buffer::filled(PAGE, 1);
    let make = |device| region::create(device, &[memory.segment()], READ, flag::SINGLE_USE);
    let cookies = [(); 3].map(|()| make(&device).expect("there is room"));
    let held = pins::outstanding();
    tap.refuses("one more", make(&device), Errno::ENOMEM);
    tap.equal("pins nothing", pins::settle(held), held);
    tap.check("another context has its own", make(&other).is_ok());
    tap.equal("destroyed", region::destroy(&device, cookies[0]), Ok(()));
    tap.check("one makes room", make(&device).is_ok());
    tap.refuses("for one", make(&device), Errno::ENOMEM);
    let local = Buffer::new(PAGE);
    let used = Inline::read(cookies[1], &[local.segment()]).run(&device);
    tap.works("consumed", used);
    tap.check("one makes room, too", make(&device).is_ok());
}

fn slots(tap: &mut Tap) {
    let default = module::parameter("maxslots");
    tap.proves("ext.max-slots");
    tap.equal("maxslots", default.as_str(), "4294967296");
    let _setting = Setting::new("maxslots", &PAGE.to_string());
    let device = Device::open();
    let map = |length| Array::map(&device, How::length(length)).map(|array| array.slots());
    tap.equal("one too many", map(PAGE + 1), Err(Errno::ENOMEM));
    tap.equal("as many as there may be", map(PAGE), Ok(PAGE));
}
