// SPDX-License-Identifier: BSD-3-Clause

//! §12, §20.6: the real user of the caller against the real user who opened the region's
//! descriptor; nothing else counts, and root is nobody special.

use knem_check::prelude::*;
use knem_check::{rights, user};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

/// Real and effective user of a caller.
const CALLERS: [(u32, u32); 6] = [
    (0, 0),
    (ALICE, ALICE),
    (BOB, BOB),
    (ALICE, 0),
    (0, ALICE),
    (BOB, ALICE),
];

fn check(tap: &mut Tap) {
    let memory = Buffer::shared(PAGE);
    memory.fill(1);
    let root = Device::open();
    let alice = opened_by(ALICE);
    tap.proves("12.uid");
    tap.proves("12.no-root");
    for (owner, device, name) in [(0, &root, "root"), (ALICE, &alice, "Alice")] {
        // Created by root in both cases: who creates does not matter, who opened does.
        let make =
            |flags| region::create(device, &[memory.segment()], READ_WRITE, flags).unwrap_or(0);
        let (closed, open) = (make(0), make(flag::ANY_USER_ACCESS));
        for (real, effective) in CALLERS {
            let text = format!("real user {real}, effective {effective}, region of {name}");
            let expected = if real == owner {
                SUCCESS
            } else {
                refused(Errno::EPERM)
            };
            for (how, descriptor) in [
                ("through root's descriptor", &root),
                ("through Alice's", &alice),
            ] {
                let answer = attempt(real, effective, descriptor, closed, &memory);
                tap.equal(&format!("{text} {how}"), answer, expected);
                let answer = attempt(real, effective, descriptor, open, &memory);
                tap.works(&format!("{text} {how}, open to any user"), answer);
            }
        }
    }
    after_dropping(tap, &memory);
    namespaces(tap, &alice, &root, &memory);
}

/// A descriptor that another user opened.
fn opened_by(uid: u32) -> Device {
    let peer = Peer::spawn(|channel| {
        user::become_user(uid);
        let device = Device::open();
        rights::send(channel.stream(), device.number()).expect("the descriptor can be sent");
    });
    let device = Device::from(rights::receive(peer.stream()).expect("a descriptor arrives"));
    peer.join();
    device
}

/// Tries all ways to use a region; they must agree.
fn attempt(real: u32, effective: u32, device: &Device, cookie: Cookie, memory: &Buffer) -> Outcome {
    in_child(|| {
        user::become_ids(real, effective);
        let local = [memory.part(0, 16)];
        let answers = [
            Inline::read(cookie, &local).run(device),
            Inline::write(cookie, &local).run(device),
            Between::new(cookie, cookie).run(device),
            Inline::read(cookie, &local).bound(0).run(device),
        ];
        assert_eq!(answers, [answers[0]; 4], "all forms answer the same");
        answers[0]
    })
}

/// Root opens and then becomes somebody else: the descriptor stays root's.
fn after_dropping(tap: &mut Tap, memory: &Buffer) {
    let device = Device::open();
    let early = region::create(&device, &[memory.segment()], READ_WRITE, 0).unwrap_or(0);
    tap.proves("17.1.uid-stays");
    let answer = attempt(ALICE, ALICE, &device, early, memory);
    tap.refuses(
        "a region made before setuid is refused after it",
        answer,
        Errno::EPERM,
    );
    let answer = as_user(ALICE, || {
        let late = region::create(&device, &[memory.segment()], READ_WRITE, 0)
            .expect("creation needs no right");
        Inline::read(late, &[memory.segment()]).run(&device)
    });
    tap.refuses(
        "so is a region made after it, to its own maker",
        answer,
        Errno::EPERM,
    );
    let answer = as_user(ALICE, || {
        let device = Device::open();
        let own = region::create(&device, &[memory.segment()], READ_WRITE, 0).expect("a region");
        Inline::read(own, &[memory.segment()]).run(&device)
    });
    tap.works("a descriptor opened after setuid is the new user's", answer);
}

/// A namespace changes neither who somebody is nor what he may.
fn namespaces(tap: &mut Tap, alice: &Device, root: &Device, memory: &Buffer) {
    if as_user(ALICE, user::enter_namespace).is_err() {
        return tap.skip(
            "user namespaces",
            "this kernel does not let users make them",
        );
    }
    let of = |device| region::create(device, &[memory.segment()], READ_WRITE, 0).unwrap_or(0);
    tap.proves("12.namespaces");
    for (text, cookie, expected) in [
        ("her own region", of(alice), SUCCESS),
        ("root's region", of(root), refused(Errno::EPERM)),
    ] {
        let answer = as_user(ALICE, || {
            user::enter_namespace().expect("it worked before");
            Inline::read(cookie, &[memory.segment()]).run(alice)
        });
        tap.equal(
            &format!("Alice in a namespace of her own: {text}"),
            answer,
            expected,
        );
    }
}
