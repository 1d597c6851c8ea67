// SPDX-License-Identifier: BSD-3-Clause

use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use knem::{Binding, CopyFlags, Engine, Error, Memory, Protection, Queue, Region, Segment};

use crate::{device, executor, filled, pattern, region};

const THREAD: Engine = Engine::Thread;

fn queue() -> Queue {
    Queue::new(device()).unwrap()
}

fn source(length: usize) -> Region {
    region(&device(), &pattern(0, length), Protection::Read)
}

#[test]
fn copies_are_futures_for_any_executor() {
    let queue = queue();
    let from = source(1 << 20);
    let to = region(queue.device(), &[0; 100], Protection::ReadWrite);
    let memory = Memory::new(1 << 20).unwrap();
    executor::run(&queue, async {
        let all = queue.read(from.cookie(), 0, memory.clone(), THREAD)?;
        let between = queue.copy((from.cookie(), 10), (to.cookie(), 0), 50, THREAD)?;
        let back = queue.write(to.cookie(), 60, filled(b"knem"), THREAD)?;
        let nothing = queue.read(from.cookie(), u64::MAX, memory.clone(), THREAD)?;
        assert_eq!(nothing.await?, 0);
        assert_eq!(back.await?, 4);
        assert_eq!(between.await?, 50);
        assert_eq!(all.await?, 1 << 20);
        Ok::<_, Error>(())
    })
    .unwrap();
    assert_eq!(memory.to_vec(), pattern(0, 1 << 20));
    let expected = [&pattern(0, 60)[10..], &[0; 10], b"knem"].concat();
    assert_eq!(to.memory().slice(..64).to_vec(), expected);
}

#[test]
fn tokio_drives_many() {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.enable_io().build().unwrap();
    runtime.block_on(async {
        let queue = queue();
        let driver = knem::tokio::Driver::spawn(&queue).unwrap();
        let from = source(4096);
        let cookie = from.cookie();
        let copies = (0..300u64).map(|offset| {
            let queue = queue.clone();
            tokio::spawn(async move {
                let memory = Memory::new(64)?;
                let copied = queue.read(cookie, offset, memory.clone(), THREAD)?.await?;
                assert_eq!(copied, 64);
                Ok::<_, Error>(memory.to_vec())
            })
        });
        let copies: Vec<_> = copies.collect();
        for (offset, copy) in copies.into_iter().enumerate() {
            let bytes = copy.await.unwrap().unwrap();
            assert_eq!(bytes, pattern(0, 4096)[offset..offset + 64]);
        }
        drop(driver);
    });
}

#[test]
fn several_threads_wait_each_for_its_own() {
    let queue = queue();
    let from = source(1 << 16);
    let cookie = from.cookie();
    thread::scope(|scope| {
        for _ in 0..4 {
            let queue = &queue;
            scope.spawn(move || {
                for round in 0..200 {
                    let memory = Memory::new(1000).unwrap();
                    let copy = queue.read(cookie, round, memory.clone(), THREAD).unwrap();
                    assert_eq!(copy.wait().unwrap(), 1000);
                    assert_eq!(memory.to_vec(), pattern(0, 2000)[round as usize..][..1000]);
                }
            });
        }
    });
    assert_eq!(queue.running(), 0);
}

/// Counts its end.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn what_a_dropped_copy_needs_stays_until_it_is_over() {
    let queue = queue();
    let from = source(4 << 20);
    let ends = Arc::new(AtomicUsize::new(0));
    let memory = Memory::new(4 << 20).unwrap();
    let segments = [Segment::new(memory.address(), memory.len())];
    for _ in 0..8 {
        let held = (memory.clone(), Held(ends.clone()));
        // SAFETY: The memory is shared, and held.
        let copy = unsafe { queue.read_segments(from.cookie(), 0, &segments, THREAD, held) };
        drop(copy.unwrap());
    }
    assert_eq!(ends.load(Ordering::SeqCst), 0, "nothing was read yet");
    // The last one out waits for all.
    drop(queue);
    assert_eq!(ends.load(Ordering::SeqCst), 8);
    assert_eq!(memory.to_vec(), pattern(0, 4 << 20));
}

#[test]
fn a_copy_whose_future_is_dropped_frees_its_slot() {
    let queue = queue();
    let from = source(10);
    // More than there are slots.
    for _ in 0..5000 {
        let memory = Memory::new(0).unwrap();
        drop(queue.read(from.cookie(), 0, memory, THREAD).unwrap());
        queue.drain().unwrap();
        while queue.running() > 4000 {
            thread::sleep(Duration::from_millis(1));
            queue.drain().unwrap();
        }
    }
}

