// SPDX-License-Identifier: BSD-3-Clause

//! §14, W41: the text is the same whether it is read at once or in pieces, whatever happens
//! meanwhile; positions work as in a file.

use knem_check::prelude::*;
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::filled(PAGE, 1);
    let cookie = region::whole(&device, memory.segment(), READ);
    let copy = || Inline::read(cookie, &[memory.part(0, 0)]).run(&device);
    let open = || Device::open_with(libc::O_RDONLY).expect("the statistics open");

    // From 9 to 10 and on: every digit that is added would shift what is yet to be read.
    std::fs::write(knem_abi::DEVICE_PATH, "1\n").expect("root can clear the statistics");
    for _ in 0..9 {
        let _ = copy();
    }
    let expected = statistics::text();
    tap.proves("14.pieces");
    for size in [1, 7, 64] {
        std::fs::write(knem_abi::DEVICE_PATH, "1\n").expect("root can clear the statistics");
        for _ in 0..9 {
            let _ = copy();
        }
        let view = open();
        let mut text = Vec::new();
        let mut piece = vec![0; size];
        while let Ok(count @ 1..) = view.read(&mut piece) {
            text.extend_from_slice(&piece[..count]);
            let _ = copy();
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        tap.equal(
            &format!("in pieces of {size} the text is that of its beginning"),
            text,
            expected.clone(),
        );
        let after = Snapshot::take().get(Counter::Submitted);
        tap.check("while the counters went on", after > 9);
    }
    positions(tap, &open());
}

fn positions(tap: &mut Tap, view: &Device) {
    let expected = statistics::text();
    let mut all = vec![0; 65_536];
    let count = view.read_from(0, &mut all).unwrap_or(0);
    tap.equal(
        "pread at 0 gives all of it",
        String::from_utf8_lossy(&all[..count]).into_owned(),
        expected.clone(),
    );
    let mut some = [0; 10];
    tap.equal(
        "pread inside gives what stands there",
        view.read_from(5, &mut some),
        Ok(10),
    );
    tap.equal("byte by byte", &some[..], &expected.as_bytes()[5..15]);
    let end = expected.len() as i64;
    tap.equal(
        "pread near the end is short",
        view.read_from(end - 3, &mut some),
        Ok(3),
    );
    tap.proves("13.1.statistics-end");
    tap.equal("at the end it is 0", view.read_from(end, &mut some), Ok(0));
    tap.equal(
        "far beyond it is 0",
        view.read_from(1 << 40, &mut some),
        Ok(0),
    );
    tap.equal(
        "the position of read did not move",
        view.read(&mut some),
        Ok(10),
    );
    tap.equal(
        "it begins at the beginning",
        &some[..],
        &expected.as_bytes()[..10],
    );
    tap.equal("read of 0 bytes is 0", view.read(&mut []), Ok(0));
    tap.proves("13.1.statistics-fault");
    tap.refuses(
        "a bad buffer is EFAULT",
        view.read_at(8, 100),
        Errno::EFAULT,
    );
}
