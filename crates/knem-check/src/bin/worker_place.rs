// SPDX-License-Identifier: BSD-3-Clause

//! §8.4, §10: where the kernel thread runs: as BIND_OFFLOAD says, else as the parameter `binding`
//! says, by the masks of the moment and not of later ones.

use knem_abi::bind::{CURRENT, CURRENT_REVERSED, CUSTOM};
use knem_check::module::Setting;
use knem_check::prelude::*;
use knem_check::{bind, worker};

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    if bind::count() < 2 {
        return tap.skip_all("there is one CPU only");
    }
    assert!(worker::settle(0), "no other thread is about");
    let all: Vec<usize> = (0..bind::count()).collect();
    let but_first = all[1..].to_vec();
    by_parameter(tap, &all, &but_first);
    by_request(tap, &all, &but_first);
    custom(tap, &all);
}

/// Opens a context as `prepare` says, maps and uses its array, and tells where its thread may run.
/// Mapping is done on the first CPU alone, the first use on the second alone.
fn place(prepare: impl Fn(&Device)) -> Vec<usize> {
    let mut peer = Peer::spawn(|channel| {
        let device = Device::open();
        prepare(&device);
        bind::run_on(0);
        let bed = Bed::on(device, 64);
        bind::run_on(1);
        assert_eq!(bed.thread(0).run(&bed.device), PENDING);
        assert_eq!(bed.array.wait(0), Status::SUCCESS);
        channel.tell(1_u64);
        let _: u64 = channel.hear();
    });
    let _: u64 = peer.hear();
    let workers = worker::all();
    assert_eq!(workers.len(), 1, "one context is open");
    let cpus = workers[0].cpus();
    peer.tell(1_u64);
    peer.join();
    assert!(worker::settle(0), "the thread ends with its context");
    cpus
}

fn by_parameter(tap: &mut Tap, all: &[usize], but_first: &[usize]) {
    tap.proves("8.4.affinity");
    for (value, expected) in [("1", &[0][..]), ("-1", but_first), ("0", all), ("7", &[0])] {
        let _setting = Setting::new("binding", value);
        let cpus = place(|_| ());
        tap.equal(&format!("binding={value}"), cpus, expected.to_vec());
    }
    let _setting = Setting::new("binding", "-1");
    let cpus = in_child_on_all(all);
    tap.equal("an empty complement leaves it unbound", cpus, all.to_vec());
}

/// Maps while every CPU is allowed, so that the complement is empty.
fn in_child_on_all(all: &[usize]) -> Vec<usize> {
    bind::run_on_all(all);
    let bed = Bed::new(64);
    assert_eq!(bed.thread(0).run(&bed.device), PENDING);
    assert_eq!(bed.array.wait(0), Status::SUCCESS);
    let cpus = worker::all().first().map(worker::Worker::cpus);
    drop(bed);
    assert!(worker::settle(0), "the thread ends with its context");
    cpus.unwrap_or_default()
}

fn by_request(tap: &mut Tap, all: &[usize], but_first: &[usize]) {
    let offload = |flags, cpus: &[usize]| {
        let cpus = cpus.to_vec();
        move |device: &Device| {
            bind::run_on_all(&cpus);
            // Length and address mean nothing here.
            let answer = bind::offload_at(device, flags, 8, u32::MAX);
            assert_eq!(answer, Ok(()), "flags {flags}");
        }
    };
    tap.proves("10.current");
    tap.equal("CURRENT", place(offload(CURRENT, &[1])), vec![1]);
    tap.equal("CURRENT of all", place(offload(CURRENT, all)), all.to_vec());
    let reversed = place(offload(CURRENT_REVERSED, &[0]));
    tap.equal("CURRENT_REVERSED", reversed, but_first.to_vec());
    let empty = place(offload(CURRENT_REVERSED, all));
    tap.equal("the reverse of all is unbound", empty, all.to_vec());
    tap.proves("10.last-wins");
    let last = place(|device| {
        offload(CURRENT, &[0])(device);
        offload(CURRENT_REVERSED, &[0])(device);
        offload(CURRENT, &[1])(device);
    });
    tap.equal("the last one wins", last, vec![1]);
    let _setting = Setting::new("binding", "0");
    let cpus = place(offload(CURRENT, &[1]));
    tap.equal("and wins over the parameter", cpus, vec![1]);
}

fn custom(tap: &mut Tap, all: &[usize]) {
    let custom = |mask: &[u8]| {
        let mask = mask.to_vec();
        place(move |device| {
            let answer = bind::offload(device, CUSTOM, &mask);
            assert_eq!(answer, Ok(()), "a mask of {} bytes", mask.len());
        })
    };
    tap.proves("10.custom");
    tap.equal("one byte", custom(&[1 << 1]), vec![1]);
    tap.equal("eight", custom(&[1, 0, 0, 0, 0, 0, 0, 0]), vec![0]);
    let mut long = vec![0xff; 100_000];
    long[0] = 1 << 1;
    for byte in &mut long[1..1024] {
        *byte = 0;
    }
    tap.equal("the excess of a long one", custom(&long), vec![1]);
    tap.equal("two CPUs", custom(&[3]), vec![0, 1]);
    tap.equal(
        "an empty one leaves it unbound",
        custom(&[0; 8]),
        all.to_vec(),
    );
    tap.equal("so does none at all", custom(&[]), all.to_vec());
    let mut impossible = [0; 128];
    impossible[127] = 0x80;
    let cpus = custom(&impossible);
    tap.equal("and an impossible one", cpus, all.to_vec());
}
