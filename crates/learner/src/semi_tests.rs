//! Tests of equation 6: its gradient, what it does for maps whose images are not labelled, and how training ends.

use burn::{
    optim::GradientsParams,
    tensor::{Device, Tensor},
};
use pollster::block_on;

use super::*;
use crate::{PairError, Schedule, UNetConfig, UnlabelledImage, finite_differences, train, weights};

fn network() -> UNet {
    UNetConfig { width: 6, depth: 1, ..UNetConfig::default() }.init(2, &Device::flex()).unwrap()
}

fn prior(text: &str) -> ClassPriors {
    text.parse().unwrap()
}

/// A ring of 12 x 12 pixels at one of nine places behind noise, whose pixels at its right are dim.
fn ring(number: u64, dim: f32) -> Pair {
    let mut random = Random::new(number);
    let middle = [5.0 + (number % 3) as f32 / 2.0, 5.0 + (number / 3 % 3) as f32 / 2.0];
    let is_ring = |row: usize, column: usize| {
        (2.5..4.3).contains(&(row as f32 - middle[0]).hypot(column as f32 - middle[1]))
    };
    let target = Array2::from_shape_fn((12, 12), |(row, column)| f32::from(u8::from(is_ring(row, column))));
    let image = Array2::from_shape_fn((12, 12), |(row, column)| {
        let is_dim = column as f32 > middle[1] && (row as f32 - middle[0]).abs() < 1.2;
        target[[row, column]] * if is_dim { dim } else { 0.8 } + random.around_zero(0.15)
    });
    Pair { image, target }
}

fn rings(numbers: std::ops::Range<u64>, dim: f32) -> Vec<Pair> {
    numbers.map(|number| ring(number, dim)).collect()
}

fn unlabelled(numbers: std::ops::Range<u64>, text: &str) -> Vec<UnlabelledImage> {
    let priors = prior(text);
    numbers.map(|number| UnlabelledImage { image: ring(number, 0.3).image, priors: priors.clone() }).collect()
}

fn options() -> SemiOptions {
    SemiOptions {
        training: TrainingOptions {
            loss: crate::Loss::DiceAndCrossEntropy,
            epochs: 30,
            learning_rate: 0.003,
            batch_size: 4,
            validate_every: 3,
            warm_up: 4,
            ..TrainingOptions::default()
        },
        batch_size: 4,
        ..SemiOptions::default()
    }
}

/// A network that knows rings whose right side is not dim.
fn supervised() -> UNet {
    let options = TrainingOptions { epochs: 60, validate_every: 60, ..options().training };
    let on = |_| ControlFlow::Continue(());
    block_on(train(&network(), &rings(0..8, 0.8), &[], options, on)).unwrap().network
}

/// The mean topological loss of maps of images that were never seen, and the share of them that are one ring.
fn topology(network: &UNet) -> (f64, f64) {
    let (mut sum, mut right) = (0.0, 0.0);
    for Pair { image, .. } in rings(100..120, 0.3) {
        let map = block_on(network.segment(image.view())).unwrap();
        let of_map = |threshold: f32| {
            let barcode = persistence::barcode(map.view(), persistence::Options::default()).unwrap();
            barcode.betti_numbers(threshold)
        };
        sum += topoloss::loss(map.view(), &"1,1".parse().unwrap(), LossOptions::default()).unwrap().total();
        right += f64::from(u8::from(of_map(0.5) == [1, 1]));
    }
    (sum / 20.0, right / 20.0)
}

#[test]
fn the_gradient_of_the_topological_half_is_that_of_the_sum_over_the_images() {
    let network =
        UNetConfig { width: 2, depth: 1, ..UNetConfig::default() }.init(5, &Device::flex()).unwrap().train();
    let images = [ring(0, 0.3).image, ring(4, 0.8).image];
    let priors = [prior("1:1,1"), prior("1:2,0")];
    let views = images.iter().map(|image| image.view()).collect::<Vec<_>>();
    let maps: Tensor<4> = network.forward(image::batch(&views, &Device::flex()));
    let loss_options = options().loss();
    let losses = surrogate::losses(maps.clone().inner(), PerArray::Each(&priors), loss_options);
    let losses = block_on(losses).unwrap();
    let objective = surrogate(maps, losses.iter().map(ClassLoss::gradient), 0.3);
    let gradients = GradientsParams::from_grads(objective.backward(), &network);
    let whole = |network: &UNet| {
        let of_image = |(image, priors): (&Array2<f32>, &ClassPriors)| {
            let map = block_on(network.segment(image.view())).unwrap();
            topoloss::classes::loss(map.view(), priors, loss_options).unwrap().total()
        };
        0.3 * images.iter().zip(&priors).map(of_image).sum::<f64>()
    };
    let error = finite_differences::relative_error(&network, gradients, 50, whole);
    assert!(error < 5e-3, "{error}");
}

