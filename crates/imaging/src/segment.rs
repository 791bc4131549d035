//! What a file calls its labels.

/// A segment of a segmentation as its file describes it: 3D Slicer's `.seg.nrrd`.
///
/// Segments of one layer do not overlap; those of different layers may. Of a file with several layers
/// [`Image::data`](crate::Image::data) has them along its first axis, and
/// [`Intensities::new`](crate::Intensities::new) takes one of them by its index.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// What it is called (`Segment0_Name`, and where that is missing `Segment0_ID`), on one line.
    pub name: String,
    /// The value of its pixels in its layer (`Segment0_LabelValue`; 1 where the file does not say).
    pub label: i64,
    /// The entry of the axis of layers that it is in (`Segment0_Layer`); 0 where there is no such axis.
    pub layer: usize,
    /// Red, green and blue (`Segment0_Color`, from 0 to 1 in the file) from 0 to 255.
    pub colour: Option<[u8; 3]>,
}
