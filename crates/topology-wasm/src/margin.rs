//! How far the threshold can be moved.

use serde::Serialize;
use tsify::Tsify;

/// The widest interval of thresholds around one of them throughout which a prior holds, or throughout which it does
/// not. Under superlevel filtration it is without `low` and with `high`; under sublevel the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Margin {
    /// Whether the prior holds in the interval.
    pub holds: bool,
    /// The lower end. Undefined if there is none.
    #[tsify(optional)]
    pub low: Option<MarginEnd>,
    /// The upper end. Undefined if there is none.
    #[tsify(optional)]
    pub high: Option<MarginEnd>,
}

/// Where the interval ends, and what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MarginEnd {
    /// The threshold at which a bar is born or dies.
    pub threshold: f32,
    /// The number of the bar.
    pub bar: u32,
    /// The pixel of its birth or death, whose value is `threshold`: a flat index in row-major order.
    pub pixel: u32,
}

impl From<topoloss::Margin> for Margin {
    fn from(margin: topoloss::Margin) -> Self {
        let end = |topoloss::MarginEnd { threshold, bar, pixel }: topoloss::MarginEnd| MarginEnd {
            threshold,
            bar: bar as u32,
            pixel,
        };
        Self { holds: margin.holds, low: margin.low.map(end), high: margin.high.map(end) }
    }
}
