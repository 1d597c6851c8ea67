// SPDX-License-Identifier: BSD-3-Clause

//! §13.1: a privileged write clears the statistics: EPERM for others, EBUSY on a context.

use knem_check::prelude::*;
use knem_check::user;
use statistics::Snapshot;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    let device = Device::open();
    let memory = Buffer::shared(PAGE);
    let cookie = region::whole(&device, memory.segment(), READ_WRITE);
    let use_it = || {
        for _ in 0..5 {
            let _ = Inline::read(cookie, &[memory.part(0, 8)]).run(&device);
            let _ = Inline::read(0, &[memory.part(0, 8)]).run(&device);
        }
    };
    use_it();
    let shown = Snapshot::take();
    let some = shown.get(Counter::Submitted) >= 10;
    tap.check("there is something to clear", some);
    tap.proves("13.1.write-unprivileged");
    refusals(tap, &device);
    let kept = shown.grew(&Snapshot::take(), &[]);
    tap.holds("none of them cleared anything", kept);

    let cleared = Snapshot::parse(&zeros()).expect("the zeros are complete");
    let writer = || Device::open_with(libc::O_WRONLY).expect("the device opens for writing");
    tap.proves("13.1.write-clears");
    let answer = writer().write(b"1\n");
    tap.equal(
        "root on a write-only descriptor gets the count back",
        answer,
        Ok(2),
    );
    tap.equal("and everything is 0", Snapshot::take(), cleared);
    use_it();
    let expected = [
        (Counter::Submitted, 10),
        (Counter::ProcessedTotal, 5),
        (Counter::FailedFindRegion, 5),
    ];
    let counted = cleared.grew(&Snapshot::take(), &expected);
    tap.holds("counting goes on", counted);
    tap.equal(
        "the content is not read",
        writer().write_at(8, 100),
        Ok(100),
    );
    tap.equal("and everything is 0 again", Snapshot::take(), cleared);
    use_it();
    let echo = std::fs::write(knem_abi::DEVICE_PATH, "1\n");
    tap.check("echo 1 > /dev/knem works", echo.is_ok());
    tap.equal("and clears", Snapshot::take(), cleared);
}

/// Who may not clear, and through what not.
fn refusals(tap: &mut Tap, device: &Device) {
    let clear = |flags| -> Result<u64, Errno> {
        let device = Device::open_with(flags).expect("anybody may open");
        device.write(b"1\n").map(|count| count as u64)
    };
    for (text, flags) in [("write-only", libc::O_WRONLY), ("read-write", libc::O_RDWR)] {
        let answer = as_user(ALICE, || clear(flags));
        tap.refuses(
            &format!("an ordinary user, {text}, is EPERM"),
            answer,
            Errno::EPERM,
        );
    }
    let text = "so is root of a namespace only";
    if as_user(ALICE, user::enter_namespace).is_ok() {
        let answer = as_user(ALICE, || {
            user::enter_namespace().expect("it worked before");
            clear(libc::O_WRONLY)
        });
        tap.refuses(text, answer, Errno::EPERM);
    } else {
        tap.skip(text, "this kernel does not let users make namespaces");
    }
    let answer = device.write(b"1\n");
    tap.proves("13.1.write-context");
    tap.refuses(
        "root on a read-write descriptor is EBUSY",
        answer,
        Errno::EBUSY,
    );
    let view = Device::open_with(libc::O_RDONLY).expect("the statistics open");
    tap.refuses(
        "a read-only descriptor is EBADF",
        view.write(b"1\n"),
        Errno::EBADF,
    );
}

/// A text that shows 0 for every counter.
fn zeros() -> String {
    let lines = Counter::ALL.map(|counter| format!(" {}: 0", counter.label()));
    lines.join("\n")
}
