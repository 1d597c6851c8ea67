// SPDX-License-Identifier: BSD-3-Clause

//! The blocks of the requests that actors give, and how they may come back.

use knem_abi::{request, Statistics};

use super::actor::Command;
use super::actors::Actors;
use super::call::{Answer, Between, Form, Handle, Inline, List, Mask, Receive, Request};
use super::desk::BLOCK;
use crate::errno::Errno;
use crate::memory::unmapped;
use crate::region::GARBAGE;

/// Gives a block; on success only the fields named may differ afterwards, on failure nothing.
macro_rules! exchange {
    ($actors:expr, $handle:expr, $request:expr, $block:expr $(, $output:ident)*) => {{
        let before = $block;
        let (answer, after) = $actors.exchange($handle, $request, &before)?;
        #[allow(unused_mut)]
        let mut rest = after;
        if answer.is_ok() {
            $(rest.$output = before.$output;)*
        }
        if rest != before {
            return Err(format!("the block came back as {after:x?}, given was {before:x?}"));
        }
        answer.map(|()| after)
    }};
}

impl Actors {
    /// Gives a request, with garbage in all that the device must not look at.
    pub(super) fn ask(&mut self, handle: Handle, request: &Request) -> Result<Answer, String> {
        let (actor, file, _) = self.descriptor(handle);
        match request {
            Request::Unknown(number) => {
                let address = self.put_block(handle, &0_u64);
                self.done(actor, Command::Ask(file, *number, address))
            }
            Request::BadBlock(number) => {
                let nowhere = unmapped(&self.desk(handle).block);
                self.done(actor, Command::Ask(file, *number, nowhere))
            }
            Request::Bind(flags, mask) => self.bind(handle, *flags, *mask),
            Request::Info => self.info(handle),
            Request::Create {
                list,
                protection,
                flags,
            } => self.create(handle, list, *protection, *flags),
            Request::InitSend(list, flags) => self.init_send(handle, list, *flags),
            Request::Destroy(cookie) => {
                let answer = exchange!(self, handle, request::DESTROY_REGION, *cookie);
                Ok(Answer::Done(answer.map(drop)))
            }
            Request::DestroyWait(cookie, flags, pad) => {
                self.destroy_wait(handle, *cookie, *flags, *pad)
            }
            Request::Between(copy) => self.between(handle, copy),
            Request::Inline(copy) => self.inline(handle, copy),
            Request::AsyncReceive(copy) => self.async_receive(handle, copy),
            Request::SyncReceive(copy) => self.sync_receive(handle, copy),
            Request::Statistics(flags, pad) => self.ask_statistics(handle, *flags, *pad),
        }
    }

    fn info(&mut self, handle: Handle) -> Result<Answer, String> {
        let block = knem_abi::Info {
            abi: GARBAGE,
            features: GARBAGE,
            ignored_flags: GARBAGE,
            forced_flags: GARBAGE,
        };
        let (answer, after) = self.exchange(handle, request::GET_INFO, &block)?;
        Ok(Answer::Info(answer.map(|()| after)))
    }

    fn bind(&mut self, handle: Handle, flags: u32, mask: Mask) -> Result<Answer, String> {
        let (mask_ptr, mask_len) = self.desk(handle).put_mask(mask);
        let block = knem_abi::BindOffload {
            flags,
            mask_len,
            mask_ptr,
        };
        let answer = exchange!(self, handle, request::BIND_OFFLOAD, block);
        Ok(Answer::Done(answer.map(drop)))
    }

    fn create(
        &mut self,
        handle: Handle,
        list: &List,
        protection: u32,
        flags: u32,
    ) -> Result<Answer, String> {
        let (iovec_array, iovec_nr) = self.desk(handle).put_list(list);
        let block = knem_abi::CreateRegion {
            iovec_array,
            iovec_nr,
            flags,
            protection,
            pad1: GARBAGE,
            cookie: u64::from(GARBAGE),
        };
        let answer = exchange!(self, handle, request::CREATE_REGION, block, cookie);
        Ok(Answer::Region(answer.map(|block| block.cookie)))
    }

