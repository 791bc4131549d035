//! Values on the scale from 0 to 1, and what there is to say about those that are not.

use ndarray::{ArrayD, ArrayViewD};

use crate::image::SampleType;
use crate::meaning::{Kind, Storage, Taken};
use crate::remark::Remark;
use crate::scale::{Beyond, Looks, Scale, ScaleError};

/// An image or volume whose values have been brought to a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// `[rows, columns]` or `[slices, rows, columns]`.
    pub values: ArrayD<f32>,
    /// What the values of the file were taken for.
    pub kind: Kind,
    /// The labels that the file has, ascending, without 0; empty unless they were taken for labels.
    pub labels: Vec<i64>,
    /// How the values were made of those in the file.
    pub scale: Scale,
    /// What a user should know about it.
    pub remarks: Vec<Remark>,
}

impl Scaled {
    /// A mask: 1 where the file has one of the labels that are wanted, or where it does not have 0.
    pub(crate) fn foreground(mut values: ArrayD<f32>, taken: Taken, wanted: Option<&[i64]>) -> Self {
        values.mapv_inplace(|value| {
            let is_foreground = match wanted {
                None => value != 0.0,
                Some(wanted) => wanted.contains(&(value.round() as i64)),
            };
            f32::from(u8::from(is_foreground))
        });
        let scale = match taken.kind {
            Kind::Labels => Scale::Labels(wanted.map(<[i64]>::to_vec)),
            Kind::Mask | Kind::Map => Scale::Mask,
        };
        Self { values, kind: taken.kind, labels: taken.labels, scale, remarks: Vec::new() }
    }

    /// What becomes of values beyond 0 and 1, and what there is to say about the largest.
    pub(crate) fn limit(&mut self, beyond: Beyond, storage: Storage) -> Result<(), ScaleError> {
        let (low, high) = range(self.values.view());
        let rounding = if storage.sample_type == SampleType::F16 { 2e-3 } else { 1e-4 };
        let is_beyond = low < 0.0 || high > 1.0;
        let is_rounding = low >= -rounding && high <= 1.0 + rounding;
        match beyond {
            Beyond::Refuse if is_beyond && !is_rounding => {
                let looks = looks(self.values.view(), storage, low, high);
                return Err(ScaleError::Range { sample_type: storage.sample_type, low, high, looks });
            }
            Beyond::Refuse if is_beyond => self.remarks.push(Remark::Rounded { low, high }),
            _ => {}
        }
        if is_beyond && beyond != Beyond::Keep {
            self.values.mapv_inplace(|value| value.clamp(0.0, 1.0));
        }
        let full_scale = match self.scale {
            Scale::AsInFile => 1.0,
            Scale::Divided(by) => by,
            _ => return Ok(()),
        };
        if beyond != Beyond::Keep && high < 0.5 && high > 0.0 {
            let largest = (f64::from(high) * full_scale) as f32;
            let largest = if full_scale > 1.0 { largest.round() } else { largest };
            let may_be_scaled = full_scale > 1.0 && !storage.is_lossy;
            self.remarks.push(Remark::Faint { largest, full_scale, may_be_scaled });
        }
        Ok(())
    }
}

/// The smallest and the largest value, neither of which is NaN; 0 and 0 of none.
fn range(values: ArrayViewD<'_, f32>) -> (f32, f32) {
    let first = values.first().copied().unwrap_or_default();
    values.iter().fold((first, first), |(low, high), &value| (low.min(value), high.max(value)))
}

/// What values from `low` to `high`, some of which are beyond 0 and 1, look like.
fn looks(values: ArrayViewD<'_, f32>, storage: Storage, low: f32, high: f32) -> Looks {
    let mut outside = values.iter().copied().filter(|value| !(-1e-4..=1.0001).contains(value));
    let extreme = outside.next().unwrap_or(low);
    let stands_apart = !(-0.2..100.0).contains(&extreme);
    if stands_apart && outside.all(|value| value == extreme) {
        return Looks::NoData(extreme);
    }
    match () {
        () if is_near(low) && is_near(high) && high >= 0.5 => Looks::Overshoot,
        () if low >= 0.0 && storage.sample_type.max().is_some() && high > 10_000.0 => Looks::Intensities,
        () if low >= 0.0 => Looks::Multiple,
        () if storage.sample_type.max().is_some() => Looks::Intensities,
        () => Looks::Logits,
    }
}

/// As near to 0 or 1 as splines go beyond.
fn is_near(value: f32) -> bool {
    (-0.2..=1.2).contains(&value)
}
