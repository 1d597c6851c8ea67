// SPDX-License-Identifier: BSD-3-Clause

//! Vectors: a matrix's column lies in many pieces; it is one region, and is read into two places.

mod common;

use std::io::IoSliceMut;
use std::process::ExitCode;

use common::{cookie, hear, Peer, Result};
use knem::{CopyFlags, Device, RegionOptions};

const ROWS: usize = 64;
const COLUMNS: usize = 1000;
/// The column, and its width.
const COLUMN: usize = 137;
const WIDTH: usize = 3;

fn main() -> ExitCode {
    common::exit(match common::role() {
        None => owner(),
        Some(_) => copier(),
    })
}

fn matrix() -> Vec<u8> {
    common::pattern(0, ROWS * COLUMNS)
}

fn column(matrix: &[u8]) -> Vec<&[u8]> {
    let rows = matrix.chunks_exact(COLUMNS);
    rows.map(|row| &row[COLUMN..COLUMN + WIDTH]).collect()
}

fn owner() -> Result<()> {
    let device = Device::open()?;
    let matrix = matrix();
    let peer = Peer::start("copier")?;
    // The peer only reads, and only for as long as the scope lasts.
    device.scope(|scope| {
        let cookie = scope.expose_pieces(&column(&matrix), RegionOptions::default())?;
        let talk = |mut peer: Peer| {
            peer.tell(&cookie.get().to_ne_bytes())?;
            peer.finish()
        };
        Ok(talk(peer))
    })??;
    println!("a column of {ROWS} pieces went over in one copy");
    Ok(())
}

fn copier() -> Result<()> {
    let device = Device::open()?;
    let region = cookie(hear()?)?;
    let (mut upper, mut lower) = (vec![0; ROWS * WIDTH / 2], vec![0; ROWS * WIDTH / 2]);
    let mut places = [IoSliceMut::new(&mut upper), IoSliceMut::new(&mut lower)];
    let copied = device.read_counted(region, 0, &mut places[..], CopyFlags::NONE)?;
    assert_eq!(copied as usize, ROWS * WIDTH);
    assert_eq!([upper, lower].concat(), column(&matrix()).concat());
    Ok(())
}