    fn init_send(&mut self, handle: Handle, list: &List, flags: u32) -> Result<Answer, String> {
        let (send_iovec_array, send_iovec_nr) = self.desk(handle).put_list(list);
        let block = knem_abi::InitSend {
            send_iovec_array,
            send_iovec_nr,
            flags,
            send_cookie: u64::from(GARBAGE),
        };
        let answer = exchange!(self, handle, request::INIT_SEND, block, send_cookie);
        Ok(Answer::Region(answer.map(|block| block.send_cookie)))
    }

    fn destroy_wait(
        &mut self,
        handle: Handle,
        cookie: u64,
        flags: u32,
        pad: u32,
    ) -> Result<Answer, String> {
        let block = knem_abi::DestroyRegionWait { cookie, flags, pad };
        let answer = exchange!(self, handle, request::DESTROY_REGION_WAIT, block);
        Ok(Answer::Done(answer.map(drop)))
    }

    fn between(&mut self, handle: Handle, copy: &Between) -> Result<Answer, String> {
        let counted = counted(copy);
        let answer = match copy.form {
            Form::Unbounded => {
                let block = unbounded(copy);
                exchange!(self, handle, request::COPY, block, current_status)
                    .map(|block| (block.current_status, None))
            }
            Form::Bounded(_) => {
                let block = counted.bounded();
                exchange!(self, handle, request::COPY_BOUNDED, block, current_status)
                    .map(|block| (block.current_status, None))
            }
            Form::Counted(_) => exchange!(
                self,
                handle,
                request::COPY_COUNTED,
                counted,
                current_status,
                copied
            )
            .map(|block| (block.current_status, Some(block.copied))),
        };
        Ok(Answer::Status(answer))
    }

    fn inline(&mut self, handle: Handle, copy: &Inline) -> Result<Answer, String> {
        let counted = inline_counted(copy, self.desk(handle).put_list(&copy.local));
        let answer = match copy.form {
            Form::Unbounded => {
                let block = inline_unbounded(&counted);
                exchange!(self, handle, request::INLINE_COPY, block, current_status)
                    .map(|block| (block.current_status, None))
            }
            Form::Bounded(_) => {
                let block = counted.bounded();
                exchange!(
                    self,
                    handle,
                    request::INLINE_COPY_BOUNDED,
                    block,
                    current_status
                )
                .map(|block| (block.current_status, None))
            }
            Form::Counted(_) => exchange!(
                self,
                handle,
                request::INLINE_COPY_COUNTED,
                counted,
                current_status,
                copied
            )
            .map(|block| (block.current_status, Some(block.copied))),
        };
        Ok(Answer::Status(answer))
    }

    fn async_receive(&mut self, handle: Handle, copy: &Receive) -> Result<Answer, String> {
        let (recv_iovec_array, recv_iovec_nr) = self.desk(handle).put_list(&copy.local);
        let block = knem_abi::InitAsyncRecv {
            recv_iovec_array,
            recv_iovec_nr,
            status_index: copy.index,
            send_cookie: copy.remote,
            flags: copy.flags,
            pad: GARBAGE,
        };
        let answer = exchange!(self, handle, request::INIT_ASYNC_RECV, block);
        Ok(Answer::Done(answer.map(drop)))
    }

    fn sync_receive(&mut self, handle: Handle, copy: &Receive) -> Result<Answer, String> {
        let (recv_iovec_array, recv_iovec_nr) = self.desk(handle).put_list(&copy.local);
        let block = knem_abi::SyncRecv {
            recv_iovec_array,
            recv_iovec_nr,
            status: GARBAGE,
            send_cookie: copy.remote,
            flags: copy.flags,
            pad: GARBAGE,
        };
        let answer = exchange!(self, handle, request::SYNC_RECV, block, status);
        Ok(Answer::Status(answer.map(|block| (block.status, None))))
    }

