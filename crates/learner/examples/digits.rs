//! Experiment 1 of the paper in small: a network learns to restore 100 digits (20 more choose the epoch), and the
//! topological prior mends what it gives for digits that it has not seen.
//!
//! `cargo run --release -p bettiscope-learner --example digits -- MNIST_FOLDER [EPOCHS] [M] [LEARNING_RATE] [COUNT]`

use std::{ops::ControlFlow, path::Path, time::Instant};

use burn::tensor::Device;
use imaging::{
    Limits, idx,
    kspace::{Corruption, corrupt},
};
use learner::{Pair, PostProcess, PostProcessOptions, TrainingOptions, UNetConfig, train};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The Betti numbers of the digits 0 to 9.
const PRIORS: [&str; 10] = ["1,1", "1,0", "1,0", "1,0", "1,0", "1,0", "1,1", "1,0", "1,2", "1,1"];

/// `count` digits, and what is left of them without `m` rows and columns of k-space.
fn digits(folder: &Path, name: &str, count: usize, m: usize) -> Result<Vec<(u8, Pair)>> {
    let read = |kind: &str| std::fs::read(folder.join(format!("{name}-{kind}-ubyte.gz")));
    let images = idx::read_images(&read("images-idx3")?, &Limits::default())?;
    let labels = idx::read_labels(&read("labels-idx1")?, &Limits::default())?;
    let pairs = images.outer_iter().zip(labels).take(count).zip(0..).map(|((image, label), seed)| {
        let target = image.mapv(|value| f32::from(value) / 255.0);
        let image = corrupt(target.view(), Corruption::RowsAndColumns { m }, seed)?.image;
        Ok((label, Pair { image, target }))
    });
    pairs.collect()
}

fn main() -> Result<()> {
    let arguments = std::env::args().skip(1).collect::<Vec<String>>();
    let folder = arguments.first().ok_or("the first argument is the folder with the four files of MNIST")?;
    let number = |place: usize, default: f64| arguments.get(place).map_or(Ok(default), |text| text.parse());
    let (epochs, m) = (number(1, 20.0)? as usize, number(2, 8.0)? as usize);
    let (learning_rate, count) = (number(3, 1e-5)?, number(4, 20.0)? as usize);

    let pairs = |digits: Vec<(u8, Pair)>| digits.into_iter().map(|(_, pair)| pair).collect::<Vec<Pair>>();
    let mut training = pairs(digits(Path::new(folder), "train", 120, m)?);
    let validation = training.split_off(100);
    let test = digits(Path::new(folder), "t10k", count, m)?;
    let network = UNetConfig::default().init(0, &Device::flex())?;
    let options = TrainingOptions { epochs, validate_every: 4, ..TrainingOptions::default() };
    let start = Instant::now();
    let trained = pollster::block_on(train(&network, &training, &validation, options, |progress| {
        if let learner::Progress::Epoch(learner::Epoch { number, loss, validation: Some(validation) }) =
            progress
        {
            println!("epoch {number}: mean squared error {loss:.4}, of 20 others {validation:.4}");
        }
        ControlFlow::Continue(())
    }))?;
    println!(
        "trained in {:.0} s; the network is that of epoch {}",
        start.elapsed().as_secs_f64(),
        trained.best_epoch
    );

    let options = PostProcessOptions { learning_rate, ..PostProcessOptions::default() };
    let (mut before, mut after, mut steps, mut errors) = (0, 0, 0, [0.0; 2]);
    let start = Instant::now();
    for (label, pair) in &test {
        let prior = PRIORS[usize::from(*label)].parse()?;
        let mut first = None;
        let last = pollster::block_on(async {
            let mut run = PostProcess::new(&trained.network, pair.image.view(), prior, options).await?;
            run.run(|step| {
                first.get_or_insert_with(|| step.clone());
                ControlFlow::Continue(())
            })
            .await
        })?;
        let first = first.ok_or("a run has a first step")?;
        let error = |step: &learner::Step| {
            let difference = &step.entries[0].probabilities - &pair.target;
            difference.iter().map(|value| value * value).sum::<f32>() / difference.len() as f32
        };
        (errors[0], errors[1]) = (errors[0] + error(&first), errors[1] + error(&last));
        before += usize::from(first.prior_holds);
        after += usize::from(last.prior_holds);
        steps += last.number + 1;
    }
    let time = start.elapsed().as_secs_f64();
    println!("right topology at 0.5: {before} of {count} before, {after} after");
    println!(
        "mean squared error: {:.4} before, {:.4} after",
        errors[0] / count as f32,
        errors[1] / count as f32
    );
    println!(
        "{:.1} s for each digit, {:.1} ms for each step",
        time / count as f64,
        1e3 * time / steps as f64
    );
    Ok(())
}
