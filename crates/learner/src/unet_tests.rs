//! Tests of the network: its shapes, its weights, and what it refuses.

use super::*;
use crate::weights;
use pollster::block_on;

fn small() -> UNet {
    UNetConfig { width: 3, depth: 2, classes: 1 }.init(1, &Device::flex()).unwrap()
}

#[test]
fn the_map_has_the_size_of_the_image_whatever_that_is() {
    let network = small();
    for shape in [[28, 28], [1, 1], [5, 9], [13, 4], [1, 30]] {
        let image = Array2::from_shape_fn(shape, |(row, column)| ((row * 7 + column * 3) % 5) as f32 / 4.0);
        let map = block_on(network.segment(image.view())).unwrap();
        assert_eq!(map.shape(), shape);
        assert!(map.iter().all(|value| (0.0..=1.0).contains(value)));
    }
}

#[test]
fn several_classes_share_each_pixel_and_begin_as_background() {
    let network = UNetConfig { width: 3, depth: 1, classes: 3 }.init(1, &Device::flex()).unwrap();
    let image = Array2::from_shape_fn((5, 6), |(row, column)| ((row * 7 + column) % 5) as f32 / 40.0);
    let maps = block_on(network.segment_classes(image.view())).unwrap();
    assert_eq!(maps.shape(), [3, 5, 6]);
    let sums = maps.sum_axis(Axis(0));
    assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-6), "{sums}");
    assert!(maps.index_axis(Axis(0), 0).iter().all(|value| *value > 0.5), "{maps}");
    let error = block_on(network.segment(image.view())).unwrap_err();
    assert!(matches!(error, Error::SeveralClasses { classes: 3 }), "{error}");
    let one = block_on(small().segment_classes(image.view())).unwrap();
    assert_eq!(one.index_axis(Axis(0), 0), block_on(small().segment(image.view())).unwrap());
}

#[test]
fn an_image_that_is_padded_gives_what_the_padded_image_gives() {
    let network = small();
    let image = Array2::from_shape_fn((7, 6), |(row, column)| (row * column) as f32 / 42.0);
    let padded = Array2::from_shape_fn((8, 8), |(row, column)| image[[row.min(6), column.min(5)]]);
    let map = block_on(network.segment(image.view())).unwrap();
    let whole = block_on(network.segment(padded.view())).unwrap();
    assert!(map.indexed_iter().all(|(at, value)| *value == whole[at]));
}

#[test]
fn the_default_network_has_the_parameters_of_figure_3() {
    let network = UNetConfig::default().init(0, &Device::flex()).unwrap();
    let convolution = |from: usize, to: usize| 9 * from * to + to;
    let encoder = convolution(1, 16)
        + convolution(16, 16)
        + convolution(16, 32)
        + convolution(32, 32)
        + convolution(32, 64)
        + 3 * convolution(64, 64);
    let decoder =
        convolution(96, 32) + 2 * convolution(32, 32) + convolution(48, 16) + 2 * convolution(16, 16);
    assert_eq!(network.num_params(), encoder + decoder + 17);
    assert_eq!(network.num_params(), 203_409);
}

#[test]
fn the_weights_depend_on_the_seed_and_on_nothing_else() {
    let weights = |seed| {
        let network = UNetConfig { width: 2, depth: 1, classes: 1 }.init(seed, &Device::flex()).unwrap();
        block_on(weights::read(&network)).unwrap()
    };
    assert_eq!(weights(3), weights(3));
    assert_ne!(weights(3), weights(4));
    let sizes = UNetConfig { width: 2, depth: 1, classes: 1 };
    let shapes = weights(3).into_iter().map(|weights| (weights.name, weights.shape)).collect();
    assert_eq!(sizes.shapes().unwrap(), shapes, "the shapes are known without the weights");
    let [first, ..] = &weights(3)[..] else { panic!("there are weights") };
    assert_eq!((first.name.as_str(), &first.shape[..]), ("decoder.0.0.bias", &[2_usize][..]));
}

#[test]
fn impossible_networks_and_images_are_refused() {
    for (width, depth, classes) in [(0, 2, 1), (16, 0, 1), (257, 1, 1), (16, 7, 1), (2, 1, 0), (2, 1, 257)] {
        let config = UNetConfig { width, depth, classes };
        let error = config.init(0, &Device::flex()).unwrap_err();
        assert!(matches!(error, Error::Network { .. }), "{error}");
        assert!(matches!(config.shapes(), Err(Error::Network { .. })));
    }
    let network = small();
    let empty = Array2::zeros((0, 5));
    assert!(matches!(
        block_on(network.segment(empty.view())),
        Err(Error::EmptyImage { rows: 0, columns: 5 })
    ));
    let mut image = Array2::zeros((4, 4));
    image[[2, 1]] = f32::NAN;
    assert!(matches!(
        block_on(network.segment(image.view())),
        Err(Error::NotFinite { row: 2, column: 1, .. })
    ));
}
