//! Tests of runs that are interrupted and continued.

use burn::tensor::Device;
use ndarray::{Array2, Array3, Axis};
use persistence::Connectivity;
use pollster::block_on;
use topoloss::Prior;

use super::*;
use crate::{Step, UNet, UNetConfig};

fn network() -> UNet {
    UNetConfig { width: 2, depth: 1, ..UNetConfig::default() }.init(5, &Device::flex()).unwrap()
}

/// A ring with a gap on a slope.
fn picture() -> Array2<f32> {
    let mut image =
        Array2::from_shape_fn((7, 9), |(row, column)| 0.013 * row as f32 + 0.0071 * column as f32);
    for (row, column) in [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3)] {
        image[[row, column]] += 0.9;
    }
    image
}

fn prior() -> ClassPriors {
    "1,0-2".parse::<Prior>().unwrap().with_weights(&[1.0, 0.1]).unwrap().into()
}

/// Weights of dimensions and of entries.
fn priors_of_classes() -> ClassPriors {
    let union: Prior = "1,0".parse().unwrap();
    let muscle = ClassPrior::new([2], "1,1".parse().unwrap()).unwrap().with_weight(0.5).unwrap();
    ClassPriors::new([muscle, ClassPrior::new([1, 2], union.with_weights(&[0.3, 1.0]).unwrap()).unwrap()])
        .unwrap()
}

fn options(target: Target) -> PostProcessOptions {
    let stop = StopRules { updates: 6, prior_holds_for: Some(4), total_below: Some(1e-300) };
    let connectivity = Connectivity::V;
    PostProcessOptions { lambda: 0.3, learning_rate: 0.01, target, connectivity, stop }
}

fn run(target: Target) -> PostProcess {
    block_on(PostProcess::new(&network(), picture().view(), prior(), options(target))).unwrap()
}

fn run_of_classes(target: Target) -> PostProcess {
    let network = UNetConfig { width: 2, depth: 1, classes: 3 }.init(5, &Device::flex()).unwrap();
    block_on(PostProcess::new(&network, picture().view(), priors_of_classes(), options(target))).unwrap()
}

/// Of one class and of several.
const RUNS: [fn(Target) -> PostProcess; 2] = [run, run_of_classes];

fn steps(run: &mut PostProcess, count: usize) -> Vec<Step> {
    (0..count).map(|_| block_on(run.step()).unwrap()).collect()
}

fn again(run: &PostProcess) -> PostProcess {
    PostProcess::from_bytes(block_on(run.to_bytes()).unwrap(), &Device::flex()).unwrap()
}

#[test]
fn a_run_goes_on_from_its_bytes_as_if_it_had_not_been_interrupted() {
    for (run, target) in RUNS.iter().flat_map(|run| [(run, Target::Weights), (run, Target::Pixels)]) {
        let whole = steps(&mut run(target), 8);
        assert!(whole[7].similarity > 0.0);
        for before in [0, 1, 2, 5] {
            let mut first = run(target);
            steps(&mut first, before);
            let mut second = again(&first);
            assert_eq!((second.options, &second.priors), (options(target), &first.priors));
            assert_eq!(steps(&mut second, 8 - before), whole[before..], "{target:?} after {before} steps");
            second.reset();
            assert_eq!(steps(&mut second, 2), whole[..2], "{target:?} from the start");
        }
    }
}

#[test]
fn the_bytes_of_a_run_that_was_read_are_those_it_was_read_from() {
    for (run, target) in RUNS.iter().flat_map(|run| [(run, Target::Weights), (run, Target::Pixels)]) {
        let mut first = run(target);
        steps(&mut first, 3);
        let bytes = block_on(first.to_bytes()).unwrap();
        assert_eq!(block_on(again(&first).to_bytes()).unwrap(), bytes);
    }
}

#[test]
fn a_step_that_is_dropped_before_its_map_is_read_is_the_next() {
    let whole = steps(&mut run(Target::Weights), 4);
    let mut run = run(Target::Weights);
    steps(&mut run, 2);
    // What a future that is dropped while it waits leaves behind.
    run.updates = 2;
    run.is_given = false;
    let objective = block_on(run.look()).unwrap().1;
    let gradients = run.subject.gradients(objective);
    run.subject.update(&mut run.optimiser, run.options.learning_rate, gradients);
    assert_eq!(steps(&mut again(&run), 2), whole[2..]);
    assert_eq!(steps(&mut run, 2), whole[2..]);
}

#[test]
fn foreign_bytes_are_refused_with_the_reason() {
    let refused = |bytes| match PostProcess::from_bytes(bytes, &Device::flex()).map(|_| ()) {
        Err(Error::ForeignRun(reason)) => reason,
        other => panic!("{other:?}"),
    };
    assert!(matches!(refused(b"run".to_vec()), ForeignBytes::Format(_)));
    let network = block_on(network().to_bytes()).unwrap();
    assert!(matches!(refused(network), ForeignBytes::Kind { expected: "bettiscope post-processing 2d", .. }));
    let mut damaged = run(Target::Weights);
    steps(&mut damaged, 1);
    damaged.initial.as_mut().unwrap().1 = Array3::zeros((1, 9, 7));
    let reason = refused(block_on(damaged.to_bytes()).unwrap());
    assert!(reason.to_string().contains("[7, 9]"), "{reason}");
    damaged.initial.as_mut().unwrap().1 = Array3::zeros((2, 7, 9));
    assert_eq!(refused(block_on(damaged.to_bytes()).unwrap()), ForeignBytes::Entry { key: "initial" });
    damaged.initial = None;
    assert_eq!(refused(block_on(damaged.to_bytes()).unwrap()), ForeignBytes::Entry { key: "initial" });
    let mut damaged = run(Target::Pixels);
    damaged.options.learning_rate = -1.0;
    let reason = refused(block_on(damaged.to_bytes()).unwrap());
    assert!(reason.to_string().contains("learning rate is -1"), "{reason}");
    let mut damaged = run(Target::Pixels);
    damaged.updates = 3;
    assert!(matches!(refused(block_on(damaged.to_bytes()).unwrap()), ForeignBytes::Weights { .. }));
}

