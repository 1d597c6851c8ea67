// SPDX-License-Identifier: BSD-3-Clause

//! The contract as a whole: random sequences of calls, from several processes, against a model.
//!
//! An [`operation`] is what chance chooses; [`resolve`] makes a [`call`] of it, which makes sense in
//! the state of the [`world`], the model written from the contract; [`plan`] says what a copy must do
//! there. The [`driver`] gives each call to a [`target`] and compares every answer, byte, slot, event
//! and counter with what the world expects. The target that counts is [`actors`]: three processes
//! that call the real device. [`search`] looks for a sequence that goes wrong, and shortens it.
//!
//! # What is compared when
//! A copy in the kernel's thread is over at an unknown moment. The world applies it at once, and
//! remembers it as pending: until something proves that it is over (its slot, its event, the end of
//! its context, the end of a wait for its region), the bytes that it writes and its slot are only
//! compared with what both moments allow. A call that would race with a pending copy makes the
//! driver wait first, so that whatever is compared has one right value; where no wait can help, the
//! call is left out.

pub mod actor;
pub mod actors;
pub mod arena;
pub mod call;
mod cpu;
mod desk;
pub mod driver;
pub mod expectation;
pub mod operation;
pub mod pending;
pub mod plan;
mod planning;
mod requests;
pub mod resolve;
pub mod search;
#[cfg(test)]
mod simulation;
pub mod target;
pub mod world;
