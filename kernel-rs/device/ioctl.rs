// SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause

//! The requests: which number means what, and how its parameters come and go.
//!
//! Parameters are copied from user space once, and never looked at there again.

use core::mem;

use crate::{
    abi::{self, request, Cookie},
    engine::context::Context,
    host::{
        user::{AsBytes, FromBytes, UserPtr, UserSlice},
        *,
    },
};

/// Serves a request.
///
/// # Errors
///
/// [`ENOSYS`] for unknown requests, [`EFAULT`] if the parameters cannot be read or the reply cannot
/// be written; else as in the contract, §13.2.
pub(super) fn serve(context: &Context, request: u32, argument: UserPtr) -> Result {
    match request {
        request::GET_INFO => write(argument, &context.info()),
        request::CREATE_REGION => create_region(context, argument),
        request::DESTROY_REGION => context.destroy_region(read(argument)?),
        request::COPY => exchange(argument, |command: &mut abi::Copy| {
            command.current_status = context.copy(&command.bounded())?.into();
            Ok(())
        }),
        request::COPY_BOUNDED => exchange(argument, |command: &mut abi::CopyBounded| {
            command.current_status = context.copy(command)?.into();
            Ok(())
        }),
        request::INLINE_COPY => exchange(argument, |command: &mut abi::InlineCopy| {
            command.current_status = context.inline_copy(&command.bounded())?.into();
            Ok(())
        }),
        request::INLINE_COPY_BOUNDED => {
            exchange(argument, |command: &mut abi::InlineCopyBounded| {
                command.current_status = context.inline_copy(command)?.into();
                Ok(())
            })
        }
        _ => Err(ENOSYS),
    }
}

/// Creates a region. If the caller cannot be told its cookie, there is no region.
fn create_region(context: &Context, argument: UserPtr) -> Result {
    let mut command: abi::CreateRegion = read(argument)?;
    let cookie: Cookie = context.create_region(&command)?;
    command.cookie = cookie;
    write(argument, &command).inspect_err(|_| {
        // It may have been destroyed meanwhile through the same file.
        let _ = context.destroy_region(cookie);
    })
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

fn read<T: FromBytes>(argument: UserPtr) -> Result<T> {
    UserSlice::new(argument, mem::size_of::<T>())
        .reader()
        .read()
}

fn write<T: AsBytes>(argument: UserPtr, value: &T) -> Result {
    UserSlice::new(argument, mem::size_of::<T>())
        .writer()
        .write(value)
}
