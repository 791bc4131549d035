//! Which images are masks, and of which kind.

use crate::image::{Channels, Image};

/// What the values of an image mean, as far as they tell.
#[derive(Debug, Clone, PartialEq)]
pub enum MaskKind {
    /// Background 0 and one other value. An image of zeros is an empty mask of foreground 1.
    Binary {
        /// Usually 1 or 255.
        foreground_value: f32,
    },
    /// A label map: whole numbers from 0 to [`LARGEST_LABEL`], or palette indices.
    Labels {
        /// The labels that occur, ascending, without the background 0.
        labels: Vec<u32>,
    },
    /// Anything else: a probability map, an intensity image, a mask damaged by lossy
    /// compression. It needs a threshold.
    Continuous,
}

/// The largest value that is taken for a label. Label maps seldom have more than a few dozen
/// classes, while 8-bit pictures nearly always have brighter pixels.
pub const LARGEST_LABEL: u32 = 63;

/// Tells masks, label maps and other images apart by their grey values, or by the indices of a
/// palette image.
///
/// - Only 0 and one positive value `v`: [`MaskKind::Binary`]. A constant image counts only if `v`
///   is 0, 1 or the type's largest value.
/// - Only whole numbers from 0 to [`LARGEST_LABEL`], or palette indices: [`MaskKind::Labels`].
/// - All others, and all with a value that is not finite: [`MaskKind::Continuous`].
pub fn mask_kind(image: &Image) -> MaskKind {
    let indexed = image.channels() == Channels::Index;
    let values = if indexed { image.data().into() } else { image.to_grey() };
    let largest_label = if indexed { 255 } else { LARGEST_LABEL };

    let mut present = [false; 256];
    let mut are_labels = true;
    let mut foreground: Option<f32> = None;
    let mut has_zero = false;
    let mut is_binary = true;
    for &value in &values {
        are_labels &= value.fract() == 0.0 && (0.0..=largest_label as f32).contains(&value);
        if are_labels {
            present[value as usize] = true;
        }
        if value == 0.0 {
            has_zero = true;
        } else {
            is_binary &= value.is_finite() && value > 0.0 && *foreground.get_or_insert(value) == value;
        }
        if !is_binary && !are_labels {
            return MaskKind::Continuous;
        }
    }
    let full_scale = image.sample_type().max();
    match foreground {
        None => MaskKind::Binary { foreground_value: 1.0 },
        Some(value) if is_binary && (has_zero || value == 1.0 || full_scale == Some(value.into())) => {
            MaskKind::Binary { foreground_value: value }
        }
        _ if are_labels => {
            MaskKind::Labels { labels: (1..=255).filter(|&label| present[label as usize]).collect() }
        }
        _ => MaskKind::Continuous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::SampleType;
    use ndarray::Array1;

    fn kind(values: &[f32], sample_type: SampleType) -> MaskKind {
        let data = Array1::from_vec(values.to_vec()).into_dyn();
        mask_kind(&Image::from_grey(data, sample_type))
    }

    #[test]
    fn two_values_with_zero_are_a_mask() {
        for foreground_value in [1.0, 255.0, 3.0, 0.5] {
            assert_eq!(
                kind(&[0.0, foreground_value, 0.0], SampleType::F32),
                MaskKind::Binary { foreground_value }
            );
        }
    }

    #[test]
    fn constant_images_are_masks_only_if_empty_or_full() {
        let binary = |foreground_value| MaskKind::Binary { foreground_value };
        assert_eq!(kind(&[0.0; 3], SampleType::U8), binary(1.0));
        assert_eq!(kind(&[255.0; 3], SampleType::U8), binary(255.0));
        assert_eq!(kind(&[1.0; 3], SampleType::F32), binary(1.0));
        assert_eq!(kind(&[128.0; 3], SampleType::U8), MaskKind::Continuous);
    }

    #[test]
    fn small_whole_numbers_are_labels() {
        let labels = vec![1, 2, 63];
        assert_eq!(kind(&[0.0, 2.0, 1.0, 63.0, 2.0], SampleType::U16), MaskKind::Labels { labels });
        assert_eq!(kind(&[0.0, 2.0, 64.0], SampleType::U16), MaskKind::Continuous);
    }

    #[test]
    fn all_else_is_continuous() {
        for values in [
            &[0.0, 0.3, 1.0][..],
            &[-1.0, 0.0],
            &[0.0, f32::NAN],
            &[0.0, 1.0, f32::INFINITY],
            &[0.0, 3.0, 252.0, 255.0],
        ] {
            assert_eq!(kind(values, SampleType::F32), MaskKind::Continuous);
        }
    }

    #[test]
    fn palette_indices_are_labels_whatever_their_colour() {
        let image = Image::interleaved(&[1, 3], Channels::Index, SampleType::U8, vec![0., 9., 200.]);
        let image = image.unwrap().with_palette(vec![[7, 7, 7]; 256]);
        let labels = vec![9, 200];
        assert_eq!(mask_kind(&image), MaskKind::Labels { labels });
    }
}
