//! Which entries of which axes of an array are an image or a volume.

use ndarray::{Axis, CowArray, IxDyn};

use crate::scale::ScaleError;

/// Takes entries of axes, and leaves out axes of length 1 until as many are left as are needed. `channels` is the number
/// of axes behind those that count: 1 where there are channels.
///
/// `needed` is the number of axes of the result; `None` is 2 or 3. Axes of length 1 go from the front, then from the
/// back.
pub(crate) fn choose<'a>(
    mut values: CowArray<'a, f32, IxDyn>,
    channels: usize,
    index: &[Option<usize>],
    needed: Option<usize>,
) -> Result<CowArray<'a, f32, IxDyn>, ScaleError> {
    let spatial = |values: &CowArray<'a, f32, IxDyn>| values.shape()[..values.ndim() - channels].to_vec();
    let shape = spatial(&values);
    let taken = index.iter().flatten().count();
    let fits = index.len() <= shape.len()
        && taken + 2 <= shape.len()
        && index.iter().zip(&shape).all(|(at, &length)| at.is_none_or(|at| at < length));
    if !index.is_empty() && !fits {
        return Err(ScaleError::Index { index: index.to_vec(), shape });
    }
    // From behind, so that the numbers of the axes in front stay.
    for (axis, at) in index.iter().enumerate().rev() {
        if let Some(at) = *at {
            values = values.index_axis_move(Axis(axis), at);
        }
    }
    let most = needed.unwrap_or(3);
    while values.ndim() - channels > most {
        let lengths = spatial(&values);
        let last = lengths.len() - 1;
        match [0, last].into_iter().find(|&axis| lengths[axis] == 1) {
            Some(axis) => values = values.index_axis_move(Axis(axis), 0),
            None => break,
        }
    }
    let shape = spatial(&values);
    match needed.map_or_else(|| matches!(shape.len(), 2 | 3), |needed| shape.len() == needed) {
        true => Ok(values),
        false => Err(ScaleError::Axes { shape, needed }),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array;

    use super::*;

    fn series() -> CowArray<'static, f32, IxDyn> {
        Array::from_shape_fn((2, 3, 4, 5), |(t, z, y, x)| (1000 * t + 100 * z + 10 * y + x) as f32)
            .into_dyn()
            .into()
    }

    fn chosen(index: &[Option<usize>], needed: Option<usize>) -> Result<(Vec<usize>, f32), ScaleError> {
        let values = choose(series(), 0, index, needed)?;
        let first = values.iter().next().copied().unwrap();
        Ok((values.shape().to_vec(), first))
    }

    #[test]
    fn every_axis_can_be_reached() {
        assert_eq!(chosen(&[Some(1)], None), Ok((vec![3, 4, 5], 1000.0)));
        assert_eq!(chosen(&[Some(1), Some(2)], None), Ok((vec![4, 5], 1200.0)));
        assert_eq!(chosen(&[None, None, None, Some(4)], Some(3)), Ok((vec![2, 3, 4], 4.0)));
        assert_eq!(chosen(&[None, Some(2), Some(3)], Some(2)), Ok((vec![2, 5], 230.0)));
        for index in [
            &[Some(2)][..],
            &[Some(0), Some(3)],
            &[Some(0), Some(0), Some(0)],
            &[None, None, None, None, None],
        ] {
            assert!(matches!(chosen(index, None), Err(ScaleError::Index { .. })), "{index:?}");
        }
    }

    #[test]
    fn axes_of_length_one_go_where_that_makes_the_rest_fit() {
        let shape = |lengths: &[usize], needed| {
            let values = Array::<f32, _>::zeros(IxDyn(lengths)).into();
            choose(values, 0, &[], needed).map(|values| values.shape().to_vec())
        };
        assert_eq!(shape(&[1, 3, 4, 5], None), Ok(vec![3, 4, 5]));
        assert_eq!(shape(&[1, 4, 5], None), Ok(vec![1, 4, 5]), "a volume of one slice");
        assert_eq!(shape(&[1, 4, 5], Some(2)), Ok(vec![4, 5]));
        assert_eq!(shape(&[4, 5, 1], Some(2)), Ok(vec![4, 5]));
        assert_eq!(shape(&[1, 1, 4, 5, 1], Some(2)), Ok(vec![4, 5]));
        assert_eq!(shape(&[4, 5, 1], Some(3)), Ok(vec![4, 5, 1]));
        assert!(
            matches!(shape(&[4, 1, 5], Some(2)), Err(ScaleError::Axes { .. })),
            "it is neither in front nor behind"
        );
    }

    #[test]
    fn the_message_names_an_index_that_works() {
        for (lengths, needed, option) in [
            (vec![2, 24, 40, 44], Some(3), "--index 0 "),
            (vec![40, 44, 3], Some(2), "--index :,:,0 "),
            (vec![7, 24, 40, 2], Some(2), "--index 0,:,:,0 "),
            (vec![24, 40, 44], Some(2), "--index 0 "),
        ] {
            let values: CowArray<'_, f32, _> = Array::zeros(IxDyn(&lengths)).into();
            let message = choose(values, 0, &[], needed).unwrap_err().to_string();
            assert!(message.contains(option), "{message}");
        }
    }
}
