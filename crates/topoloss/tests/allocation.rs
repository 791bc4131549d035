//! An evaluator allocates nothing in the steady state. Alone in its program: the counter sees every thread.

use ndarray::{Array2, Array3, Array4};
use persistence::Connectivity;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use topoloss::{
    ClassPriors, Evaluator, LossOptions, OutOfRange, Pooling, PoolingKind, Prior, classes::ClassEvaluator,
};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn an_evaluator_allocates_nothing_after_the_first_array_of_a_shape() {
    let image =
        Array2::from_shape_fn((40, 50), |(y, x)| ((37 * y + 101 * x + y * x) % 97) as f32 / 60.0 - 0.2);
    let volume = Array3::from_shape_fn((8, 9, 10), |(z, y, x)| ((37 * z + 11 * y * x) % 97) as f32 / 97.0);
    let classes = Array4::from_shape_fn((3, 6, 7, 8), |(c, z, y, x)| {
        ((53 * c + 37 * z + 11 * y * x) % 97) as f32 / 200.0
    });
    let list: ClassPriors = "1:1,0,0; 2:2,0-2,*; 0+1:1,0,0".parse().unwrap();
    let ring = Prior::exactly(&[1, 1]).unwrap();
    let blob: Prior = "1,0-2,0".parse().unwrap();
    for connectivity in [Connectivity::T, Connectivity::V] {
        for pooling in [None, Some(PoolingKind::Max), Some(PoolingKind::Mean)] {
            let pooling = pooling.map(|kind| Pooling { factor: 2.try_into().unwrap(), kind });
            let options = LossOptions { connectivity, out_of_range: OutOfRange::Clamp, pooling };
            let (mut of_images, mut of_volumes) = (Evaluator::new(), Evaluator::new());
            let mut of_classes = ClassEvaluator::new();
            let mut of_map = Array4::zeros(classes.raw_dim());
            let mut of_image = Array2::zeros(image.raw_dim());
            let mut of_volume = Array3::zeros(volume.raw_dim());
            let mut step = || {
                let loss = of_images.evaluate(image.view(), &ring, options).unwrap();
                loss.add_gradient_to(of_image.view_mut(), 1.0).unwrap();
                let loss = of_volumes.evaluate(volume.view(), &blob, options).unwrap();
                loss.add_gradient_to(of_volume.view_mut(), 1.0).unwrap();
                let loss = of_classes.evaluate(classes.view(), &list, options).unwrap();
                loss.add_gradient_to(of_map.view_mut(), 1.0).unwrap();
            };
            step();
            let region = Region::new(GLOBAL);
            (0..5).for_each(|_| step());
            let counted = region.change();
            assert_eq!(counted.allocations + counted.reallocations, 0, "{options:?}: {counted:?}");
        }
    }
}
