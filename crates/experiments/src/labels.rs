//! Segmentations as label maps, and how they agree with what they should be.

use imaging::overlap::dice;
use ndarray::{Array2, ArrayView2, ArrayView3, Axis};
use topoloss::classes::arg_max;

use crate::Error;

/// The label of each pixel of maps `[classes, rows, columns]`: of one map 1 where it is at least 0.5 and else 0; of several
/// the class with the greatest probability, the smallest of several.
///
/// # Errors
///
/// If a map has a NaN.
pub(crate) fn labels(maps: ArrayView3<f32>) -> Result<Array2<f32>, Error> {
    if maps.len_of(Axis(0)) == 1 {
        return Ok(labels_of_target(maps.index_axis(Axis(0), 0), 1));
    }
    Ok(arg_max(maps)?.mapv(|class| class as f32))
}

/// A target as a label map: that of one class may be soft, and counts from 0.5 upwards.
pub(crate) fn labels_of_target(target: ArrayView2<f32>, classes: usize) -> Array2<f32> {
    match classes {
        1 => target.mapv(|value| if value >= 0.5 { 1.0 } else { 0.0 }),
        _ => target.to_owned(),
    }
}

/// The Dice coefficient of each class but the background; a network of one class has its foreground.
///
/// # Errors
///
/// If the two have different shapes.
pub(crate) fn dice_by_class(
    labels: ArrayView2<f32>,
    target: ArrayView2<f32>,
    classes: usize,
) -> Result<Vec<f64>, Error> {
    let of = |array: ArrayView2<f32>, class: usize| {
        array.mapv(|label| if label == class as f32 { 1.0 } else { 0.0 })
    };
    let dice = |class| Ok(dice(of(labels, class).view(), of(target, class).view())?);
    (1..classes.max(2)).map(dice).collect()
}

/// A label map changed class by class, as a mask of each class is changed: a pixel that is in no mask any more is background, one
/// that is in several of the smallest of these classes. A map of one class is its own mask.
///
/// # Errors
///
/// That of the change.
pub(crate) fn changed_by_class<E>(
    labels: ArrayView2<f32>,
    classes: usize,
    mut change: impl FnMut(ArrayView2<f32>) -> Result<Array2<f32>, E>,
) -> Result<Array2<f32>, E> {
    if classes == 1 {
        return change(labels);
    }
    let mut changed: Option<Array2<f32>> = None;
    for class in (1..classes).rev() {
        let mask = labels.mapv(|label| if label == class as f32 { 1.0 } else { 0.0 });
        let mask = change(mask.view())?;
        let changed = changed.get_or_insert_with(|| Array2::zeros(mask.raw_dim()));
        changed.zip_mut_with(&mask, |label, &is| *label = if is >= 0.5 { class as f32 } else { *label });
    }
    Ok(changed.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn one_map_has_a_threshold_and_several_have_a_winner() {
        let one = array![[[0.5, 0.4999, 1.0]]];
        assert_eq!(labels(one.view()).unwrap(), array![[1.0, 0.0, 1.0]]);
        let several = array![[[0.2, 0.4, 0.3]], [[0.5, 0.4, 0.3]], [[0.3, 0.2, 0.4]]];
        assert_eq!(labels(several.view()).unwrap(), array![[1.0, 0.0, 2.0]]);
    }

    #[test]
    fn a_label_map_changes_class_by_class() {
        let labels = array![[0.0, 1.0, 2.0, 2.0]];
        let mut masks = Vec::new();
        let doubled = changed_by_class(labels.view(), 3, |mask| {
            masks.push(mask.to_owned());
            Ok::<_, ()>(Array2::from_shape_fn((2, 2), |(_, column)| mask[[0, 2 * column + 1]]))
        });
        assert_eq!(doubled.unwrap(), array![[1.0, 2.0], [1.0, 2.0]]);
        assert_eq!(masks, [array![[0.0, 0.0, 1.0, 1.0]], array![[0.0, 1.0, 0.0, 0.0]]]);
        let all = changed_by_class(labels.view(), 3, |mask| Ok::<_, ()>(mask.mapv(|_| 1.0)));
        assert_eq!(all.unwrap(), array![[1.0, 1.0, 1.0, 1.0]], "the smallest of several");
        let half = changed_by_class(array![[0.5]].view(), 1, |mask| Ok::<_, ()>(mask.to_owned()));
        assert_eq!(half.unwrap(), array![[0.5]], "one map may be soft");
    }

    #[test]
    fn each_class_has_its_own_agreement() {
        let (given, target) = (array![[0.0, 1.0, 1.0, 2.0]], array![[0.0, 1.0, 2.0, 2.0]]);
        let dice = dice_by_class(given.view(), target.view(), 4).unwrap();
        assert_eq!(dice, [2.0 / 3.0, 2.0 / 3.0, 1.0], "a class that is nowhere agrees");
        assert_eq!(dice_by_class(given.view(), given.view(), 1).unwrap(), [1.0]);
    }
}
