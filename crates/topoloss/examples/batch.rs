//! Times of the loss with gradient of 100 maps of 80x80: `cargo run --release -p bettiscope-topoloss --features rayon --example batch`.
//!
//! For one prior, and for three entries over three classes; on one thread, and on as many as there are cores. Each figure is
//! the least of many rounds, in which the variants take turns, so that load from other work meets all of them; `-- 1000` makes
//! so many.

use std::{hint::black_box, time::Instant};

use ndarray::{Array4, Axis};
use topoloss::{ClassPriors, LossOptions, Prior, classes, loss_batch};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds: usize = std::env::args().nth(1).map_or(Ok(100), |rounds| rounds.parse())?;
    let maps = maps();
    let foreground = maps.index_axis(Axis(1), 1);
    let ring: Prior = "1,1".parse()?;
    let alone = ClassPriors::from(ring.clone());
    let heart: ClassPriors = "1:1,0; 2:1,1; 1+2:1,0".parse()?;
    let options = LossOptions::default();
    let cores = std::thread::available_parallelism()?.get();
    let pools = [1, cores].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    let [one, all] = pools;
    let pools = [one?, all?];

    let single = || _ = black_box(loss_batch(foreground.outer_iter(), &ring, options));
    let as_list = || _ = black_box(classes::loss_batch(foreground.outer_iter(), &alone, options));
    let three = || _ = black_box(classes::loss_batch(maps.outer_iter(), &heart, options));
    let variants: [(&str, &(dyn Fn() + Sync)); 3] =
        [("one prior", &single), ("one prior, as a list", &as_list), ("three entries", &three)];
    let mut least = [[f64::INFINITY; 2]; 3];
    for _ in 0..rounds {
        for (least, (_, evaluate)) in least.iter_mut().zip(&variants) {
            for (least, pool) in least.iter_mut().zip(&pools) {
                let start = Instant::now();
                pool.install(evaluate);
                *least = least.min(1e3 * start.elapsed().as_secs_f64());
            }
        }
    }
    println!("100 maps of 80x80, milliseconds        1 thread  {cores} threads  ratio");
    for ([one, all], (name, _)) in least.iter().zip(variants) {
        println!("{name:<38}{one:>9.2}{all:>11.2}{:>7.2}", one / all);
    }
    Ok(())
}

/// Softmaxes of three classes `[map, class, row, column]` of smooth noise.
fn maps() -> Array4<f32> {
    let mut state = 1u64;
    let mut maps = Array4::from_shape_simple_fn((100, 3, 80, 80), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    });
    // Three box filters of width 5 along rows and columns.
    for axis in [2, 3].into_iter().cycle().take(6) {
        for mut lane in maps.lanes_mut(Axis(axis)) {
            let before = lane.to_owned();
            for (place, value) in lane.iter_mut().enumerate() {
                *value = before.iter().skip(place.saturating_sub(2)).take(5).sum::<f32>() / 5.0;
            }
        }
    }
    for mut pixel in maps.lanes_mut(Axis(1)) {
        let weights = pixel.mapv(|value| (30.0 * value).exp());
        pixel.assign(&(&weights / weights.sum()));
    }
    maps
}