#[test]
fn states_that_no_run_can_be_in_are_refused() {
    let refused = |run: &PostProcess| {
        let bytes = block_on(run.to_bytes()).unwrap();
        PostProcess::from_bytes(bytes, &Device::flex()).map(|_| ()).unwrap_err().to_string()
    };
    let changed = |change: fn(&mut PostProcess)| {
        let mut run = run(Target::Weights);
        steps(&mut run, 3);
        change(&mut run);
        run
    };
    let with = |change: fn(&mut Moments)| {
        let mut run = changed(|_| ());
        let mut moments = block_on(run.optimiser.moments()).unwrap();
        change(&mut moments);
        run.optimiser = Adam::restore(2, moments, &Device::flex());
        run
    };
    assert!(PostProcess::from_bytes(block_on(with(|_| ()).to_bytes()).unwrap(), &Device::flex()).is_ok());
    for (run, says) in [
        (with(|moments| moments.second[0].values[0] = -1e-3), "no gradients have"),
        (with(|moments| moments.first[0].values[0] = 1e6), "decoder.0.0."),
        (
            with(|moments| moments.second.iter_mut().for_each(|array| array.values.fill(0.0))),
            "no gradients have",
        ),
        (with(|moments| drop((moments.first.pop(), moments.second.pop()))), "are not those"),
        (changed(|run| run.updates = 0), "are not those"),
        (changed(|run| run.updates = usize::MAX), "updates; accepted are up to"),
        (changed(|run| run.held = 4), "held for 4 steps after 2 updates"),
        (changed(|run| run.held = usize::MAX), "held for"),
    ] {
        let message = refused(&run);
        assert!(message.contains(says), "{says}: {message}");
    }
}

#[test]
fn a_state_without_weights_does_not_make_a_large_network() {
    let config =
        UNetConfig { width: UNetConfig::MAX_WIDTH, depth: UNetConfig::MAX_DEPTH, ..UNetConfig::default() };
    let mut pack = run(Target::Weights).pack();
    store::write_size(config, &mut pack);
    pack.group(MAPS, vec![map("image", picture().insert_axis(Axis(0)).view())]);
    let read = PostProcess::from_bytes(pack.into_bytes(KIND).unwrap(), &Device::flex()).map(|_| ());
    assert!(matches!(read, Err(Error::ForeignRun(ForeignBytes::Weights { .. }))), "{read:?}");
}

#[test]
fn damaged_bytes_never_panic() {
    let mut run = run(Target::Weights);
    steps(&mut run, 2);
    let bytes = block_on(run.to_bytes()).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        assert!(PostProcess::from_bytes(bytes[..length].to_vec(), &Device::flex()).is_err(), "{length}");
    }
    // All of the header, and here and there in the arrays.
    for place in (0..3000).chain((3000..bytes.len()).step_by(61)) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        // Of a damaged number all that is asked is an answer.
        let _ = PostProcess::from_bytes(damaged, &Device::flex());
    }
}

#[test]
fn the_weight_of_a_single_entry_is_kept() {
    let muscle = ClassPrior::new([2], "1,1".parse().unwrap()).unwrap().with_weight(0.5).unwrap();
    let priors = ClassPriors::new([muscle]).unwrap();
    let network = UNetConfig { width: 2, depth: 1, classes: 3 }.init(5, &Device::flex()).unwrap();
    let picture = picture();
    let run = PostProcess::new(&network, picture.view(), priors.clone(), options(Target::Weights));
    assert_eq!(again(&block_on(run).unwrap()).priors, priors);
}

#[test]
fn images_of_several_channels_and_maps_of_no_class_are_refused() {
    let read = |mut pack: Pack, group: &'static str, name: &str, shape: &[usize]| {
        let values = vec![0.5; shape.iter().product()];
        pack.group(group, vec![Weights { name: name.to_owned(), shape: shape.to_vec(), values }]);
        PostProcess::from_bytes(pack.into_bytes(KIND).unwrap(), &Device::flex()).map(|_| ()).unwrap_err()
    };
    let mut pack = run(Target::Weights).pack();
    store::write_size(network().config(), &mut pack);
    let error = read(pack, MAPS, "image", &[3, 7, 9]);
    assert!(matches!(error, Error::ForeignRun(ForeignBytes::Entry { key: "image" })), "{error}");
    for shape in [[1, 0, 7, 9], [1, 257, 7, 9], [1, 1, 0, 9]] {
        let error = read(run(Target::Pixels).pack(), START, "logits", &shape);
        assert!(matches!(error, Error::ForeignRun(ForeignBytes::Entry { key: "start" })), "{error}");
    }
}
