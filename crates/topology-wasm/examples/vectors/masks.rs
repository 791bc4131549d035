//! Features, errors and repairs of masks.

use ndarray::ArrayViewD;
use persistence::Connectivity;
use serde_json::{Value, json};
use topoloss::{Edit, MaskFeature, MaskOptions, RepairOptions, Strategy, Verdict, Written};

use crate::{
    Failure,
    json::{floats, hex, indices},
    prior,
};

pub(crate) fn value(
    map: ArrayViewD<'_, f32>,
    other: ArrayViewD<'_, f32>,
    connectivity: Connectivity,
) -> Result<Value, Failure> {
    let mask = MaskOptions { threshold: 0.5, connectivity };
    let prior = prior(map.shape(), 0)?;
    let features: Vec<Value> = topoloss::features(map.view(), mask)?.iter().map(feature_value).collect();
    let mut repairs = Vec::new();
    for (name, strategy, written) in [
        ("cheapest", Strategy::Cheapest, Written::AtThreshold),
        ("fillOrRemove", Strategy::FillOrRemove, Written::Values { foreground: 1.0, background: 0.0 }),
        ("bridgeOrCut", Strategy::BridgeOrCut, Written::AtThreshold),
    ] {
        let repair = topoloss::repair(map.view(), &prior, RepairOptions { mask, strategy, written })?;
        let fixed = (written != Written::AtThreshold).then_some(json!({ "foreground": 1, "background": 0 }));
        repairs.push(json!({
            "strategy": name,
            "written": fixed,
            "values": floats(&repair.array),
            "edits": repair.edits.iter().map(edit_value).collect::<Vec<_>>(),
            "bettiBefore": repair.betti_before,
            "bettiAfter": repair.betti_after,
            "reached": repair.outcome == topoloss::Outcome::Reached,
            "changedPixels": repair.changed_pixels,
        }));
    }
    Ok(json!({
        "connectivity": format!("{connectivity:?}"),
        "prior": prior.to_string(),
        "features": features,
        "check": verdict_value(&topoloss::check(map.view(), &prior, mask.into())?),
        "compare": verdict_value(&topoloss::compare(map, other, mask)?),
        "repairs": repairs,
    }))
}

fn feature_value(feature: &MaskFeature) -> Value {
    json!({
        "dimension": feature.dimension,
        "pixels": indices(&feature.pixels),
        "centre": hex(feature.centre.iter().flat_map(|coordinate| coordinate.to_le_bytes())),
    })
}

fn verdict_value(verdict: &Verdict) -> Value {
    let defects = verdict.defects.iter().map(|defect| {
        json!({
            "dimension": defect.dimension,
            "kind": format!("{:?}", defect.kind).to_lowercase(),
            "feature": feature_value(&defect.feature),
        })
    });
    json!({
        "correct": verdict.is_correct(),
        "betti": verdict.betti,
        "reference": verdict.reference,
        "bettiError": verdict.betti_error,
        "surplus": verdict.surplus,
        "missing": verdict.missing,
        "defects": defects.collect::<Vec<_>>(),
    })
}

fn edit_value(edit: &Edit) -> Value {
    json!({
        "action": format!("{:?}", edit.action).to_lowercase(),
        "dimension": edit.dimension,
        "side": format!("{:?}", edit.side).to_lowercase(),
        "pixels": indices(&edit.pixels),
        "centre": hex(edit.centre.iter().flat_map(|coordinate| coordinate.to_le_bytes())),
    })
}
