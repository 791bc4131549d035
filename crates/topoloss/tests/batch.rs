//! Losses of many arrays: the same as one by one, under one prior or one for each.

use ndarray::{Array3, Array4, Axis};
use topoloss::{ClassPriors, Error, LossOptions, PerArray, Prior, classes, loss, loss_batch};

fn maps() -> Array4<f32> {
    Array4::from_shape_fn((37, 3, 9, 11), |(n, c, y, x)| {
        ((n * 31 + c * 17 + y * 7 * (n + 1) + x * x * 5 + x * y) % 101) as f32 / 303.0
    })
}

#[test]
fn a_batch_is_its_arrays_one_by_one() {
    let maps = maps();
    let images: Array3<f32> = maps.index_axis(Axis(1), 1).to_owned();
    let options = LossOptions::default();
    let priors: Vec<Prior> =
        (0..37).map(|number| Prior::exactly(&[number % 3, number % 2]).unwrap()).collect();
    let found = loss_batch(images.outer_iter(), &priors[..], options).unwrap();
    let same = loss_batch(images.outer_iter(), &priors[4], options).unwrap();
    assert_eq!((found.len(), same.len()), (37, 37));
    for (number, image) in images.outer_iter().enumerate() {
        assert_eq!(found[number], loss(image, &priors[number], options).unwrap());
        assert_eq!(same[number], loss(image, &priors[4], options).unwrap());
    }
    let lists = ["1:1,0; 2:1,1; 1+2:1,0", "0+2:2,0"].map(|text| text.parse::<ClassPriors>().unwrap());
    let lists: Vec<ClassPriors> = lists.into_iter().cycle().take(37).collect();
    let found = classes::loss_batch(maps.outer_iter(), &lists[..], options).unwrap();
    let same = classes::loss_batch(maps.outer_iter(), PerArray::Same(&lists[0]), options).unwrap();
    for (number, map) in maps.outer_iter().enumerate() {
        assert_eq!(found[number], classes::loss(map, &lists[number], options).unwrap());
        assert_eq!(same[number], classes::loss(map, &lists[0], options).unwrap());
    }
    assert_eq!(loss_batch(images.outer_iter().take(0), &priors[0], options), Ok(vec![]));
}

#[test]
fn the_first_array_that_is_wrong_is_named() {
    let mut maps = maps();
    let list: ClassPriors = "1+2:1,0".parse().unwrap();
    maps[[30, 1, 2, 3]] = f32::NAN;
    maps[[12, 2, 0, 4]] = -1.0;
    let error = classes::loss_batch(maps.outer_iter(), &list, LossOptions::default()).unwrap_err();
    assert_eq!((error.index, error.source), (12, Error::OutOfRange { position: vec![2, 0, 4], value: -1.0 }));
    let priors = vec![Prior::exactly(&[1, 0]).unwrap(); 36];
    let images = maps.index_axis(Axis(1), 0);
    for (count, first) in [(36, 36), (35, 35), (0, 0)] {
        let error = loss_batch(images.outer_iter(), &priors[..count], LossOptions::default()).unwrap_err();
        assert_eq!((error.index, error.source), (first, Error::PriorCount { priors: count, arrays: 37 }));
    }
}
