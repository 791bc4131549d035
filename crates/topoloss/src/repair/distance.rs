//! The signed Euclidean distance to the border of a mask.

use crate::mask::{Mask, Side};

/// For every pixel of the grid: in the foreground the distance to the nearest background pixel (the outside of the
/// array is background), in the background minus the distance to the nearest foreground pixel. If there is no
/// foreground, the background counts from the outside inwards, below -1: its highest place is the middle.
///
/// Exact, in linear time, by lower envelopes of parabolas (Felzenszwalb and Huttenlocher 2012).
pub(crate) fn signed_distances(mask: &Mask) -> Vec<f32> {
    let inwards = distances(mask, |pixel| mask.is(pixel, Side::Background));
    let outwards = distances(mask, |pixel| mask.is(pixel, Side::Foreground));
    let deepest = mask.grid.inside().map(|pixel| distances_outside(mask, pixel)).fold(0, usize::max);
    let mut signed = vec![0.0; inwards.len()];
    for pixel in mask.grid.inside() {
        signed[pixel] = if mask.is(pixel, Side::Foreground) {
            inwards[pixel].sqrt() as f32
        } else if outwards[pixel].is_finite() {
            -outwards[pixel].sqrt() as f32
        } else {
            distances_outside(mask, pixel) as f32 - deepest as f32 - 1.0
        };
    }
    signed
}

/// How many steps along an axis it takes to leave the array.
fn distances_outside(mask: &Mask, pixel: usize) -> usize {
    let shape = mask.grid.shape();
    let position = mask.grid.position(pixel);
    let along = |(&at, &length): (&usize, &usize)| (at + 1).min(length - at);
    position[3 - shape.len()..].iter().zip(shape).map(along).min().unwrap_or(0)
}

/// The squared distance of every pixel to the nearest one that is in the set; infinite if there is none.
fn distances(mask: &Mask, is_in_set: impl Fn(usize) -> bool) -> Vec<f64> {
    let mut squares: Vec<f64> =
        (0..mask.grid.pixels()).map(|pixel| if is_in_set(pixel) { 0.0 } else { f64::INFINITY }).collect();
    let strides = mask.grid.strides();
    let lengths = [squares.len() / strides[0], strides[0] / strides[1], strides[1]];
    let (mut line, mut envelope) = (Vec::new(), Vec::new());
    for (&stride, length) in strides.iter().zip(lengths) {
        for start in (0..squares.len()).filter(|pixel| pixel / stride % length == 0) {
            line.clear();
            line.extend((0..length).map(|place| squares[start + place * stride]));
            transform(&line, &mut envelope, |place, square| squares[start + place * stride] = square);
        }
    }
    squares
}

/// The lower envelope of the parabolas that stand on the values of a line.
fn transform(line: &[f64], envelope: &mut Vec<(usize, f64)>, mut put: impl FnMut(usize, f64)) {
    envelope.clear();
    for (place, &height) in line.iter().enumerate().filter(|(_, height)| height.is_finite()) {
        let mut from = f64::NEG_INFINITY;
        while let Some(&(other, other_from)) = envelope.last() {
            let (x, u) = (place as f64, other as f64);
            from = ((height + x * x) - (line[other] + u * u)) / (2.0 * (x - u));
            if from > other_from {
                break;
            }
            envelope.pop();
            from = f64::NEG_INFINITY;
        }
        envelope.push((place, from));
    }
    if envelope.is_empty() {
        return;
    }
    let mut lowest = 0;
    for place in 0..line.len() {
        while envelope.get(lowest + 1).is_some_and(|next| next.1 < place as f64) {
            lowest += 1;
        }
        let parabola = envelope[lowest].0;
        put(place, line[parabola] + (place as f64 - parabola as f64).powi(2));
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;
    use crate::MaskOptions;

    fn distances_of(array: &Array2<f32>) -> Vec<f32> {
        let mask = Mask::new(array.view(), MaskOptions::default()).unwrap();
        let distances = signed_distances(&mask);
        mask.grid.inside().map(|pixel| distances[pixel]).collect()
    }

    #[test]
    fn an_empty_mask_is_highest_in_its_middle() {
        assert_eq!(distances_of(&array![[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])[4], -1.0);
    }

    proptest! {
        #[test]
        fn distances_are_those_of_a_search_through_all_pixels(
            values in prop::collection::vec(0u8..2, 5 * 7).prop_filter("some foreground", |v| v.contains(&1)),
        ) {
            let array = Array2::from_shape_vec((5, 7), values).unwrap().mapv(f32::from);
            let at = |y: i32, x: i32| {
                if (0..5).contains(&y) && (0..7).contains(&x) { array[[y as usize, x as usize]] } else { 0.0 }
            };
            for (place, found) in distances_of(&array).into_iter().enumerate() {
                let (y, x) = (place as i32 / 7, place as i32 % 7);
                let others = (-1..6).flat_map(|v| (-1..8).map(move |u| (v, u)));
                let squares = others
                    .filter(|&(v, u)| at(v, u) != at(y, x))
                    .map(|(v, u)| (v - y).pow(2) + (u - x).pow(2));
                let expected = (squares.min().unwrap() as f32).sqrt();
                prop_assert_eq!(found, if at(y, x) == 1.0 { expected } else { -expected });
            }
        }
    }
}
