//! Options and records as texts and as JSON, by the names that command line and TypeScript have for them.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use ndarray::array;
use persistence::{Connectivity, Feature, Filtration, Options};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{from_value, json, to_value};
use topoloss::{
    Action, CheckOptions, ClassPriors, Count, DefectKind, LossOptions, MaskOptions, OutOfRange, Outcome,
    Pooling, PoolingKind, Prior, RepairOptions, Role, Side, Strategy, Written, check, classes::ClassOutcome,
    loss, margin, repair,
};

/// Written as this text, read from it, and from no other.
fn is_named<T: Display + FromStr<Err = E> + PartialEq + Debug, E: Debug + Display>(value: T, name: &str) {
    assert_eq!(value.to_string(), name);
    assert_eq!(name.parse::<T>().unwrap(), value);
    let wrong = format!("{name}!");
    let error = wrong.parse::<T>().unwrap_err().to_string();
    assert!(error.contains(&wrong) && error.contains(name), "{error}");
}

/// Written as this JSON, and read from it.
fn is_record<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T, record: serde_json::Value) {
    assert_eq!(to_value(&value).unwrap(), record);
    assert_eq!(from_value::<T>(record).unwrap(), value);
}

#[test]
fn every_name_is_read_as_it_is_written() {
    is_named(Connectivity::T, "T");
    is_named(Connectivity::V, "V");
    is_named(Filtration::Superlevel, "superlevel");
    is_named(Filtration::Sublevel, "sublevel");
    is_named(OutOfRange::Reject, "reject");
    is_named(OutOfRange::Clamp, "clamp");
    is_named(PoolingKind::Max, "max");
    is_named(PoolingKind::Mean, "mean");
    is_named(Role::Wanted, "wanted");
    is_named(Role::Free, "free");
    is_named(Role::Unwanted, "unwanted");
    is_named(Side::Foreground, "foreground");
    is_named(Side::Background, "background");
    is_named(DefectKind::Surplus, "surplus");
    is_named(DefectKind::Missing, "missing");
    is_named(Strategy::Cheapest, "cheapest");
    is_named(Strategy::FillOrRemove, "fill-or-remove");
    is_named(Strategy::BridgeOrCut, "bridge-or-cut");
    is_named(Outcome::Reached, "reached");
    is_named(Outcome::NotReached, "not-reached");
    let actions = [Action::Remove, Action::Fill, Action::Bridge, Action::Cut, Action::Add, Action::Punch];
    let names = ["remove", "fill", "bridge", "cut", "add", "punch"];
    actions.into_iter().zip(names).for_each(|(action, name)| is_named(action, name));
    assert_eq!(format!("{:>4}|{:<8}|", Connectivity::T, Action::Cut), "   T|cut     |", "columns of a table");
}

#[test]
fn counts_are_read_as_they_are_written() {
    for (count, text) in [(Count::Exactly(2), "2"), (Count::Range(0..=3), "0-3"), (Count::Any, "*")] {
        assert_eq!(count.to_string(), text);
        assert_eq!(text.parse::<Count>().unwrap(), count);
        is_record(count, json!(text));
    }
    assert!("two".parse::<Count>().unwrap_err().to_string().contains("'two'"));
}

#[test]
fn options_are_records_with_defaults() {
    is_record(
        Options { connectivity: Connectivity::V, filtration: Filtration::Sublevel },
        json!({ "connectivity": "V", "filtration": "sublevel" }),
    );
    is_record(
        LossOptions {
            connectivity: Connectivity::V,
            out_of_range: OutOfRange::Clamp,
            pooling: Some(Pooling { factor: 2.try_into().unwrap(), kind: PoolingKind::Mean }),
        },
        json!({ "connectivity": "V", "outOfRange": "clamp", "pooling": { "factor": 2, "kind": "mean" } }),
    );
    is_record(
        CheckOptions { places: 7, ..CheckOptions::default() },
        json!({ "threshold": 0.5, "connectivity": "T", "places": 7, "handleBox": 1 << 24 }),
    );
    is_record(
        RepairOptions {
            mask: MaskOptions { threshold: 0.25, connectivity: Connectivity::V },
            strategy: Strategy::BridgeOrCut,
            written: Written::Values { foreground: 1.0, background: 0.0 },
        },
        json!({
            "threshold": 0.25, "connectivity": "V", "strategy": "bridgeOrCut",
            "written": { "foreground": 1.0, "background": 0.0 },
        }),
    );
    assert_eq!(from_value::<LossOptions>(json!({})).unwrap(), LossOptions::default());
    assert_eq!(from_value::<CheckOptions>(json!({})).unwrap(), CheckOptions::default());
    assert_eq!(from_value::<RepairOptions>(json!({})).unwrap(), RepairOptions::default());
    let dashed = json!({ "strategy": "fill-or-remove" });
    assert_eq!(from_value::<RepairOptions>(dashed).unwrap().strategy, Strategy::FillOrRemove);
    let factor_0 = json!({ "pooling": { "factor": 0, "kind": "max" } });
    assert!(from_value::<LossOptions>(factor_0).is_err(), "a block has at least one pixel");
}

