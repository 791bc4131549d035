//! The one thing of EXIF that changes the picture: its orientation (tag 0x0112).

use ndarray::{ArrayD, Axis};

use crate::image::Image;

/// How the stored rows and columns are to be turned for display, as EXIF 2.32 numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// 1 is "as stored"; anything outside 1 to 8 is taken as 1, as viewers do.
    pub(crate) fn from_tag(value: u16) -> Self {
        Self(u8::try_from(value).ok().filter(|v| (1..=8).contains(v)).unwrap_or(1))
    }

    /// The orientation in an EXIF block: a TIFF header with one directory, possibly after
    /// `Exif\0\0`. A damaged block gives 1: it does not keep the picture from being shown.
    pub(crate) fn from_exif(block: &[u8]) -> Self {
        Self::from_tag(find_orientation(block).unwrap_or(1))
    }

    pub(crate) fn apply(self, image: Image) -> Image {
        match self {
            Self(1) => image,
            Self(code) => image.map_data(|data| turned(data, code)),
        }
    }
}

/// Axes 0 and 1 are rows and columns.
fn turned(mut data: ArrayD<f32>, code: u8) -> ArrayD<f32> {
    if code >= 5 {
        data.swap_axes(0, 1);
    }
    if matches!(code, 3 | 4 | 7 | 8) {
        data.invert_axis(Axis(0));
    }
    if matches!(code, 2 | 3 | 6 | 7) {
        data.invert_axis(Axis(1));
    }
    data.as_standard_layout().into_owned()
}

fn find_orientation(block: &[u8]) -> Option<u16> {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let big = match tiff.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let bytes = *tiff.get(at..)?.first_chunk::<2>()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let [high, low] = if big { [4, 6] } else { [6, 4] };
    let directory = usize::from(u16_at(high)?) << 16 | usize::from(u16_at(low)?);
    (0..usize::from(u16_at(directory)?))
        .map(|entry| directory + 2 + 12 * entry)
        .find(|&entry| u16_at(entry) == Some(0x0112))
        .and_then(|entry| u16_at(entry + 8))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ndarray::array;

    /// An EXIF block that says only this orientation.
    pub(crate) fn exif_block(orientation: u16) -> Vec<u8> {
        let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        block.extend_from_slice(&orientation.to_le_bytes());
        block.extend_from_slice(&[0; 6]);
        block
    }

    #[test]
    fn every_orientation_turns_as_the_standard_says() {
        let stored = array![[1., 2., 3.], [4., 5., 6.]].into_dyn();
        for (code, shown) in [
            (2, array![[3., 2., 1.], [6., 5., 4.]]),
            (3, array![[6., 5., 4.], [3., 2., 1.]]),
            (4, array![[4., 5., 6.], [1., 2., 3.]]),
            (5, array![[1., 4.], [2., 5.], [3., 6.]]),
            (6, array![[4., 1.], [5., 2.], [6., 3.]]),
            (7, array![[6., 3.], [5., 2.], [4., 1.]]),
            (8, array![[3., 6.], [2., 5.], [1., 4.]]),
        ] {
            assert_eq!(turned(stored.clone(), code), shown.into_dyn(), "{code}");
        }
    }

    #[test]
    fn the_tag_is_found_with_and_without_prefix_and_in_big_endian() {
        let block = exif_block(6);
        assert_eq!(Orientation::from_exif(&block), Orientation(6));
        let prefixed = [b"Exif\0\0".as_slice(), &block].concat();
        assert_eq!(Orientation::from_exif(&prefixed), Orientation(6));
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!(Orientation::from_exif(big), Orientation(8));
    }

    #[test]
    fn damaged_blocks_mean_as_stored() {
        let block = exif_block(6);
        for length in 0..block.len() - 6 {
            let cut = &block[..length];
            assert_eq!(Orientation::from_exif(cut), Orientation(1), "{length}");
        }
        assert_eq!(Orientation::from_exif(&exif_block(99)), Orientation(1));
        assert_eq!(Orientation::from_exif(b"II*\0\xff\xff\xff\xff"), Orientation(1));
    }
}
