//! Losses and their gradients.

use ndarray::ArrayViewD;
use persistence::{Bar, Connectivity};
use serde_json::{Value, json};
use topoloss::{LossOptions, OutOfRange, Pooling, PoolingKind, Prior};

use crate::{Failure, arrays::Kind, barcodes::bars_value, json::hex};

pub(crate) fn options(kind: Kind) -> Vec<LossOptions> {
    let out_of_range = if kind == Kind::Wild { OutOfRange::Clamp } else { OutOfRange::Reject };
    let factor = std::num::NonZeroUsize::MIN.saturating_add(1);
    let pooling = |kind| Some(Pooling { factor, kind });
    let (t, v) = (Connectivity::T, Connectivity::V);
    [(t, None), (v, None), (t, pooling(PoolingKind::Max)), (v, pooling(PoolingKind::Mean))]
        .map(|(connectivity, pooling)| LossOptions { connectivity, out_of_range, pooling })
        .to_vec()
}

pub(crate) fn value(map: ArrayViewD<'_, f32>, prior: &Prior, options: LossOptions) -> Result<Value, Failure> {
    let loss = topoloss::loss(map, prior, options)?;
    let bars: Vec<Bar> = loss.terms().iter().map(|term| term.bar).collect();
    let dimensions = loss.dimensions().iter().flat_map(|part| [part.weight, part.value, part.missing as f64]);
    let pooling = options.pooling.map(|pooling| {
        json!({
            "factor": pooling.factor,
            "kind": if pooling.kind == PoolingKind::Max { "max" } else { "mean" },
        })
    });
    let out_of_range = if options.out_of_range == OutOfRange::Clamp { "clamp" } else { "reject" };
    Ok(json!({
        "prior": { "betti": prior.to_string(), "weights": prior.weights() },
        "connectivity": format!("{:?}", options.connectivity),
        "outOfRange": out_of_range,
        "pooling": pooling,
        "total": hex(loss.total().to_le_bytes()),
        "dimensions": hex(dimensions.flat_map(f64::to_le_bytes)),
        "barShape": loss.bar_shape(),
        "bars": bars_value(&bars),
        "role": hex(loss.terms().iter().map(|term| match term.role {
            topoloss::Role::Wanted => 0,
            topoloss::Role::Free => 1,
            topoloss::Role::Unwanted => 2,
        })),
        "term": hex(loss.terms().iter().flat_map(|term| term.value.to_le_bytes())),
        "gradientIndex": hex(loss.gradient().iter().flat_map(|(pixel, _)| pixel.to_le_bytes())),
        "gradient": hex(loss.gradient().iter().flat_map(|(_, value)| value.to_le_bytes())),
    }))
}