#[test]
fn copies_end_although_somebody_else_reads_their_events() {
    let queue = queue();
    let (from, bytes) = (source(1 << 16), pattern(0, 1 << 16));
    // More copies than there are slots: none is lost.
    for start in (0..5000u64).step_by(100) {
        let copies: Vec<_> = (start..start + 100)
            .map(|offset| {
                let memory = Memory::new(100).unwrap();
                let copy = queue.read(from.cookie(), offset, memory.clone(), THREAD);
                (offset as usize, copy.unwrap(), memory)
            })
            .collect();
        while !copies.iter().all(|(_, copy, _)| copy.is_over()) {
            thread::yield_now();
        }
        steal(&queue);
        for (offset, copy, memory) in copies {
            let copied = match offset % 2 {
                0 => copy.wait(),
                _ => executor::run(&queue, copy),
            };
            assert_eq!(copied.unwrap(), 100);
            assert_eq!(memory.to_vec(), bytes[offset..][..100]);
        }
    }
    let memory = Memory::new(1 << 16).unwrap();
    drop(
        queue
            .read(from.cookie(), 0, memory.clone(), THREAD)
            .unwrap(),
    );
    while memory.to_vec() != bytes {
        thread::yield_now();
    }
    steal(&queue);
    // It would wait for ever for an event.
    drop(queue);
}

/// Reads the events of a queue, of which it hears nothing then.
fn steal(queue: &Queue) {
    let mut events = [0u32; 64];
    let size = size_of_val(&events);
    // SAFETY: The events are borrowed for writing.
    while unsafe { libc::read(queue.as_raw_fd(), events.as_mut_ptr().cast(), size) } > 0 {}
}

#[test]
fn a_slot_tells_without_a_call_when_its_copy_is_over() {
    let queue = queue();
    let from = source(1 << 20);
    let copies: Vec<_> = (0..3)
        .map(|_| {
            let memory = Memory::new(1 << 20).unwrap();
            let copy = queue
                .read(from.cookie(), 0, memory.clone(), THREAD)
                .unwrap();
            (copy, memory)
        })
        .collect();
    while !copies.iter().all(|(copy, _)| copy.is_over()) {
        std::hint::spin_loop();
        thread::yield_now();
    }
    for (copy, memory) in copies {
        assert_eq!(memory.to_vec(), pattern(0, 1 << 20));
        assert_eq!(copy.wait().unwrap(), 1 << 20);
    }
}

#[test]
fn pieces_are_filled_and_gathered_in_turn() {
    let queue = queue();
    let from = source(1000);
    let to = region(queue.device(), &[0; 1000], Protection::ReadWrite);
    let whole = Memory::new(1000).unwrap();
    let pieces = || vec![whole.slice(700..), whole.slice(..0), whole.slice(..700)];
    let copy = queue.read_pieces(from.cookie(), 0, pieces(), THREAD);
    assert_eq!(copy.unwrap().wait().unwrap(), 1000);
    let bytes = pattern(0, 1000);
    assert_eq!(whole.to_vec(), [&bytes[300..], &bytes[..300]].concat());
    let copy = queue.write_pieces(to.cookie(), 0, pieces(), THREAD);
    assert_eq!(copy.unwrap().wait().unwrap(), 1000);
    assert_eq!(to.memory().to_vec(), bytes);
}

#[test]
fn too_many_at_a_time_are_refused_and_none_is_lost() {
    let queue = queue();
    let from = source(10);
    let mut copies = Vec::new();
    let error = loop {
        match queue.read(from.cookie(), 0, filled(&[0; 10]), THREAD) {
            Ok(copy) => copies.push(copy),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert!(!copies.is_empty());
    for copy in copies {
        assert_eq!(copy.wait().unwrap(), 10);
    }
    assert_eq!(queue.running(), 0);
}

#[test]
fn what_the_module_refuses_holds_nothing() {
    let queue = queue();
    let from = source(10);
    let memory = Memory::new(10).unwrap();
    let error = queue
        .write(from.cookie(), 0, memory.clone(), THREAD)
        .unwrap_err();
    assert!(matches!(error, Error::ProtectionRefused { .. }), "{error}");
    let ends = Arc::new(AtomicUsize::new(0));
    let nowhere = [Segment::new(8 as *const u8, 10)];
    let held = Held(ends.clone());
    // SAFETY: The place is nobody's.
    let copy = unsafe { queue.read_segments(from.cookie(), 0, &nowhere, THREAD, held) };
    assert!(matches!(copy, Err(Error::BadAddress { .. })));
    assert_eq!(ends.load(Ordering::SeqCst), 1);
    assert_eq!(queue.running(), 0);
}

#[test]
fn a_device_has_one_queue_and_is_bound_before() {
    let device = device();
    device.bind(Binding::Cpus(&[0])).unwrap();
    device.bind(Binding::Current).unwrap();
    device.bind(Binding::Others).unwrap();
    let _queue = Queue::new(device.clone()).unwrap();
    assert!(matches!(
        Queue::new(device.clone()),
        Err(Error::Busy { .. })
    ));
    assert!(matches!(
        device.bind(Binding::Current),
        Err(Error::Busy { .. })
    ));
}

#[test]
fn dma_copies_whether_or_not_there_is_an_engine() {
    let queue = queue();
    let from = source(100_000);
    let memory = Memory::new(100_000).unwrap();
    let copy = queue.read(from.cookie(), 0, memory.clone(), Engine::Dma);
    assert_eq!(copy.unwrap().wait().unwrap(), 100_000);
    assert_eq!(memory.to_vec(), pattern(0, 100_000));
    let mut bytes = vec![0; 100_000];
    let device = queue.device();
    device
        .read(from.cookie(), 0, &mut bytes, CopyFlags::DMA)
        .unwrap();
    assert_eq!(bytes, pattern(0, 100_000));
}
