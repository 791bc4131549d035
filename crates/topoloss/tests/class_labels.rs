//! Label maps under a list of priors: counting, checking, and the repair of one entry that keeps the others.

use ndarray::{Array2, Array3, ArrayD, IxDyn, array};
use persistence::Connectivity;
use proptest::prelude::*;
use topoloss::{
    Action, CheckOptions, ClassPriors, Error, MaskOptions, RepairOptions, Strategy as Repairing, check,
    classes::{self, ClassOutcome, ClassRepairOptions},
    repair,
};

fn heart() -> ClassPriors {
    "1:1,0; 2:1,1; 1+2:1,0".parse().unwrap()
}

fn with(connectivity: Connectivity) -> ClassRepairOptions {
    ClassRepairOptions { connectivity, ..ClassRepairOptions::default() }
}

/// Label maps of four classes, in images or volumes.
fn label_maps() -> impl Strategy<Value = ArrayD<u8>> {
    let shape = prop_oneof![
        (1usize..8, 1usize..8).prop_map(|(a, b)| vec![a, b]),
        (1usize..4, 1usize..5, 1usize..5).prop_map(|(a, b, c)| vec![a, b, c]),
    ];
    shape.prop_flat_map(|shape| {
        let count = shape.iter().product::<usize>();
        prop::collection::vec(prop_oneof![4 => Just(0u8), 3 => 1u8..3, 1 => Just(3)], count)
            .prop_map(move |labels| ArrayD::from_shape_vec(IxDyn(&shape), labels).unwrap())
    })
}

fn lists(dimensions: usize) -> impl Strategy<Value = ClassPriors> {
    let texts = match dimensions {
        2 => ["1:1,0; 2:1,1; 1+2:1,0", "1:1,*; 2:0-2,0; 3:*,0; 0+1:1,0-2", "1+2+3:1,0; 0:1,*; 2+3:1-2,*"],
        _ => {
            ["1:1,0,0; 2:1,*,1; 1+2:1,0,0", "1:1,*,0; 3:*,0,0; 0+1:1,*,*", "1+2+3:1,0,0; 2:1-2,*,*; 0:1,*,*"]
        }
    };
    prop::sample::select(texts.map(|text| text.parse::<ClassPriors>().unwrap()).to_vec())
}

fn cases() -> impl Strategy<Value = (ArrayD<u8>, ClassPriors)> {
    label_maps().prop_flat_map(|labels| {
        let dimensions = labels.ndim();
        (Just(labels), lists(dimensions))
    })
}