#[test]
fn so_it_is_with_classes_and_priors_of_unions() {
    let network = UNetConfig { width: 2, depth: 1, classes: 3 }.init(5, &Device::flex()).unwrap().train();
    let images = [ring(0, 0.3).image, ring(4, 0.8).image];
    let priors = prior("1:1,1; 2:1,0; 1+2:1,0");
    let views = images.iter().map(|image| image.view()).collect::<Vec<_>>();
    let maps: Tensor<4> = network.forward(image::batch(&views, &Device::flex()));
    let loss_options = options().loss();
    let losses =
        block_on(surrogate::losses(maps.clone().inner(), PerArray::Same(&priors), loss_options)).unwrap();
    let objective = surrogate(maps, losses.iter().map(ClassLoss::gradient), 0.3);
    let gradients = GradientsParams::from_grads(objective.backward(), &network);
    let whole = |network: &UNet| {
        let of_image = |image: &Array2<f32>| {
            let maps = block_on(network.segment_classes(image.view())).unwrap();
            topoloss::classes::loss(maps.view(), &priors, loss_options).unwrap().total()
        };
        0.3 * images.iter().map(of_image).sum::<f64>()
    };
    let error = finite_differences::relative_error(&network, gradients, 50, whole);
    // It is 0.019: with three entries there are more critical pixels, so more of them change within a finite difference.
    assert!(error < 4e-2, "{error}");
}

/// The pictures of rings with the discs within them: class 1 is the ring, class 2 the disc.
fn with_discs(pairs: Vec<Pair>) -> Vec<Pair> {
    let fill = |Pair { image, target }: Pair| {
        let inside = |row: usize, column: usize| {
            let is_ring = |row: usize, column: usize| target[[row, column]] > 0.0;
            (0..row).any(|at| is_ring(at, column))
                && (row + 1..12).any(|at| is_ring(at, column))
                && (0..column).any(|at| is_ring(row, at))
                && (column + 1..12).any(|at| is_ring(row, at))
        };
        let labels = Array2::from_shape_fn((12, 12), |(row, column)| match target[[row, column]] {
            0.0 if inside(row, column) => 2.0,
            value => value,
        });
        Pair { image, target: labels }
    };
    pairs.into_iter().map(fill).collect()
}

#[test]
fn networks_of_several_classes_learn_with_and_without_labels_and_go_on_from_bytes() {
    let given = UNetConfig { width: 6, depth: 1, classes: 3 }.init(2, &Device::flex()).unwrap();
    let (labelled, validation) = (with_discs(rings(0..8, 0.8)), with_discs(rings(8..12, 0.8)));
    for loss in [crate::Loss::MeanSquaredError, crate::Loss::CrossEntropy, crate::Loss::DiceAndCrossEntropy] {
        let options = TrainingOptions { loss, epochs: 20, ..options().training };
        let training = train(&given, &labelled, &validation, options, |_| ControlFlow::Continue(()));
        let epochs = block_on(training).unwrap().epochs;
        assert!(epochs[19].loss < 0.8 * epochs[0].loss, "{loss:?}: {epochs:?}");
    }
    let priors = prior("1:1,1; 2:1,0; 1+2:1,0");
    let data = SemiData {
        labelled: &labelled,
        unlabelled: &unlabelled(20..28, "1:1,1; 2:1,0; 1+2:1,0"),
        validation: &validation,
        validation_priors: PerArray::Same(&priors),
    };
    let mut trainer = SemiTrainer::new(&given, options()).unwrap();
    let first = block_on(trainer.step(&data)).unwrap();
    let bytes = block_on(trainer.to_bytes("")).unwrap();
    let (mut again, _) = SemiTrainer::from_bytes(bytes, options(), &Device::flex()).unwrap();
    for _ in 0..30 {
        assert_eq!(block_on(trainer.step(&data)).unwrap(), block_on(again.step(&data)).unwrap());
    }
    assert!(block_on(trainer.step(&data)).unwrap().topological < 0.8 * first.topological);

    let mut wrong = labelled.clone();
    wrong.iter_mut().for_each(|pair| pair.target[[3, 4]] = 3.0);
    let refused = SemiTrainer::new(&given, options()).unwrap();
    let error =
        block_on(refused.clone().step(&SemiData { labelled: &wrong, validation: &[], ..data })).unwrap_err();
    assert!(matches!(error, Error::NotAClass { row: 3, column: 4, last: 2, .. }), "{error}");
}

