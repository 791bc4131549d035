//! Whether whole numbers form regions, as labels do, or scatter and climb, as probabilities and intensities do.

use std::collections::HashMap;

use ndarray::ArrayViewD;

/// What is known of one value of an array.
#[derive(Debug, Clone, Copy, Default)]
struct Value {
    pixels: u64,
    /// Those with a pixel of the same value beside, above, below, before or behind them.
    in_company: u64,
}

/// The values of an array of whole numbers, and how they lie beside each other.
#[derive(Debug, Default)]
pub(crate) struct Regions {
    values: HashMap<i64, Value>,
    pixels: u64,
    /// Axes along which there are neighbours.
    axes: i32,
    /// Pairs of neighbours with different values.
    borders: u64,
    /// Those with values at most [`CLIMB`] apart.
    climbs: u64,
}

/// A map that climbs slowly goes in steps of so little; from one label to the next it is mostly more.
const CLIMB: f32 = 4.0;
/// So many values may be layers that follow each other in order, as those of a retina.
const LAYERS: usize = 16;

impl Regions {
    /// Values are rounded to whole numbers.
    pub(crate) fn of(values: ArrayViewD<'_, f32>) -> Self {
        let values = values.as_standard_layout();
        let Some(flat) = values.as_slice() else {
            return Self::default(); // In standard layout there is one.
        };
        // Axes of an image are the last of a volume; a series of volumes is one long volume.
        let mut lengths = [1, 1, 1];
        for (axis, &length) in values.shape().iter().rev().enumerate() {
            lengths[2 - axis.min(2)] *= length;
        }
        let [_, rows, columns] = lengths;
        let mut regions = Self {
            pixels: flat.len() as u64,
            axes: lengths.iter().filter(|&&length| length > 1).count() as i32,
            ..Self::default()
        };
        let mut run = (f32::NAN, Value::default());
        for (row_number, row) in flat.chunks_exact(columns.max(1)).enumerate() {
            let start = row_number * columns;
            let beside = |is_there: bool, at: Option<usize>| {
                at.filter(|_| is_there).and_then(|at| flat.get(at..at + columns))
            };
            let neighbours = [
                beside(row_number % rows.max(1) > 0, start.checked_sub(columns)),
                beside((row_number + 1) % rows.max(1) > 0, Some(start + columns)),
                beside(true, start.checked_sub(rows * columns)),
                beside(true, Some(start + rows * columns)),
            ];
            for (column, &value) in row.iter().enumerate() {
                let next = row.get(column + 1).copied();
                let mut is_in_company =
                    next == Some(value) || (column > 0 && row.get(column - 1) == Some(&value));
                for line in neighbours.iter().flatten() {
                    is_in_company |= line[column] == value;
                }
                for forward in
                    [next, neighbours[1].map(|line| line[column]), neighbours[3].map(|line| line[column])]
                        .into_iter()
                        .flatten()
                        .filter(|&forward| forward != value)
                {
                    regions.borders += 1;
                    regions.climbs += u64::from((forward - value).abs() <= CLIMB);
                }
                if value != run.0 {
                    regions.add(run);
                    run = (value, Value::default());
                }
                run.1.pixels += 1;
                run.1.in_company += u64::from(is_in_company);
            }
        }
        regions.add(run);
        regions
    }

    fn add(&mut self, (value, run): (f32, Value)) {
        if run.pixels > 0 {
            let all = self.values.entry(value.round() as i64).or_default();
            all.pixels += run.pixels;
            all.in_company += run.in_company;
        }
    }

    /// The values but 0, ascending.
    pub(crate) fn labels(&self) -> Vec<i64> {
        let mut labels: Vec<i64> = self.values.keys().copied().filter(|&value| value != 0).collect();
        labels.sort_unstable();
        labels
    }

    pub(crate) fn has_background(&self) -> bool {
        self.values.contains_key(&0)
    }

    /// Whether most values form regions, more than the same pixels in random order would, and do not climb step by
    /// step from one to the next.
    pub(crate) fn are_labels(&self) -> bool {
        let mut shares: Vec<f64> = Vec::new();
        let mut chance = 0.0;
        for value in self.values.iter().filter(|(label, _)| **label != 0).map(|(_, value)| value) {
            shares.push(value.in_company as f64 / value.pixels as f64);
            let frequency = value.pixels as f64 / self.pixels as f64;
            chance += 1.0 - (1.0 - frequency).powi(2 * self.axes);
        }
        if shares.is_empty() {
            return false;
        }
        shares.sort_unstable_by(f64::total_cmp);
        let median = shares[shares.len() / 2];
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let chance = chance / shares.len() as f64;
        let climbs = shares.len() > LAYERS && self.climbs as f64 >= 0.7 * self.borders as f64;
        median >= 0.5 && mean >= (1.2 * chance).min((1.0 + chance) / 2.0) && !climbs
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayD};

    use super::*;

    fn are_labels(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> bool {
        let values = Array2::from_shape_fn((rows, columns), |(row, column)| value(row, column));
        Regions::of(values.into_dyn().view()).are_labels()
    }

    #[test]
    fn blobs_and_thin_lines_of_many_values_are_labels() {
        assert!(are_labels(60, 60, |row, column| match (row % 6 < 4, column % 6 < 4) {
            (true, true) => (1 + row / 6 * 10 + column / 6) as f32,
            _ => 0.0,
        }));
        // Slanted lines, of which every second pixel has a neighbour beside it.
        assert!(are_labels(40, 80, |row, column| match column / 2 {
            at if at == row => 7.0,
            at if at + 3 == row => 200.0,
            at if at + 6 == row => 31.0,
            _ => 0.0,
        }));
        // Layers of a retina, each one more than that above it.
        assert!(are_labels(90, 50, |row, _| (row / 10) as f32));
    }

    #[test]
    fn noise_and_slopes_are_not() {
        let noise = |levels: u32| {
            are_labels(64, 64, move |row, column| {
                let mut hash =
                    (row as u32).wrapping_mul(0x9e37_79b1) ^ (column as u32).wrapping_mul(0x85eb_ca77);
                hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
                ((hash ^ (hash >> 13)) % levels) as f32
            })
        };
        assert!(!noise(3) && !noise(6) && !noise(256));
        for (width, highest) in [(6.0, 255.0), (20.0, 255.0), (40.0, 59.0), (40.0, 100.0)] {
            assert!(
                !are_labels(128, 128, |row, column| {
                    let distance = (row as f32 - 60.0).hypot(column as f32 - 70.0);
                    (highest / (1.0 + ((distance - 35.0) / width * 4.0).exp())).round()
                }),
                "a blob whose edge is {width} pixels wide, up to {highest}"
            );
        }
    }

    #[test]
    fn all_axes_count() {
        let volume = ArrayD::from_shape_fn(vec![8, 5, 7], |at| (1 + at[1] * 7 + at[2]) as f32);
        let regions = Regions::of(volume.view());
        assert_eq!((regions.axes, regions.labels().len(), regions.has_background()), (3, 35, false));
        assert!(regions.are_labels(), "columns through all slices");
        assert!(!Regions::of(ArrayD::zeros(vec![0, 3]).view()).are_labels());
    }
}