proptest! {
    #[test]
    fn each_entry_is_counted_and_checked_as_its_mask((labels, priors) in cases()) {
        for connectivity in [Connectivity::T, Connectivity::V] {
            let options = CheckOptions::from(MaskOptions { connectivity, ..MaskOptions::default() });
            let betti = classes::betti_numbers(labels.view(), &priors, connectivity).unwrap();
            let verdicts = classes::check(labels.view(), &priors, options).unwrap();
            prop_assert_eq!((betti.len(), verdicts.len()), (priors.entries().len(), priors.entries().len()));
            for ((entry, betti), verdict) in priors.entries().iter().zip(betti).zip(verdicts) {
                let mask = labels.mapv(|label| f32::from(entry.contains(label.into())));
                prop_assert_eq!(&verdict, &check(mask.view(), entry.prior(), options).unwrap());
                prop_assert_eq!(verdict.betti, betti);
            }
        }
    }

    #[test]
    fn a_repair_keeps_what_holds_and_does_what_it_says((labels, priors) in cases(), t: bool, strategy in 0..3) {
        let strategy = [Repairing::Cheapest, Repairing::FillOrRemove, Repairing::BridgeOrCut][strategy as usize];
        let connectivity = if t { Connectivity::T } else { Connectivity::V };
        let options = ClassRepairOptions { connectivity, strategy, ..ClassRepairOptions::default() };
        let holds = |labels: &ArrayD<u8>| -> Vec<bool> {
            let betti = classes::betti_numbers(labels.view(), &priors, connectivity).unwrap();
            priors.entries().iter().zip(betti).map(|(entry, betti)| entry.prior().is_satisfied_by(&betti)).collect()
        };
        let before = holds(&labels);
        for (number, entry) in priors.entries().iter().enumerate() {
            let repaired = classes::repair(labels.view(), &priors, number, &options).unwrap();
            let after = holds(&repaired.labels);
            for other in (0..after.len()).filter(|&other| other != number) {
                prop_assert!(after[other] || !before[other], "{} for the sake of {}", other, number);
            }
            prop_assert_eq!(after[number], repaired.outcome == ClassOutcome::Reached);
            if let ClassOutcome::Blocked(entries) = &repaired.outcome {
                prop_assert!(!entries.is_empty() && entries.iter().all(|&other| before[other] && other != number));
            }
            let betti = |labels: &ArrayD<u8>| {
                classes::betti_numbers(labels.view(), &priors, connectivity).unwrap()[number].clone()
            };
            prop_assert_eq!(&repaired.betti_before, &betti(&labels));
            prop_assert_eq!(&repaired.betti_after, &betti(&repaired.labels));
            let error = |betti: &[usize]| entry.prior().betti_error(betti).iter().sum::<usize>();
            prop_assert!(error(&repaired.betti_after) <= error(&repaired.betti_before));
            let differ = labels.iter().zip(&repaired.labels).filter(|(one, other)| one != other).count();
            prop_assert_eq!(repaired.changed_pixels, differ);
            // Made one after the other, the edits turn the set's mask before into that after.
            let mask = |labels: &ArrayD<u8>| -> Vec<bool> {
                labels.iter().map(|&label| entry.contains(label.into())).collect()
            };
            let mut edited = mask(&labels);
            for edit in &repaired.edits {
                edit.pixels.iter().for_each(|&pixel| edited[pixel as usize] = !edited[pixel as usize]);
            }
            prop_assert_eq!(edited, mask(&repaired.labels));
        }
    }

    /// With one class that stands alone it is the repair of a mask.
    #[test]
    fn of_one_class_it_is_the_repair_of_its_mask(labels in label_maps(), t: bool) {
        let connectivity = if t { Connectivity::T } else { Connectivity::V };
        let labels = labels.mapv(|label| label.min(1));
        let text = if labels.ndim() == 2 { "1,1" } else { "1,0,0" };
        let priors: ClassPriors = text.parse().unwrap();
        let found = classes::repair(labels.view(), &priors, 0, &with(connectivity)).unwrap();
        let options = RepairOptions { mask: MaskOptions { connectivity, threshold: 0.5 }, ..RepairOptions::default() };
        let expected = repair(labels.mapv(f32::from).view(), priors.entries()[0].prior(), options).unwrap();
        prop_assert_eq!(found.labels.mapv(f32::from), expected.array.mapv(|value| f32::from(value >= 0.5)));
        prop_assert_eq!(found.edits, expected.edits);
        prop_assert_eq!((found.betti_before, found.betti_after), (expected.betti_before, expected.betti_after));
    }
}

#[test]
fn a_pixel_becomes_what_is_beside_it() {
    // An island of the cavity in the muscle, and one outside.
    let mut labels = array![
        [0u8, 0, 0, 0, 0, 0, 0],
        [0, 2, 2, 2, 2, 0, 0],
        [0, 2, 1, 2, 2, 0, 1],
        [0, 2, 2, 2, 2, 0, 0],
        [0, 2, 1, 1, 2, 0, 0],
        [0, 2, 2, 2, 2, 0, 0],
    ];
    let priors: ClassPriors = "1:1,0".parse().unwrap();
    let repaired = classes::repair(labels.view(), &priors, 0, &ClassRepairOptions::default()).unwrap();
    assert_eq!(repaired.outcome, ClassOutcome::Reached);
    labels[[2, 2]] = 2;
    labels[[2, 6]] = 0;
    assert_eq!(repaired.labels, labels);
    assert_eq!(repaired.edits.iter().map(|edit| edit.action).collect::<Vec<_>>(), [Action::Remove; 2]);
}

#[test]
fn an_open_muscle_is_closed_by_muscle_and_the_cavity_stays() {
    let labels =
        array![[0i16, 0, 0, 0, 0], [0, 2, 2, 2, 0], [0, 2, 1, 0, 0], [0, 2, 2, 2, 0], [0, 0, 0, 0, -1],];
    for entry in [1, 2] {
        let repaired =
            classes::repair(labels.view(), &heart(), entry, &ClassRepairOptions::default()).unwrap();
        assert_eq!(repaired.outcome, ClassOutcome::Reached);
        let verdicts = classes::check(repaired.labels.view(), &heart(), CheckOptions::default()).unwrap();
        assert!(entry == 2 || verdicts.iter().all(|verdict| verdict.is_correct()));
        assert_eq!(repaired.labels[[4, 4]], -1, "what is no class stays");
    }
}

