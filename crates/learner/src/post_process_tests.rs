//! Tests of post-processing: its gradient, its steps, and what it does to maps.

use burn::tensor::Device;
use ndarray::{Array2, array};
use pollster::block_on;
use topoloss::{ClassPrior, LossOptions, classes};

use super::*;
use crate::{StopRules, UNetConfig, finite_differences, weights};

fn tiny() -> UNet {
    UNetConfig { width: 2, depth: 1, ..UNetConfig::default() }.init(5, &Device::flex()).unwrap()
}

/// A ring with a gap and a speck, on a slope so that no two pixels are equal.
fn picture() -> Array2<f32> {
    let mut image =
        Array2::from_shape_fn((8, 8), |(row, column)| 0.013 * row as f32 + 0.0071 * column as f32);
    for (row, column) in [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3), (6, 6)] {
        image[[row, column]] += 0.9;
    }
    image
}

/// A ring of 0.9 on 0.1 whose one pixel is 0.3.
fn broken_ring() -> Array2<f32> {
    array![
        [0.1, 0.1, 0.1, 0.1, 0.1],
        [0.1, 0.9, 0.9, 0.9, 0.1],
        [0.1, 0.9, 0.1, 0.3, 0.1],
        [0.1, 0.9, 0.9, 0.9, 0.1],
        [0.1, 0.1, 0.1, 0.1, 0.1],
    ]
}

fn of_ring(options: PostProcessOptions) -> PostProcess {
    PostProcess::of_map(broken_ring().view(), "1,1".parse().unwrap(), options, &Device::flex()).unwrap()
}

/// Equation 5 whole, in double precision, of the maps that a network predicts: entry by entry, each by what is there for one
/// map.
fn equation_5(network: &UNet, initial: &Array3<f32>, priors: &ClassPriors, lambda: f64) -> f64 {
    let maps = block_on(network.segment_classes(picture().view())).unwrap();
    let difference = (&maps.mapv(f64::from) - &initial.mapv(f64::from)).mapv(|value| value * value);
    let loss = |entry: &ClassPrior| {
        let of_class = |&class: &usize| maps.index_axis(Axis(0), if maps.dim().0 == 1 { 0 } else { class });
        let map = entry.classes().iter().fold(Array2::zeros((8, 8)), |sum, class| sum + of_class(class));
        entry.weight() * topoloss::loss(map.view(), entry.prior(), LossOptions::default()).unwrap().total()
    };
    difference.sum() / 64.0 + lambda * priors.entries().iter().map(loss).sum::<f64>()
}

fn heart() -> ClassPriors {
    let priors: ClassPriors = "1:1,0; 2:1,1; 1+2:1,0".parse().unwrap();
    let mut entries = priors.entries().to_vec();
    entries[1] = entries[1].clone().with_weight(0.5).unwrap();
    ClassPriors::new(entries).unwrap()
}

#[test]
fn the_gradient_that_reaches_the_weights_is_that_of_equation_5() {
    let of_classes = UNetConfig { width: 2, depth: 1, classes: 3 }.init(5, &Device::flex()).unwrap();
    for (network, priors) in [(tiny(), "1,1".parse().unwrap()), (of_classes, heart())] {
        let options =
            PostProcessOptions { lambda: 0.2, learning_rate: 0.02, ..PostProcessOptions::default() };
        let mut run =
            block_on(PostProcess::new(&network, picture().view(), priors.clone(), options)).unwrap();
        // Away from the start, where the similarity has no gradient.
        let initial = block_on(run.step()).unwrap().probabilities;
        let step = (0..3).map(|_| block_on(run.step()).unwrap()).last().unwrap();
        let Subject::Weights { network: current, .. } = &run.subject else { panic!("a network was given") };
        let gradients = run.subject.gradients(run.objective.clone().unwrap());
        let whole = |network: &UNet| equation_5(network, &initial, &priors, options.lambda);
        assert!((step.total - whole(&current.clone().valid())).abs() < 1e-6);
        let error = finite_differences::relative_error(current, gradients, 50, whole);
        // They are 5e-4 and 3e-3: single precision, and the loss bends where a ReLU opens or a critical pixel changes,
        // which the finite differences of a few weights meet.
        assert!(error < 5e-3, "{error}");
    }
}

#[test]
fn the_model_itself_never_changes_and_a_reset_repeats_the_run() {
    let network = tiny();
    let before = block_on(weights::read(&network)).unwrap();
    let options = PostProcessOptions { learning_rate: 0.01, ..PostProcessOptions::default() };
    let mut run =
        block_on(PostProcess::new(&network, picture().view(), "1,1".parse().unwrap(), options)).unwrap();
    let mut steps = || (0..4).map(|_| block_on(run.step()).unwrap()).collect::<Vec<Step>>();
    let first = steps();
    assert!(first[3].similarity > 0.0, "the copy has changed");
    assert_eq!(block_on(weights::read(&network)).unwrap(), before);
    assert_eq!(first.iter().map(|step| step.number).collect::<Vec<_>>(), [0, 1, 2, 3]);

    run.reset();
    let again = (0..4).map(|_| block_on(run.step()).unwrap()).collect::<Vec<Step>>();
    assert_eq!(again, first);
}

