//! Writes a contact sheet of synthetic samples, their masks and their corrupted versions, for a
//! person to look at:
//!
//! `cargo run -p bettiscope-imaging --features synthesis --example contact_sheet -- OUT.png [SEED]`
//!
//! From the top: six rows of digits, and the last of them corrupted with m = 4, 8, 12; three rows
//! of hearts, the masks of the last, and that row corrupted with m = 20, 60; shapes, each with
//! its mask.

use std::error::Error;

use imaging::kspace::{Corruption, CorruptionError, LineDirection, corrupt};
use imaging::synthetic::{ShapeKind, digit, heart, shape};
use imaging::{encode_png8, quantise8};
use ndarray::Array2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: contact_sheet OUT.png [SEED]")?;
    let seed = arguments.next().map_or(Ok(0), |seed| seed.parse())?;
    std::fs::write(path, encode_png8(sheet(seed)?.view())?)?;
    Ok(())
}

fn sheet(seed: u64) -> Result<Array2<u8>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for hand in 0..6 {
        let digits: Result<Vec<_>, _> = (0..20)
            .map(|n| digit((n / 2) as u8, seed + 2 * hand + n % 2).map(|sample| sample.image))
            .collect();
        rows.push((digits?, 2));
    }
    for m in [4, 8, 12] {
        let corrupted = all_corrupted(&rows[5].0, Corruption::RowsAndColumns { m })?;
        rows.push((corrupted, 2));
    }
    for first in [0, 8, 16] {
        let hearts: Vec<_> = (first..first + 8).map(|n| heart(seed + n)).collect();
        let images: Vec<_> = hearts.iter().map(|sample| sample.image.clone()).collect();
        rows.push((images.clone(), 2));
        if first == 16 {
            rows.push((hearts.into_iter().map(|sample| sample.mask).collect(), 2));
            for m in [20, 60] {
                let corruption = Corruption::Lines { m, direction: LineDirection::Rows };
                rows.push((all_corrupted(&images, corruption)?, 2));
            }
        }
    }
    for kind in ShapeKind::ALL {
        let shapes: Result<Vec<_>, _> = (0..6).map(|n| shape(kind, 96, seed + n)).collect();
        let pairs = shapes?.into_iter().flat_map(|sample| [sample.image, sample.mask]);
        rows.push((pairs.collect(), 1));
    }
    Ok(tiled(&rows)?)
}

/// Each image by its own seed.
fn all_corrupted(
    images: &[Array2<f32>],
    corruption: Corruption,
) -> Result<Vec<Array2<f32>>, CorruptionError> {
    let seeded = images.iter().zip(0..);
    seeded.map(|(image, seed)| Ok(corrupt(image.view(), corruption, seed)?.image)).collect()
}

/// Rows of images, each enlarged by a whole number, on grey.
fn tiled(rows: &[(Vec<Array2<f32>>, usize)]) -> Result<Array2<u8>, imaging::NotUnitInterval> {
    const GAP: usize = 3;
    let side = |row: &(Vec<Array2<f32>>, usize)| row.0.first().map_or(0, |image| image.nrows() * row.1 + GAP);
    let width = rows.iter().map(|row| side(row) * row.0.len()).max().unwrap_or(0);
    let height = rows.iter().map(side).sum();
    let mut sheet = Array2::from_elem((height, width), 70);
    let mut top = 0;
    for row in rows {
        for (index, image) in row.0.iter().enumerate() {
            let grey = quantise8(image.view().into_dyn())?;
            let left = index * side(row);
            for y in 0..image.nrows() * row.1 {
                for x in 0..image.ncols() * row.1 {
                    sheet[[top + y, left + x]] = grey[[y / row.1, x / row.1]];
                }
            }
        }
        top += side(row);
    }
    Ok(sheet)
}
