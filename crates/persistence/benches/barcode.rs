//! Times of whole barcodes, with a workspace that is kept: `cargo bench -p bettiscope-persistence`.
//!
//! To compare with other packages use `bettiscope bench persistence`, see the crate's README.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ndarray::{ArrayD, Axis, Dimension, IxDyn};
use persistence::{Barcode, Connectivity, Options, Workspace};

/// White noise in [0, 1].
fn white(shape: &[usize]) -> ArrayD<f32> {
    let mut state = 1u64;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32
    })
}

/// White noise after three box filters of width 5 along every axis, stretched to [0, 1].
fn smooth(shape: &[usize]) -> ArrayD<f32> {
    let mut array = white(shape);
    for axis in (0..shape.len()).cycle().take(3 * shape.len()) {
        for mut lane in array.lanes_mut(Axis(axis)) {
            let before = lane.to_owned();
            for (i, value) in lane.iter_mut().enumerate() {
                *value = before.iter().skip(i.saturating_sub(2)).take(5).sum::<f32>() / 5.0;
            }
        }
    }
    let (least, greatest) =
        array.iter().fold((f32::MAX, f32::MIN), |(a, b), &value| (a.min(value), b.max(value)));
    array.mapv(|value| (value - least) / (greatest - least))
}

/// What a network puts out: mostly exact 0 and 1.
fn saturated(shape: &[usize]) -> ArrayD<f32> {
    smooth(shape).mapv(|value| ((value - 0.5) * 6.0 + 0.3).clamp(0.0, 1.0))
}

fn barcodes(criterion: &mut Criterion) {
    type Make = fn(&[usize]) -> ArrayD<f32>;
    let kinds: [(&str, Make); 3] = [("smooth", smooth), ("saturated", saturated), ("white", white)];
    for shape in [&[80, 80][..], &[1024, 1024], &[64, 64, 64]] {
        for (kind, make) in kinds {
            let array = make(shape);
            for connectivity in [Connectivity::T, Connectivity::V] {
                let mut group = criterion.benchmark_group(format!(
                    "{kind} {}",
                    array.raw_dim().slice().iter().map(usize::to_string).collect::<Vec<_>>().join("x")
                ));
                group.throughput(Throughput::Elements(array.len() as u64)).sample_size(10);
                let options = Options { connectivity, ..Options::default() };
                let mut workspace = Workspace::new();
                group.bench_function(format!("{connectivity:?}"), |bencher| {
                    bencher.iter_batched_ref(
                        Barcode::default,
                        |barcode| workspace.compute(black_box(array.view()), options, barcode),
                        BatchSize::LargeInput,
                    );
                });
            }
        }
    }
}

criterion_group!(benches, barcodes);
criterion_main!(benches);