#[test]
fn a_step_that_is_taken_back_is_given_once_more() {
    let run = |take_back: &[usize]| {
        let stop = StopRules { prior_holds_for: Some(3), ..StopRules::default() };
        let mut run = of_ring(PostProcessOptions {
            lambda: 0.5,
            learning_rate: 0.2,
            stop,
            ..PostProcessOptions::default()
        });
        let mut steps = Vec::new();
        while steps.last().is_none_or(|step: &Step| step.stop.is_none()) {
            let mut step = block_on(run.step()).unwrap();
            if take_back.contains(&step.number) {
                run.take_back();
                let again = block_on(run.step()).unwrap();
                assert_eq!(again, step);
                step = again;
            }
            steps.push(step);
        }
        steps
    };
    let steps = run(&[]);
    assert_eq!(steps.last().unwrap().stop, Some(Stop::PriorHolds));
    let last = steps.len() - 1;
    assert_eq!(run(&[0, 1, last - 1, last]), steps);
}

#[test]
fn a_step_reports_the_terms_of_equation_5() {
    let mut run = of_ring(PostProcessOptions::pixels());
    let step = block_on(run.step()).unwrap();
    // The component has length 0.9, the hole 0.3 - 0.1.
    assert!(
        (step.entries[0].topological[0] - 0.01).abs() < 1e-5
            && (step.entries[0].topological[1] - 0.64).abs() < 1e-5,
        "{step:?}"
    );
    assert_eq!((step.similarity, step.number), (0.0, 0));
    assert!((step.total - 0.02 * 0.65).abs() < 1e-6);
    assert_eq!(step.entries[0].betti, [1, 0]);
    let hole = step.entries[0].terms.iter().find(|term| term.bar.dimension == 1).unwrap();
    assert_eq!((hole.bar.birth_index, hole.bar.death_index), (13, Some(12)));
    let later = block_on(run.step()).unwrap();
    assert!(later.similarity > 0.0 && later.total < step.total);
}

#[test]
fn a_broken_ring_is_closed_and_the_prior_ends_the_run() {
    let stop = StopRules { prior_holds_for: Some(3), ..StopRules::default() };
    let mut run = of_ring(PostProcessOptions { stop, ..PostProcessOptions::pixels() });
    let mut betti = Vec::new();
    let last = block_on(run.run(|step| {
        betti.push(step.entries[0].betti.clone());
        ControlFlow::Continue(())
    }))
    .unwrap();
    assert_eq!((last.stop, &last.entries[0].betti[..]), (Some(Stop::PriorHolds), &[1, 1][..]));
    assert_eq!(betti[0], [1, 0]);
    assert_eq!(betti[betti.len() - 3..], [[1, 1], [1, 1], [1, 1]]);
    assert_eq!(betti[betti.len() - 4], [1, 0]);
    let changed = |pixel| (last.entries[0].probabilities[pixel] - broken_ring()[pixel]).abs() > 0.1;
    assert!(changed([2, 3]) && !changed([0, 0]), "{:.2}", last.probabilities);
}

#[test]
fn the_pixels_of_a_prediction_can_be_the_target() {
    let network = tiny();
    let map = block_on(network.segment(picture().view())).unwrap();
    let (picture, prior) = (picture(), "1,1".parse().unwrap());
    let mut run =
        block_on(PostProcess::new(&network, picture.view(), prior, PostProcessOptions::pixels())).unwrap();
    let first = block_on(run.step()).unwrap();
    assert!(first.probabilities.iter().zip(&map).all(|(given, expected)| (given - expected).abs() < 1e-5));
}

/// A cavity (class 1) of 5x5 pixels and a muscle (class 2) of one pixel around it, which leaks at one place into the
/// background (class 0); the cavity has a speck beside it. No two pixels are equal.
fn open_heart() -> Array3<f32> {
    let labels =
        Array2::from_shape_fn((11, 11), |(row, column)| match row.abs_diff(5).max(column.abs_diff(5)) {
            _ if (row, column) == (5, 8) => 0,
            _ if (row, column) == (0, 10) => 1,
            0..=2 => 1,
            3 => 2,
            _ => 0,
        });
    Array3::from_shape_fn((3, 11, 11), |(class, row, column)| {
        let slope = 0.001 * (row as f32 + 0.7 * column as f32);
        // The gap is the best place to close the muscle.
        match (labels[[row, column]] == class, (row, column) == (5, 8)) {
            (true, false) => 0.6 + 2.0 * slope,
            (true, true) => 0.5 + 2.0 * slope,
            (false, true) if class == 2 => 0.3 - slope,
            (false, _) => 0.2 - slope,
        }
    })
}