    fn ask_statistics(&mut self, handle: Handle, flags: u32, pad: u32) -> Result<Answer, String> {
        let block = Statistics {
            flags,
            pad,
            ..Statistics::default()
        };
        let (answer, after) = self.exchange(handle, request::GET_STATISTICS, &block)?;
        if answer.is_err() && after != block {
            return Err("a request that failed wrote its block".to_string());
        }
        Ok(Answer::Statistics(answer.map(|()| Box::new(after))))
    }

    /// A flood is of copies that are all alike, so that one block serves them all.
    pub(super) fn flood(
        &mut self,
        handle: Handle,
        copy: &Inline,
        times: u32,
    ) -> Result<Answer, String> {
        let (actor, file, _) = self.descriptor(handle);
        let list = self.desk(handle).put_list(&copy.local);
        let block = inline_unbounded(&inline_counted(copy, list));
        let address = self.put_block(handle, &block);
        let flood = Command::Flood(file, request::INLINE_COPY, address, times);
        let (count, last) = self.command(actor, flood)?;
        Ok(Answer::Flooded(count as u32, last))
    }

    /// Gives a block, and answers how it came back.
    fn exchange<T: Copy>(
        &mut self,
        handle: Handle,
        request: u32,
        before: &T,
    ) -> Result<(Result<(), Errno>, T), String> {
        let (actor, file, _) = self.descriptor(handle);
        let address = self.put_block(handle, before);
        let answer = self.call(actor, Command::Ask(file, request, address))?;
        let bytes = self.desk(handle).block.bytes();
        // SAFETY: blocks are plain numbers without padding, and one fits into the bytes.
        let after = unsafe { bytes.as_ptr().cast::<T>().read_unaligned() };
        Ok((answer.map(drop), after))
    }

    fn put_block<T: Copy>(&self, handle: Handle, block: &T) -> u64 {
        assert!(size_of::<T>() <= BLOCK, "the block fits");
        let bytes = std::ptr::from_ref(block).cast::<u8>();
        // SAFETY: blocks are plain numbers without padding, lent for this long.
        let bytes = unsafe { std::slice::from_raw_parts(bytes, size_of::<T>()) };
        let desk = self.desk(handle);
        desk.block.put(0, bytes);
        desk.block.address()
    }
}

fn counted(copy: &Between) -> knem_abi::CopyCounted {
    knem_abi::CopyCounted {
        src_cookie: copy.src,
        src_offset: copy.src_offset,
        dst_cookie: copy.dst,
        dst_offset: copy.dst_offset,
        length: copy.form.limit(),
        flags: copy.flags,
        async_status_index: copy.index,
        current_status: GARBAGE,
        pad: copy.pad,
        copied: u64::from(GARBAGE),
    }
}

fn unbounded(copy: &Between) -> knem_abi::Copy {
    knem_abi::Copy {
        src_cookie: copy.src,
        src_offset: copy.src_offset,
        dst_cookie: copy.dst,
        dst_offset: copy.dst_offset,
        flags: copy.flags,
        current_status: GARBAGE,
        async_status_index: copy.index,
        pad: copy.pad,
    }
}

fn inline_counted(copy: &Inline, (array, count): (u64, u32)) -> knem_abi::InlineCopyCounted {
    knem_abi::InlineCopyCounted {
        local_iovec_array: array,
        local_iovec_nr: count,
        write: copy.write,
        remote_cookie: copy.remote,
        remote_offset: copy.offset,
        length: copy.form.limit(),
        flags: copy.flags,
        async_status_index: copy.index,
        current_status: GARBAGE,
        pad: copy.pad,
        copied: u64::from(GARBAGE),
    }
}

fn inline_unbounded(copy: &knem_abi::InlineCopyCounted) -> knem_abi::InlineCopy {
    knem_abi::InlineCopy {
        local_iovec_array: copy.local_iovec_array,
        local_iovec_nr: copy.local_iovec_nr,
        write: copy.write,
        remote_cookie: copy.remote_cookie,
        remote_offset: copy.remote_offset,
        flags: copy.flags,
        current_status: copy.current_status,
        async_status_index: copy.async_status_index,
        pad: copy.pad,
    }
}
