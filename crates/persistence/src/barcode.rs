//! Bars and barcodes: the result.

use crate::{Error, Filtration, Options, key, radix};

/// One topological feature: the range of thresholds over which it exists, and the pixels at its two ends.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Bar {
    /// 0 for a component, 1 for a loop (2D: a hole; 3D: a handle), 2 for a cavity (3D only).
    pub dimension: u8,
    /// The threshold at which the feature appears: the value of the pixel `birth_index`.
    pub birth: f32,
    /// The threshold at which the feature disappears: the value of the pixel `death_index`.
    ///
    /// For the essential bar it is where the bar is cut off: under superlevel filtration 0 (footnote 1 of Clough
    /// et al. 2020), or the least value of the array if that is below 0; under sublevel filtration infinity.
    pub death: f32,
    /// The pixel that creates the feature: a flat index in row-major (C) order.
    pub birth_index: u32,
    /// The pixel that ends the feature, as `birth_index`. `None` for the essential bar, which nothing ends.
    pub death_index: Option<u32>,
}

impl Bar {
    /// |birth - death|: how long the feature persists. Infinite if one end is.
    pub fn length(&self) -> f32 {
        // Two equal infinities have no difference.
        if self.birth == self.death { 0.0 } else { (self.birth - self.death).abs() }
    }

    /// Whether this is the component that lives for ever. Every barcode has exactly one.
    pub fn is_essential(&self) -> bool {
        self.death_index.is_none()
    }

    /// An error unless an array of this shape can have the bar, which is the one of this number.
    fn check(&self, number: usize, shape: &[usize], filtration: Filtration) -> Result<(), Error> {
        let &Self { dimension, birth, death, birth_index, death_index } = self;
        if usize::from(dimension) >= shape.len() {
            return Err(Error::BarDimension { dimension, axes: shape.len() });
        }
        if birth.is_nan() || death.is_nan() {
            return Err(Error::BarNotANumber { number, birth, death });
        }
        if !filtration.contains(birth, death) {
            return Err(Error::BarOrder { number, birth, death, filtration });
        }
        let pixels = shape.iter().fold(1, |pixels: usize, &length| pixels.saturating_mul(length));
        match [Some(birth_index), death_index].into_iter().flatten().find(|&index| index as usize >= pixels) {
            Some(index) => Err(Error::BarIndex { number, index, shape: shape.to_vec() }),
            None => Ok(()),
        }
    }

    /// Whether the feature exists in B(`threshold`). Its first threshold is `birth`; at `death` it is gone, but
    /// for the essential bar, which exists at every threshold from `birth` on.
    pub fn is_alive_at(&self, threshold: f32, filtration: Filtration) -> bool {
        filtration.contains(self.birth, threshold)
            && (self.is_essential() || !filtration.contains(self.death, threshold))
    }
}

/// All bars of positive length of one image or volume.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Barcode {
    pub(crate) shape: Vec<usize>,
    pub(crate) options: Options,
    pub(crate) bars: Vec<Bar>,
    /// `bars[starts[k]..starts[k + 1]]` are the bars of dimension k.
    pub(crate) starts: [usize; 4],
}

impl Barcode {
    /// The barcode of these bars, which come back in the documented order: one that was stored, or sent, or thinned out.
    ///
    /// # Errors
    ///
    /// If the shape is neither that of an image nor of a volume or has an axis of length zero, or a bar is not one that
    /// an array of this shape can have: a dimension without features, an end that is NaN or a pixel beyond the array,
    /// a death before the birth, or no death pixel though it is not the one essential bar.
    pub fn from_bars(shape: &[usize], options: Options, bars: &[Bar]) -> Result<Self, Error> {
        let axes = shape.len();
        if !matches!(axes, 2 | 3) {
            return Err(Error::Dimensions { dimensions: axes });
        }
        if shape.contains(&0) {
            return Err(Error::Empty { shape: shape.to_vec() });
        }
        let mut has_essential = false;
        for (number, bar) in bars.iter().enumerate() {
            bar.check(number, shape, options.filtration)?;
            if bar.is_essential() && (bar.dimension > 0 || std::mem::replace(&mut has_essential, true)) {
                return Err(Error::BarEssential { number, dimension: bar.dimension });
            }
        }
        let mut barcode = Self::default();
        barcode.clear(shape, options);
        barcode.arrange(bars, &mut Vec::new(), &mut Vec::new());
        Ok(barcode)
    }

    /// The lengths of the axes of the array: `[rows, columns]` or `[slices, rows, columns]`.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The options that the barcode was computed with.
    pub fn options(&self) -> Options {
        self.options
    }

    /// How many dimensions the features have: 2 for an image (0 and 1), 3 for a volume (0, 1 and 2).
    pub fn dimensions(&self) -> usize {
        self.shape.len()
    }

    /// All bars: those of dimension 0 first; in each dimension the essential bar first, then the longest first,
    /// equal lengths by birth pixel and then by death pixel.
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// The bars of one dimension, in the same order; none if there is no such dimension.
    pub fn in_dimension(&self, dimension: usize) -> &[Bar] {
        match self.starts.get(dimension..=dimension + 1) {
            Some(&[from, to]) => &self.bars[from..to],
            _ => &[],
        }
    }

    /// The bars that are at least `length` long, in the same order. The essential bar is always among them.
    pub fn at_least(&self, length: f32) -> impl Iterator<Item = &Bar> {
        self.bars.iter().filter(move |bar| bar.is_essential() || bar.length() >= length)
    }

