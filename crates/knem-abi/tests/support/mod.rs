// SPDX-License-Identifier: BSD-3-Clause

//! What the tests of the header share.

pub mod compiler;
