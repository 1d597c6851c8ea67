// SPDX-License-Identifier: BSD-3-Clause

//! §2, §3, §20.1: GET_INFO tells the ABI number, the features and the flag masks.

use knem_abi::{feature, request, Info, ABI_VERSION};
use knem_check::dma::Engine;
use knem_check::memory::unmapped;
use knem_check::prelude::*;

fn main() -> ExitCode {
    tap::run(env!("CARGO_BIN_NAME"), check)
}

fn check(tap: &mut Tap) {
    // Without parameters there is no mask.
    let expected = Info {
        abi: ABI_VERSION,
        features: feature::COUNTED
            | feature::DESTROY_WAIT
            | feature::STATISTICS
            | Engine::now().feature(),
        ..Info::default()
    };
    tap.proves("1.abi");
    tap.proves("ext.features");
    for (text, flags) in [
        ("a descriptor for reading and writing", libc::O_RDWR),
        ("a descriptor for writing only", libc::O_WRONLY),
    ] {
        let device = Device::open_with(flags).expect("the device opens");
        let mut info = Info {
            abi: 1,
            features: u32::MAX,
            ignored_flags: 2,
            forced_flags: 3,
        };
        let answer = device.call(request::GET_INFO, &mut info);
        tap.equal(&format!("{text} answers"), answer, Ok(()));
        tap.equal(
            &format!("{text} tells ABI 0xd, what there is beyond it, DMA if there is, no mask"),
            info,
            expected,
        );
    }

    let device = Device::open();
    let mut around = [Info {
        abi: 7,
        features: 7,
        ignored_flags: 7,
        forced_flags: 7,
    }; 3];
    let outside = around[0];
    let answer = device.call(request::GET_INFO, &mut around[1]);
    tap.equal("a block inside an array is filled", answer, Ok(()));
    tap.equal(
        "16 bytes are written and no more",
        [around[0], around[2]],
        [outside; 2],
    );

    faults(tap, &device);
}

/// Places where the answer cannot be written.
fn faults(tap: &mut Tap, device: &Device) {
    let memory = Buffer::flush_end(15);
    let fault = Err(Errno::EFAULT);
    tap.proves("13.2.get-info-fault");
    for (text, address) in [
        ("a null address", 0),
        ("an address of the kernel", 0xffff_8880_0000_0000),
        ("an address that is not mapped", unmapped(&memory)),
        ("a block that ends one byte too far", memory.address()),
    ] {
        let answer = device.call_at(request::GET_INFO, address);
        tap.equal(&format!("{text} is EFAULT"), answer, fault);
    }
    let memory = Buffer::new(PAGE);
    memory.protect(0, PAGE, libc::PROT_READ);
    let answer = device.call_at(request::GET_INFO, memory.address());
    tap.equal("memory for reading only is EFAULT", answer, fault);
}