#[test]
fn images_without_labels_mend_the_topology_of_others_and_labels_alone_do_not() {
    let (known, labelled, validation) = (supervised(), rings(0..8, 0.8), rings(8..12, 0.8));
    let data = SemiData {
        labelled: &labelled,
        unlabelled: &unlabelled(20..40, "1,1"),
        validation: &validation,
        validation_priors: PerArray::Same(&prior("1,1")),
    };
    let with = |lambda| {
        // Without patience: what is compared are as many updates.
        let options = SemiOptions { lambda, ..options() };
        let mut trainer = SemiTrainer::new(&known, options).unwrap();
        while trainer.end().is_none() {
            block_on(trainer.step(&data)).unwrap();
        }
        topology(&trainer.trainer.network.valid())
    };
    let (before, ours, alone) = (topology(&known), with(0.02), with(0.0));
    assert!(ours.0 < 0.5 * alone.0 && ours.0 < 0.5 * before.0, "{before:?} {ours:?} {alone:?}");
    assert!(ours.1 > alone.1 + 0.2, "{before:?} {ours:?} {alone:?}");
}

#[test]
fn where_the_prior_asks_for_nothing_the_network_that_was_given_stays_the_best() {
    let (known, labelled, validation) = (supervised(), rings(0..8, 0.8), rings(8..12, 0.8));
    let data = SemiData {
        labelled: &labelled,
        unlabelled: &unlabelled(20..40, "0,0"),
        validation: &validation,
        validation_priors: PerArray::Same(&prior("1,1")),
    };
    let options = SemiOptions {
        lambda: 10.0,
        training: TrainingOptions { patience: 2, ..options().training },
        ..options()
    };
    let training = block_on(train_semi(&known, &data, options, |_| ControlFlow::Continue(()))).unwrap();
    assert_eq!((training.best_epoch, training.end), (0, End::Patience));
    assert_eq!(block_on(weights::read(&training.network)).unwrap(), block_on(weights::read(&known)).unwrap());
}

#[test]
fn a_training_that_stops_anywhere_goes_on_to_the_same_bits() {
    let (labelled, validation) = (rings(0..6, 0.8), rings(8..10, 0.8));
    let data = SemiData {
        labelled: &labelled,
        unlabelled: &unlabelled(20..27, "1,1"),
        validation: &validation,
        validation_priors: PerArray::Same(&prior("1,1")),
    };
    let options = SemiOptions {
        batch_size: 3,
        training: TrainingOptions {
            epochs: 4,
            validate_every: 2,
            schedule: Schedule::Cosine,
            ..options().training
        },
        ..options()
    };
    let finish = |mut trainer: SemiTrainer| {
        while trainer.end().is_none() {
            block_on(trainer.step(&data)).unwrap();
        }
        let epochs = trainer.labelled().epochs().to_vec();
        let weights = |network| block_on(weights::read(network)).unwrap();
        (epochs, weights(trainer.given()), weights(&trainer.clone().into_training().network))
    };
    let begin = || SemiTrainer::new(&network(), options).unwrap();
    let whole = finish(begin());
    // Before the first batch, amid an epoch of both, and between two.
    for stop in [0, 3, 4] {
        let mut first = begin();
        for _ in 0..stop {
            block_on(first.step(&data)).unwrap();
        }
        let bytes = block_on(first.to_bytes("a note")).unwrap();
        let (second, note) = SemiTrainer::from_bytes(bytes.clone(), options, &Device::flex()).unwrap();
        assert_eq!(note, "a note");
        assert_eq!(finish(second), whole, "stopped after {stop}");
        let supervised = Trainer::from_bytes(bytes, options.training, &Device::flex()).map(|_| ());
        assert!(matches!(supervised, Err(Error::Foreign(crate::ForeignBytes::Kind { .. }))));
    }
}

/// Images of which one cannot be read.
struct Broken;

impl Unlabelled for Broken {
    fn count(&self) -> usize {
        3
    }

    fn image(&self, index: usize, _: usize) -> Result<Cow<'_, Array2<f32>>, PairError> {
        match index {
            1 => Err(PairError::new("it is gone")),
            _ => Ok(Cow::Owned(ring(0, 0.5).image)),
        }
    }

    fn priors(&self, _: usize) -> Result<&ClassPriors, PairError> {
        Err(PairError::new("no prior is known"))
    }
}