#[test]
fn priors_are_records_or_texts() {
    let prior: Prior = "1,0-2,*".parse().unwrap();
    let weighted = prior.clone().with_weights(&[1.0, 0.5, 2.0]).unwrap();
    is_record(weighted, json!({ "betti": "1,0-2,*", "weights": [1.0, 0.5, 2.0] }));
    assert_eq!(from_value::<Prior>(json!("1,0-2,*")).unwrap(), prior);
    assert_eq!(from_value::<Prior>(json!({ "betti": "1,0-2,*" })).unwrap(), prior);
    for wrong in [json!("1,x"), json!({ "betti": "1,1", "weights": [1.0] }), json!({ "weights": [1.0] })] {
        assert!(from_value::<Prior>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn results_are_records() {
    let map = array![[0.75f32, 0.75, 0.75], [0.75, 0.25, 0.5], [0.75, 0.75, 0.75]];
    let prior: Prior = "1,0".parse().unwrap();
    let verdict = check(map.view(), &prior, CheckOptions::default()).unwrap();
    is_record(
        verdict,
        json!({
            "betti": [1, 1], "reference": null, "bettiError": [0, 1], "surplus": [0, 1], "missing": [0, 0],
            "defects": [{
                "dimension": 1, "kind": "surplus", "feature": { "dimension": 1, "pixels": [4], "centre": [1.0, 1.0] },
            }],
        }),
    );
    let repaired = repair(map.view(), &prior, RepairOptions::default()).unwrap();
    is_record(
        repaired.edits[0].clone(),
        json!({
            "action": "cut", "dimension": 1, "side": "background", "pixels": [5], "centre": [1.0, 2.0],
        }),
    );
    let loss = loss(map.view(), &prior, LossOptions::default()).unwrap();
    is_record(
        loss.terms()[1],
        json!({
            "dimension": 1, "birth": 0.5, "death": 0.25, "birthIndex": 5, "deathIndex": 4,
            "role": "unwanted", "value": 0.0625,
        }),
    );
    is_record(loss.dimensions()[1], json!({ "weight": 1.0, "value": 0.0625, "missing": 0 }));
    let barcode = persistence::barcode(map.view(), Options::default()).unwrap();
    is_record(
        margin(&barcode, &prior, 0.3).unwrap(),
        json!({
            "holds": false,
            "low": { "threshold": 0.25, "bar": 1, "pixel": 4 },
            "high": { "threshold": 0.5, "bar": 1, "pixel": 5 },
        }),
    );
    is_record(Feature::Enclosed(vec![4]), json!({ "kind": "enclosed", "pixels": [4] }));
}

#[test]
fn lists_of_priors_are_records_or_texts() {
    let priors: ClassPriors = "1:1,0; 1+2:1,1".parse().unwrap();
    let weighted = priors.entries()[1].clone().with_weight(0.5).unwrap();
    let priors = ClassPriors::new([priors.entries()[0].clone(), weighted]).unwrap();
    let prior = |betti: &str| json!({ "betti": betti, "weights": [1.0, 1.0] });
    is_record(
        priors,
        json!([
            { "classes": [1], "prior": prior("1,0"), "weight": 1.0 },
            { "classes": [1, 2], "prior": prior("1,1"), "weight": 0.5 },
        ]),
    );
    let list = json!([{ "classes": [2, 1], "prior": "1,1" }]);
    assert_eq!(from_value::<ClassPriors>(list).unwrap(), "1+2:1,1".parse().unwrap());
    assert_eq!(from_value::<ClassPriors>(json!("1,1")).unwrap(), "1:1,1".parse().unwrap());
    for wrong in [
        json!([]),
        json!("1+1:1,0"),
        json!([{ "classes": [], "prior": "1,1" }]),
        json!([{ "classes": [1], "prior": "1,1", "weight": -1.0 }]),
        json!([{ "classes": [1], "prior": "1,0" }, { "classes": [2, 1], "prior": "2,0" }, { "classes": [2], "prior": "0,0" }]),
    ] {
        assert!(from_value::<ClassPriors>(wrong.clone()).is_err(), "{wrong}");
    }
    is_record(ClassOutcome::Blocked(vec![0, 2]), json!({ "outcome": "blocked", "entries": [0, 2] }));
    is_record(ClassOutcome::Reached, json!({ "outcome": "reached" }));
}
