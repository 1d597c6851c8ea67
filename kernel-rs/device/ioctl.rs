// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The requests: which number means what, and how its parameters come and go.
//!
//! Parameters are copied from user space once, and never looked at there again.

use crate::{
    abi::{self, flag, protection, request, Cookie},
    engine::{context::Context, region, Engine},
    host::{
        user::{read, write, AsBytes, FromBytes, UserPtr},
        *,
    },
    logic::flags::Kind,
};

/// Serves a request.
///
/// # Errors
///
/// `ENOSYS` for unknown requests, [`EFAULT`] if the parameters cannot be read or the reply cannot
/// be written; else as in the contract, §13.2.
pub(super) fn serve(context: &Context, request: u32, argument: UserPtr) -> Result {
    match request {
        request::GET_INFO => write(argument, &context.info()),
        request::BIND_OFFLOAD => context.offload().bind(&read(argument)?),
        request::CREATE_REGION => create_region(context, argument),
        request::DESTROY_REGION => context.destroy_region(read(argument)?),
        request::COPY => exchange(argument, |command: &mut abi::Copy| {
            command.current_status = context.copy(&command.bounded())?.status.into();
            Ok(())
        }),
        request::COPY_BOUNDED => exchange(argument, |command: &mut abi::CopyBounded| {
            command.current_status = context.copy(command)?.status.into();
            Ok(())
        }),
        request::INLINE_COPY => exchange(argument, |command: &mut abi::InlineCopy| {
            let outcome = context.inline_copy(&command.bounded(), Kind::Current)?;
            command.current_status = outcome.status.into();
            Ok(())
        }),
        request::INLINE_COPY_BOUNDED => {
            exchange(argument, |command: &mut abi::InlineCopyBounded| {
                let outcome = context.inline_copy(command, Kind::Current)?;
                command.current_status = outcome.status.into();
                Ok(())
            })
        }
        _ => serve_deprecated(context, request, argument),
    }
}

/// Serves a request that programs should not make any more.
fn serve_deprecated(context: &Context, request: u32, argument: UserPtr) -> Result {
    match request {
        request::INIT_SEND => init_send(context, argument),
        request::INIT_ASYNC_RECV => {
            let command: abi::InitAsyncRecv = read(argument)?;
            context.inline_copy(&command.bounded(), Kind::OldAsynchronous)?;
            Ok(())
        }
        request::SYNC_RECV => exchange(argument, |command: &mut abi::SyncRecv| {
            let outcome = context.inline_copy(&command.bounded(), Kind::OldSynchronous)?;
            command.status = outcome.status.into();
            Ok(())
        }),
        _ => serve_extension(context, request, argument),
    }
}

/// Serves a request that ABI 0xd does not know.
fn serve_extension(context: &Context, request: u32, argument: UserPtr) -> Result {
    match request {
        request::COPY_COUNTED => exchange(argument, |command: &mut abi::CopyCounted| {
            known(command.flags, flag::COPY_MASK)?;
            known(command.pad, 0)?;
            let outcome = context.copy(&command.bounded())?;
            command.current_status = outcome.status.into();
            command.copied = outcome.bytes;
            Ok(())
        }),
        request::INLINE_COPY_COUNTED => {
            exchange(argument, |command: &mut abi::InlineCopyCounted| {
                known(command.flags, flag::COPY_MASK)?;
                known(command.write, 1)?;
                known(command.pad, 0)?;
                let outcome = context.inline_copy(&command.bounded(), Kind::Current)?;
                command.current_status = outcome.status.into();
                command.copied = outcome.bytes;
                Ok(())
            })
        }
        request::DESTROY_REGION_WAIT => {
            let command: abi::DestroyRegionWait = read(argument)?;
            known(command.flags | command.pad, 0)?;
            context.destroy_region_and_wait(command.cookie)
        }
        request::GET_STATISTICS => get_statistics(context.engine(), argument),
        _ => Err(not_implemented()),
    }
}

/// Serves a request on a file that is only open for reading.
///
/// # Errors
///
/// [`EBADF`] for all that needs a context.
pub(super) fn serve_reader(engine: &Engine, request: u32, argument: UserPtr) -> Result {
    match request {
        request::GET_STATISTICS => get_statistics(engine, argument),
        _ => Err(EBADF),
    }
}

/// Creates a region. If the caller cannot be told its cookie, there is no region.
fn create_region(context: &Context, argument: UserPtr) -> Result {
    let mut command: abi::CreateRegion = read(argument)?;
    let plan = region::Plan {
        protection: command.protection,
        flags: context.region_flags(command.flags),
    };
    command.cookie = context.create_region(command.iovec_array, command.iovec_nr, &plan)?;
    write(argument, &command).inspect_err(|_| take_back(context, command.cookie))
}

/// Creates a region that can be read once.
fn init_send(context: &Context, argument: UserPtr) -> Result {
    let mut command: abi::InitSend = read(argument)?;
    let plan = region::Plan {
        protection: protection::READ,
        flags: context.region_flags(command.flags).once(),
    };
    let (array, count) = (command.send_iovec_array, command.send_iovec_nr);
    command.send_cookie = context.create_region(array, count, &plan)?;
    write(argument, &command).inspect_err(|_| take_back(context, command.send_cookie))
}

/// Ends a region that nobody was told of.
fn take_back(context: &Context, cookie: Cookie) {
    // It may have been destroyed meanwhile through the same file.
    let _ = context.destroy_region(cookie);
}

fn get_statistics(engine: &Engine, argument: UserPtr) -> Result {
    exchange(argument, |command: &mut abi::Statistics| {
        known(command.flags | command.pad, 0)?;
        *command = engine.statistics();
        Ok(())
    })
}

/// Refuses bits that have no meaning, so that they can get one.
fn known(given: u32, meaningful: u32) -> Result {
    if given & !meaningful != 0 {
        return Err(EINVAL);
    }
    Ok(())
}

/// Reads parameters, lets `serve` change them, and writes them back, all of them, on success.
fn exchange<T: FromBytes + AsBytes>(
    argument: UserPtr,
    serve: impl FnOnce(&mut T) -> Result,
) -> Result {
    let mut command = read(argument)?;
    serve(&mut command)?;
    write(argument, &command)
}