#[test]
fn what_cannot_be_learned_from_is_refused_with_the_reason() {
    let labelled = rings(0..4, 0.8);
    let refused = |unlabelled: &dyn Unlabelled| {
        let priors = prior("1,1");
        let validation_priors = PerArray::Same(&priors);
        let data = SemiData { labelled: &labelled, unlabelled, validation: &[], validation_priors };
        let mut trainer = SemiTrainer::new(&network(), options()).unwrap();
        block_on(trainer.step(&data)).unwrap_err()
    };
    let none: &[UnlabelledImage] = &[];
    assert!(matches!(refused(&none), Error::NoUnlabelled));
    assert!(matches!(refused(&Broken), Error::Unlabelled { .. }));
    let for_volumes = unlabelled(0..2, "1,0,0");
    assert!(matches!(refused(&for_volumes), Error::Topology(_)));
    let other_class = unlabelled(0..2, "2:1,0");
    assert!(matches!(refused(&other_class), Error::Topology(_)));
    let mut narrow = unlabelled(0..2, "1,1");
    narrow[1].image = Array2::zeros((12, 11));
    assert!(matches!(refused(&narrow), Error::Shape { .. }));
    narrow[1].image = Array2::from_elem((12, 12), f32::INFINITY);
    assert!(matches!(refused(&narrow), Error::NotFinite { .. }));

    let mut trainer = SemiTrainer::new(&network(), options()).unwrap();
    let (two, three) = (unlabelled(0..2, "1,1"), unlabelled(0..3, "1,1"));
    let priors = [prior("1,1"), prior("1,1")];
    let with = |unlabelled, validation| SemiData {
        labelled: &labelled,
        unlabelled,
        validation,
        validation_priors: PerArray::Each(&priors),
    };
    let few = block_on(trainer.clone().step(&with(&two, &labelled[..1]))).unwrap_err();
    assert!(matches!(few, Error::Topology(topoloss::Error::PriorCount { .. })), "{few}");
    block_on(trainer.step(&with(&two, &labelled[..2]))).unwrap();
    let other = block_on(trainer.step(&with(&three, &labelled[..2]))).unwrap_err();
    assert!(matches!(other, Error::OtherImages { expected: 2, given: 3 }), "{other}");

    for bad in [
        SemiOptions { lambda: -0.1, ..options() },
        SemiOptions { lambda: f64::NAN, ..options() },
        SemiOptions { batch_size: 0, ..options() },
        SemiOptions { training: TrainingOptions { epochs: 0, ..options().training }, ..options() },
    ] {
        assert!(matches!(SemiTrainer::new(&network(), bad), Err(Error::Option { .. })), "{bad:?}");
    }
}

#[test]
fn a_validation_that_is_no_number_ends_training_with_the_network_that_was_given() {
    let (labelled, unlabelled) = (rings(0..4, 0.8), unlabelled(0..4, "1,1"));
    let priors = prior("1,1");
    let data = SemiData {
        labelled: &labelled,
        unlabelled: &unlabelled,
        validation: &rings(8..10, 0.8),
        validation_priors: PerArray::Same(&priors),
    };
    let training =
        TrainingOptions { learning_rate: 1e30, warm_up: 0, validate_every: 1, ..options().training };
    let on = |_: &SemiBatch| ControlFlow::Continue(());
    let training =
        block_on(train_semi(&supervised(), &data, SemiOptions { training, ..options() }, on)).unwrap();
    assert_eq!((training.best_epoch, training.end), (0, End::Diverged));
}

#[test]
fn a_training_that_diverges_gives_the_best_network_until_then() {
    let (labelled, validation) = (rings(0..4, 0.8), rings(8..10, 0.8));
    let mut glaring = unlabelled(0..4, "1,1");
    glaring[2].image.mapv_inplace(|value| f32::MAX * (2.0 * value - 1.0).clamp(-1.0, 1.0));
    let data = SemiData {
        labelled: &labelled,
        unlabelled: &glaring,
        validation: &validation,
        validation_priors: PerArray::Same(&prior("1,1")),
    };
    let training =
        block_on(train_semi(&supervised(), &data, options(), |_| ControlFlow::Continue(()))).unwrap();
    assert_eq!((training.best_epoch, training.end), (0, End::Diverged));
    let unseen = SemiData { validation: &[], ..data };
    let error =
        block_on(train_semi(&supervised(), &unseen, options(), |_| ControlFlow::Continue(()))).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 1, .. }), "{error}");
}