#[test]
fn classes_and_their_union_are_mended_at_once() {
    let stop = StopRules { prior_holds_for: Some(2), ..StopRules::default() };
    let options = PostProcessOptions { stop, lambda: 0.1, ..PostProcessOptions::pixels() };
    let maps = open_heart();
    let mut run = PostProcess::of_classes(maps.view(), heart(), options, &Device::flex()).unwrap();
    let mut first = None;
    let last = block_on(run.run(|step| {
        first.get_or_insert_with(|| step.clone());
        ControlFlow::Continue(())
    }))
    .unwrap();
    let first = first.unwrap();
    let betti = |step: &Step| step.entries.iter().map(|entry| entry.betti.clone()).collect::<Vec<_>>();
    let holds = |step: &Step| step.entries.iter().map(|entry| entry.prior_holds).collect::<Vec<_>>();
    assert_eq!((betti(&first), holds(&first)), (vec![vec![2, 0], vec![1, 0], vec![2, 0]], vec![false; 3]));
    assert!(!first.prior_holds && first.similarity == 0.0);
    let sum = &maps.index_axis(Axis(0), 1) + &maps.index_axis(Axis(0), 2);
    assert!(first.entries[2].probabilities.iter().zip(&sum).all(|(a, b)| (a - b).abs() < 1e-3));
    assert_eq!((betti(&last), last.prior_holds), (vec![vec![1, 0], vec![1, 1], vec![1, 0]], true));
    assert_eq!(last.stop, Some(Stop::PriorHolds));
    for pixel in last.probabilities.lanes(Axis(0)) {
        assert!((pixel.sum() - 1.0).abs() < 1e-5, "they stay probabilities");
    }
    let labels = classes::arg_max(last.probabilities.view()).unwrap();
    assert_eq!((labels[[5, 8]], labels[[0, 10]]), (2, 0), "the gap is muscle, the speck gone");
}

#[test]
fn priors_are_for_classes_that_the_network_has() {
    let new = |classes, priors: &str| {
        let network = UNetConfig { width: 2, depth: 1, classes }.init(5, &Device::flex()).unwrap();
        let (priors, options) = (priors.parse().unwrap(), PostProcessOptions::default());
        block_on(PostProcess::new(&network, picture().view(), priors, options)).map(|_| ())
    };
    assert!(new(3, "1:1,0; 0:1,1").is_ok() && new(3, "1,1").is_ok() && new(1, "1:1,1").is_ok());
    let error = new(3, "1:1,0; 2+3:1,1").unwrap_err();
    assert!(error.to_string().contains("class 3 of 2+3"), "{error}");
    for priors in ["2:1,0", "1:1,0; 0+1:1,0"] {
        let error = new(1, priors).unwrap_err();
        assert!(matches!(error, Error::OneClass { .. }) && error.to_string().contains(priors), "{error}");
    }
}

#[test]
fn updates_the_total_and_the_caller_end_a_run() {
    let with = |stop| of_ring(PostProcessOptions { stop, ..PostProcessOptions::pixels() });
    let on = |_: &Step| ControlFlow::Continue(());

    let stop = StopRules { updates: 2, ..StopRules::default() };
    let last = block_on(with(stop).run(on)).unwrap();
    assert_eq!((last.number, last.stop), (2, Some(Stop::Updates)));

    let stop = StopRules { total_below: Some(0.011), ..StopRules::default() };
    let last = block_on(with(stop).run(on)).unwrap();
    assert!(last.stop == Some(Stop::TotalBelow) && last.total < 0.011 && last.number < 100, "{last:?}");

    let mut run = with(StopRules::default());
    let last = block_on(run.run(|step| match step.number {
        1 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }))
    .unwrap();
    assert_eq!((last.number, last.stop), (1, None));
    assert_eq!(block_on(run.step()).unwrap().number, 2, "a run can go on");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (network, prior) = (tiny(), || "1,1".parse::<ClassPriors>().unwrap());
    let new = |image: &Array2<f32>, prior, options| {
        block_on(PostProcess::new(&network, image.view(), prior, options)).map(|_| ()).unwrap_err()
    };
    let default = PostProcessOptions::default();
    assert!(matches!(new(&Array2::zeros((0, 3)), prior(), default), Error::EmptyImage { .. }));
    let volume = "1,0,0".parse().unwrap();
    assert!(matches!(new(&picture(), volume, default), Error::Prior { given: 3, .. }));
    for options in [
        PostProcessOptions { learning_rate: 0.0, ..default },
        PostProcessOptions { learning_rate: f64::NAN, ..default },
        PostProcessOptions { lambda: -1.0, ..default },
        PostProcessOptions { stop: StopRules { prior_holds_for: Some(0), ..default.stop }, ..default },
    ] {
        assert!(matches!(new(&picture(), prior(), options), Error::Option { .. }), "{options:?}");
    }
    let map = array![[0.5, 1.5]];
    let error = PostProcess::of_map(map.view(), prior(), default, &Device::flex()).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::NotAProbability { row: 0, column: 1, .. }));
}