    /// The bars whose features exist in B(`threshold`), in the same order.
    pub fn alive_at(&self, threshold: f32) -> impl Iterator<Item = &Bar> {
        let filtration = self.options.filtration;
        self.bars.iter().filter(move |bar| bar.is_alive_at(threshold, filtration))
    }

    /// The Betti numbers of B(`threshold`), one per dimension.
    pub fn betti_numbers(&self, threshold: f32) -> Vec<usize> {
        let mut betti = vec![0; self.dimensions()];
        for bar in self.alive_at(threshold) {
            betti[usize::from(bar.dimension)] += 1;
        }
        betti
    }

    /// The Betti number of one dimension as a function of the threshold: `(threshold, number)` at every threshold
    /// where it changes, in the order in which the filtration meets them. Each number holds from its own threshold
    /// up to, and without, the next one; before the first it is 0.
    pub fn betti_curve(&self, dimension: usize) -> Vec<(f32, usize)> {
        let mut events: Vec<(f32, isize)> = Vec::new();
        for bar in self.in_dimension(dimension) {
            events.push((bar.birth, 1));
            if !bar.is_essential() {
                events.push((bar.death, -1));
            }
        }
        events.sort_unstable_by(|a, b| match self.options.filtration {
            Filtration::Superlevel => b.0.total_cmp(&a.0),
            Filtration::Sublevel => a.0.total_cmp(&b.0),
        });
        let mut curve: Vec<(f32, usize)> = Vec::new();
        let mut betti = 0isize;
        for same in events.chunk_by(|a, b| a.0 == b.0) {
            let before = betti;
            betti += same.iter().map(|event| event.1).sum::<isize>();
            if betti != before {
                curve.push((same[0].0, betti.unsigned_abs()));
            }
        }
        curve
    }

    pub(crate) fn clear(&mut self, shape: &[usize], options: Options) {
        self.shape.clear();
        self.shape.extend_from_slice(shape);
        self.options = options;
        self.bars.clear();
        self.starts = [0; 4];
    }

    /// Takes the bars, which an engine found in any order, in the documented one.
    pub(crate) fn arrange(&mut self, found: &[Bar], order: &mut Vec<u64>, scratch: &mut Vec<u64>) {
        for dimension in 0..3 {
            order.clear();
            for (number, bar) in (0..).zip(found).filter(|(_, bar)| usize::from(bar.dimension) == dimension) {
                let from_longest = if bar.is_essential() { 0 } else { !bar.length().to_bits() };
                order.push(u64::from(from_longest) << 32 | number);
            }
            radix::sort(order, scratch);
            let start = self.bars.len();
            self.bars.extend(order.iter().map(|&entry| found[key::number(entry) as usize]));
            for same in self.bars[start..].chunk_by_mut(|a, b| a.length() == b.length() && !a.is_essential())
            {
                same.sort_unstable_by_key(|bar| (bar.birth_index, bar.death_index));
            }
            self.starts[dimension + 1] = self.bars.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLE: Bar = Bar { dimension: 1, birth: 0.9, death: 0.2, birth_index: 5, death_index: Some(7) };
    const ESSENTIAL: Bar = Bar { dimension: 0, birth: 1.0, death: 0.0, birth_index: 0, death_index: None };

    fn refused(bars: &[Bar]) -> Error {
        Barcode::from_bars(&[3, 4], Options::default(), bars).unwrap_err()
    }

    #[test]
    fn only_bars_that_an_array_of_the_shape_can_have_make_a_barcode() {
        let options = Options::default();
        assert!(Barcode::from_bars(&[3, 4], options, &[HOLE, ESSENTIAL]).is_ok());
        assert!(Barcode::from_bars(&[3, 4], options, &[]).is_ok(), "bars may have been left out");
        assert_eq!(
            refused(&[ESSENTIAL, Bar { dimension: 2, ..HOLE }]),
            Error::BarDimension { dimension: 2, axes: 2 }
        );
        for (birth, death) in [(f32::NAN, 0.2), (0.9, f32::NAN)] {
            let error = refused(&[ESSENTIAL, Bar { birth, death, ..HOLE }]);
            assert!(matches!(error, Error::BarNotANumber { number: 1, .. }), "{error}");
        }
        let reversed = Bar { birth: 0.2, death: 0.9, ..HOLE };
        let error = refused(&[reversed]);
        assert!(matches!(error, Error::BarOrder { number: 0, .. }), "{error}");
        let sublevel = Options { filtration: Filtration::Sublevel, ..options };
        assert!(Barcode::from_bars(&[3, 4], sublevel, &[reversed]).is_ok());
        for beyond in [Bar { birth_index: 12, ..HOLE }, Bar { death_index: Some(12), ..HOLE }] {
            let error = refused(&[ESSENTIAL, HOLE, beyond]);
            assert_eq!(error, Error::BarIndex { number: 2, index: 12, shape: vec![3, 4] });
            assert!(error.to_string().ends_with("has the pixels 0 to 11"), "{error}");
        }
        let two = refused(&[ESSENTIAL, HOLE, ESSENTIAL]);
        assert_eq!(two, Error::BarEssential { number: 2, dimension: 0 });
        let endless_hole = refused(&[Bar { death_index: None, ..HOLE }]);
        assert_eq!(endless_hole, Error::BarEssential { number: 0, dimension: 1 });
        assert_eq!(Barcode::from_bars(&[0, 4], options, &[]), Err(Error::Empty { shape: vec![0, 4] }));
    }
}
