// SPDX-License-Identifier: BSD-3-Clause

//! §20.10: 65 536 regions of one page, then 256 regions of 256 pages, made and destroyed in order.

use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(256 * PAGE, 1);
    let local = Buffer::new(PAGE);
    tap.proves("20.10");
    for (count, pages) in [(65_536, 1), (256, 256)] {
        let places = 256 / pages;
        let made: Vec<Cookie> = (0..count)
            .map_while(|i| {
                let part = memory.part(i % places * pages * PAGE, pages * PAGE);
                region::create(&device, &[part], READ, 0).ok()
            })
            .collect();
        tap.equal(
            &format!("{count} regions of {pages} pages"),
            made.len(),
            count,
        );
        let last = Inline::read(made[count - 1], &[local.segment()]).run(&device);
        tap.works("the last can be read", last);
        let at = (count - 1) % places * pages * PAGE;
        let expected = &memory.bytes()[at..at + PAGE];
        tap.holds(
            "its bytes",
            pattern::same("local", &local.bytes(), expected),
        );
        let gone = made
            .iter()
            .filter(|&&cookie| region::destroy(&device, cookie).is_ok());
        tap.equal("all are destroyed, in order", gone.count(), count);
    }
}