/// The shortest bridge between two islands cuts a ring of another class, which holds; asked, it may.
#[test]
fn another_entry_is_not_broken_unasked() {
    let labels = array![
        [0u8, 0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 1, 0, 0, 0, 1, 0],
        [0, 1, 0, 2, 0, 1, 2],
        [0, 1, 0, 0, 0, 1, 0],
        [0, 1, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ];
    let priors: ClassPriors = "1:1,1; 2:1,0".parse().unwrap();
    let strategy = Repairing::BridgeOrCut;
    for connectivity in [Connectivity::T, Connectivity::V] {
        let options = ClassRepairOptions { connectivity, strategy, ..ClassRepairOptions::default() };
        let free = ClassRepairOptions { may_break: vec![0], ..options.clone() };
        let broken = classes::repair(labels.view(), &priors, 1, &free).unwrap();
        assert_eq!((broken.outcome, broken.changed_pixels), (ClassOutcome::Reached, 2));
        assert_eq!(classes::betti_numbers(broken.labels.view(), &priors, connectivity).unwrap()[0], [1, 0]);

        let kept = classes::repair(labels.view(), &priors, 1, &options).unwrap();
        match connectivity {
            // A ring of 8-connected pixels stays closed if a corner is taken from it.
            Connectivity::T => {
                assert_eq!((kept.outcome, kept.changed_pixels), (ClassOutcome::Reached, 3));
                let betti = classes::betti_numbers(kept.labels.view(), &priors, connectivity).unwrap();
                assert_eq!(betti, [[1, 1], [1, 0]]);
            }
            Connectivity::V => {
                assert_eq!((kept.outcome, kept.labels), (ClassOutcome::Blocked(vec![0]), labels.clone()));
            }
        }
        // Another strategy has a way: an island is removed.
        let other = classes::repair(labels.view(), &priors, 1, &with(connectivity)).unwrap();
        assert_eq!((other.outcome, other.changed_pixels), (ClassOutcome::Reached, 1));
    }
}

#[test]
fn what_has_no_room_is_not_blocked_by_others() {
    let labels = Array2::<u8>::zeros((2, 2));
    let priors: ClassPriors = "1:2,0; 2:0,0".parse().unwrap();
    let repaired = classes::repair(labels.view(), &priors, 0, &ClassRepairOptions::default()).unwrap();
    assert_eq!(repaired.outcome, ClassOutcome::NotReached);
}

#[test]
fn a_shell_in_a_volume_is_closed_by_its_own_class() {
    let mut labels = Array3::<u32>::zeros((7, 7, 7));
    for ((z, y, x), label) in labels.indexed_iter_mut() {
        let reach = [z, y, x].into_iter().map(|at| at.abs_diff(3)).max().unwrap();
        *label = match reach {
            0 | 1 => 1,
            2 => 2,
            _ => 0,
        };
    }
    let priors: ClassPriors = "1:1,0,0; 2:1,0,1; 1+2:1,0,0".parse().unwrap();
    let whole = labels.clone();
    labels[[3, 3, 5]] = 0;
    let repaired = classes::repair(labels.view(), &priors, 1, &ClassRepairOptions::default()).unwrap();
    assert_eq!(repaired.labels, whole);
    assert_eq!(repaired.changed_pixels, 1);
}

#[test]
fn requests_that_make_no_sense_are_typed_errors() {
    let labels = Array2::<u8>::zeros((3, 3));
    let of = |entry, options: &ClassRepairOptions| {
        classes::repair(labels.view(), &heart(), entry, options).unwrap_err()
    };
    assert_eq!(of(3, &ClassRepairOptions::default()), Error::NoSuchEntry { entry: 3, entries: 3 });
    let options = ClassRepairOptions { may_break: vec![0, 7], ..ClassRepairOptions::default() };
    assert_eq!(of(0, &options), Error::NoSuchEntry { entry: 7, entries: 3 });
    let far: ClassPriors = "300:1,0".parse().unwrap();
    let error = classes::repair(labels.view(), &far, 0, &ClassRepairOptions::default()).unwrap_err();
    assert_eq!(error, Error::LabelRange { class: 300, labels: "u8" });
    // A class that the labels cannot have can still be looked for.
    assert_eq!(classes::betti_numbers(labels.view(), &far, Connectivity::T).unwrap(), [[0, 0]]);
    let volume = Array3::<u8>::zeros((2, 2, 2));
    assert!(matches!(
        classes::check(volume.view(), &heart(), CheckOptions::default()),
        Err(Error::Dimensions { .. })
    ));
    let empty = Array2::<u8>::zeros((0, 2));
    assert!(matches!(classes::check(empty.view(), &heart(), CheckOptions::default()), Err(Error::Array(_))));
    assert!(classes::repair(empty.view(), &heart(), 0, &ClassRepairOptions::default()).is_err());
}
