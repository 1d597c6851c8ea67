// SPDX-License-Identifier: BSD-3-Clause

use knem_abi::protection;

/// What others may do with a region (contract §6.1). It binds the owner as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing: every copy is refused.
    None,
    /// Copy from it.
    Read,
    /// Copy to it.
    Write,
    /// Copy from it and to it.
    ReadWrite,
}

impl Protection {
    /// The bits that the module takes.
    pub const fn bits(self) -> u32 {
        match self {
            Protection::None => 0,
            Protection::Read => protection::READ,
            Protection::Write => protection::WRITE,
            Protection::ReadWrite => protection::READ | protection::WRITE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_bits_of_mmap() {
        assert_eq!(Protection::None.bits(), libc::PROT_NONE as u32);
        assert_eq!(Protection::Read.bits(), libc::PROT_READ as u32);
        assert_eq!(Protection::Write.bits(), libc::PROT_WRITE as u32);
        assert_eq!(
            Protection::ReadWrite.bits(),
            (libc::PROT_READ | libc::PROT_WRITE) as u32
        );
    }
}
