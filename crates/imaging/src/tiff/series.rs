//! Which pages make up the image, and along which axes: by what ImageJ, OME and tifffile say in
//! ImageDescription and Zeiss in a tag, or all pages of full size one after the other.

use super::directory::{Directory, File, tag};
use super::page::{Page, size};
use super::{imagej, lsm, ome, shaped};
use crate::axis::Axis;
use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::limits::{Limits, describe};
use crate::note::Note;

/// What a description says.
#[derive(Debug)]
pub(super) enum Described {
    Layout(Layout),
    /// Something that cannot be followed.
    Contradiction {
        by: &'static str,
        problem: String,
    },
}

/// Planes along axes, as the file has them.
#[derive(Debug)]
pub(super) struct Layout {
    by: &'static str,
    /// The slowest first.
    axes: Vec<(Axis, u64)>,
    /// The page of each plane, counted from 0; the pages one after the other if there is none.
    pub(super) pages: Option<Vec<usize>>,
    pub(super) notes: Vec<Note>,
}

/// The planes of the image, in the order of its axes.
#[derive(Debug)]
pub(super) struct Series {
    /// The axes in front of the rows, none of length 1: unnamed ones, time, channels, slices.
    pub(super) axes: Vec<(Axis, usize)>,
    pub(super) planes: Vec<Plane>,
    pub(super) notes: Vec<Note>,
}

/// One picture of rows and columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plane {
    /// Index of the page's directory.
    pub(super) page: usize,
    /// Which of the pictures that stand behind this directory, one after the other.
    pub(super) nth: u64,
}

impl Layout {
    pub(super) fn new(by: &'static str, axes: Vec<(Axis, u64)>) -> Self {
        Self { by, axes, pages: None, notes: Vec::new() }
    }

    /// Number of planes.
    pub(super) fn planes(&self) -> u64 {
        self.axes.iter().fold(1, |product, &(_, length)| product.saturating_mul(length))
    }

    /// The planes sorted: unnamed axes as they stand, then time, channels and slices. `plane` gives
    /// the plane of an index in the order of the file.
    fn series(self, plane: impl Fn(usize) -> Plane) -> Series {
        let mut axes = Vec::new();
        let mut stride = 1;
        for &(axis, length) in self.axes.iter().rev() {
            let length = length as usize;
            axes.insert(0, (axis, length, stride));
            stride *= length;
        }
        axes.retain(|&(_, length, _)| length > 1);
        axes.sort_by_key(|&(axis, ..)| axis);
        let mut at = vec![0];
        for &(_, length, stride) in &axes {
            at = at.iter().flat_map(|&start| (0..length).map(move |step| start + step * stride)).collect();
        }
        Series {
            axes: axes.iter().map(|&(axis, length, _)| (axis, length)).collect(),
            planes: at.into_iter().map(plane).collect(),
            notes: self.notes,
        }
    }
}

/// The image that the file holds.
pub(super) fn find(file: &File<'_>, pages: &[Directory], limits: &Limits) -> Result<Series, DecodeError> {
    let mut full = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        if !is_thumbnail_or_mask(file, page)? {
            full.push(index);
        }
    }
    let (Some(&first), Some(directory)) = (full.first(), full.first().and_then(|&first| pages.get(first)))
    else {
        return Err(DecodeError::malformed(Tiff, "pages", "only thumbnails or masks"));
    };
    let finder = Finder { file, pages, full, limits };
    let text = file.bytes_of(directory, tag::IMAGE_DESCRIPTION)?;
    let samples =
        file.first(directory, tag::SAMPLES_PER_PIXEL)?.unwrap_or(1).clamp(1, u16::MAX.into()) as u16;
    let layout = match imagej::layout(text, samples) {
        None => lsm::layout(file, directory, finder.full.len())?,
        layout => layout,
    };
    let described = match layout {
        Some(layout) => Some(Described::Layout(layout)),
        None => ome::described(text, size(file, directory)?, samples, pages.len())?,
    };
    match described {
        Some(Described::Layout(layout)) => finder.arranged(layout),
        Some(Described::Contradiction { by, problem }) => {
            let mut series = finder.one_after_the_other()?;
            series.notes.push(Note::Contradiction { by, problem });
            Ok(series)
        }
        None if shaped::shape(text).is_some() => finder.shaped(),
        None => {
            // MetaMorph counts the planes behind its only directory by the values of a tag.
            match file.count(directory, tag::UIC2) {
                planes @ 2.. if finder.full.len() == 1 => {
                    let layout = Layout::new("tag UIC2 of MetaMorph", vec![(Axis::Page, planes)]);
                    finder.behind(first, layout)
                }
                _ => finder.one_after_the_other(),
            }
        }
    }
}

/// NewSubfileType with its bits for reduced pictures and masks, or the older SubfileType 2.
fn is_thumbnail_or_mask(file: &File<'_>, page: &Directory) -> Result<bool, DecodeError> {
    let new = file.first(page, tag::NEW_SUBFILE_TYPE)?.unwrap_or(0);
    Ok(new & (1 | 4) != 0 || file.first(page, tag::SUBFILE_TYPE)? == Some(2))
}

struct Finder<'a, 'b> {
    file: &'a File<'b>,
    pages: &'a [Directory],
    /// Indices of the pages that are neither thumbnails nor masks.
    full: Vec<usize>,
    limits: &'a Limits,
}

impl Finder<'_, '_> {
    /// The layout of ImageJ or OME on the pages that are there.
    fn arranged(&self, mut layout: Layout) -> Result<Series, DecodeError> {
        let planes = layout.planes();
        if let Some(pages) = layout.pages.take() {
            let used = pages.len();
            if used < self.full.len() && layout.notes.is_empty() {
                layout.notes.push(self.undescribed(layout.by, used));
            }
            return Ok(layout.series(|plane| Plane { page: pages.get(plane).copied().unwrap_or(0), nth: 0 }));
        }
        match self.full.as_slice() {
            &[only] if planes > 1 => self.behind(only, layout),
            full if planes > full.len() as u64 => Err(self.too_few(&layout, full.len(), "")),
            full if planes < full.len() as u64 => {
                let problem = format!("it describes {planes} images, and the file has {} pages", full.len());
                let mut series = self.one_after_the_other()?;
                series.notes.push(Note::Contradiction { by: layout.by, problem });
                Ok(series)
            }
            full => Ok(layout.series(|plane| Plane { page: full.get(plane).copied().unwrap_or(0), nth: 0 })),
        }
    }

    fn undescribed(&self, by: &'static str, described: usize) -> Note {
        Note::UndescribedPages { by, described, pages: self.full.len() }
    }

    fn too_few(&self, layout: &Layout, pages: usize, more: &str) -> DecodeError {
        let counted =
            layout.axes.iter().filter(|&&(_, length)| length != 1).map(|(axis, length)| match axis {
                Axis::Page => length.to_string(),
                named => format!("{length} {named}"),
            });
        let lengths: Vec<String> = counted.collect();
        let (by, planes, lengths) = (layout.by, layout.planes(), lengths.join(" x "));
        let pages = if pages == 1 { "1 page".to_string() } else { format!("{pages} pages") };
        let problem =
            format!("the {by} promises {planes} images ({lengths}), but the file has {pages}{more}");
        DecodeError::malformed(Tiff, "pages", problem)
    }

    /// All planes behind one directory, one after the other without compression: so ImageJ writes
    /// files above 4 GB, and tifffile what it calls truncated.
    fn behind(&self, only: usize, layout: Layout) -> Result<Series, DecodeError> {
        let directory = self.pages.get(only).ok_or_else(|| self.too_few(&layout, 0, ""))?;
        let page = Page::read(self.file, directory, self.limits)?;
        let Some((start, bytes)) = page.raw() else {
            return Err(self.too_few(&layout, 1, ", whose pixels are compressed or in tiles"));
        };
        let there = (self.file.bytes.len() as u64).saturating_sub(start) / bytes.max(1);
        let planes = layout.planes();
        if planes > there {
            return Err(self.too_few(
                &layout,
                1,
                &format!(" and room for {there}: it was cut, or pages were lost"),
            ));
        }
        let shape = [planes, page.kind.rows.into(), page.kind.columns.into()];
        self.limits.samples(Tiff, &shape, page.samples.into(), u64::from(page.bits.div_ceil(8)))?;
        Ok(layout.series(|plane| Plane { page: only, nth: plane as u64 }))
    }

    /// The arrays of tifffile: each begins with a page that has its shape.
    fn shaped(&self) -> Result<Series, DecodeError> {
        let mut arrays: Vec<(usize, Layout)> = Vec::new();
        let mut next = 0;
        while let Some(directory) = self.full.get(next).and_then(|&page| self.pages.get(page)) {
            let text = self.file.bytes_of(directory, tag::IMAGE_DESCRIPTION)?;
            let Some(shape) = shaped::shape(text) else { break };
            let [columns, rows] = size(self.file, directory)?.map(u64::from);
            let samples = self.file.first(directory, tag::SAMPLES_PER_PIXEL)?.unwrap_or(1);
            let Some(layout) = shape.layout(rows.saturating_mul(columns).saturating_mul(samples)) else {
                let problem =
                    format!("it describes an array of {shape}, and a page has {rows} x {columns} pixels");
                let mut series = self.one_after_the_other()?;
                series.notes.push(Note::Contradiction { by: shaped::NAME, problem });
                return Ok(series);
            };
            let left = self.full.len() - next;
            let planes = layout.planes();
            if planes > left as u64 {
                return match self.full.as_slice() {
                    &[only] => self.behind(only, layout),
                    _ => Err(self.too_few(&layout, left, "")),
                };
            }
            arrays.push((next, layout));
            next += (planes as usize).max(1);
        }
        let described = next;
        let mut series = match arrays.as_slice() {
            [_] => self.pages_from(0, arrays.remove(0).1),
            _ if self.alike(&arrays)? => {
                let (_, mut layout) = arrays.remove(0);
                layout.axes.insert(0, (Axis::Page, arrays.len() as u64 + 1));
                layout.notes.push(Note::Stacked { count: arrays.len() + 1 });
                self.pages_from(0, layout)
            }
            _ => {
                let (_, mut layout) = arrays.remove(0);
                layout.notes.push(Note::OtherSeries { by: shaped::NAME, left_out: arrays.len() });
                self.pages_from(0, layout)
            }
        };
        if described < self.full.len() {
            series.notes.push(self.undescribed(shaped::NAME, described));
        }
        Ok(series)
    }

    fn pages_from(&self, start: usize, layout: Layout) -> Series {
        layout.series(|plane| Plane { page: self.full.get(start + plane).copied().unwrap_or(0), nth: 0 })
    }

    /// Whether the arrays have one shape and one type.
    fn alike(&self, arrays: &[(usize, Layout)]) -> Result<bool, DecodeError> {
        let form = |start: usize| {
            let Some(directory) = self.full.get(start).and_then(|&page| self.pages.get(page)) else {
                return Ok(None);
            };
            let first = |tag| self.file.first(directory, tag);
            let size = size(self.file, directory)?;
            let (bits, format) = (first(tag::BITS_PER_SAMPLE)?, first(tag::SAMPLE_FORMAT)?);
            Ok(Some((size, bits, format, first(tag::SAMPLES_PER_PIXEL)?)))
        };
        let Some((_, model)) = arrays.first() else { return Ok(true) };
        let model = (form(0)?, &model.axes);
        for (start, layout) in arrays {
            if (form(*start)?, &layout.axes) != model {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All pages of the size of the first; smaller copies of it are left out.
    fn one_after_the_other(&self) -> Result<Series, DecodeError> {
        let (mut whole, mut left_out) = (Vec::new(), Vec::new());
        let mut model = None;
        for &index in &self.full {
            let Some(directory) = self.pages.get(index) else { continue };
            let [columns, rows] = size(self.file, directory)?;
            let (rows_there, columns_there) = *model.get_or_insert((rows, columns));
            if (rows, columns) == (rows_there, columns_there) {
                whole.push(index);
            } else if is_smaller_copy(rows, columns, rows_there, columns_there) {
                left_out.push(describe(&[rows.into(), columns.into()]));
            } else {
                return Err(DecodeError::unsupported(
                    Tiff,
                    directory.place(),
                    format!(
                        "a page of {rows} x {columns} pixels after one of {rows_there} x {columns_there}"
                    ),
                    "pages of one size, and smaller copies of them; save the pages as files of their own",
                ));
            }
        }
        let mut layout = Layout::new("file", vec![(Axis::Page, whole.len() as u64)]);
        if let (false, Some((rows, columns))) = (left_out.is_empty(), model) {
            left_out.dedup();
            let read = describe(&[rows.into(), columns.into()]);
            layout.notes.push(Note::SmallerPages { read, left_out });
        }
        Ok(layout.series(|plane| Plane { page: whole.get(plane).copied().unwrap_or(0), nth: 0 }))
    }
}

/// Whether the first size is that of the second divided by 2 or more, rounded in any way.
fn is_smaller_copy(rows: u32, columns: u32, rows_there: u32, columns_there: u32) -> bool {
    let [rows, columns, rows_there, columns_there] =
        [rows, columns, rows_there, columns_there].map(f64::from);
    let halved = 2.0 * (rows - 1.0) < rows_there && 2.0 * (columns - 1.0) < columns_there;
    // The factors that may have given the rows, and those that may have given the columns, meet.
    let least = (rows_there / (rows + 1.0)).max(columns_there / (columns + 1.0));
    let most = (rows_there / (rows - 1.0)).min(columns_there / (columns - 1.0));
    halved && least < most
}
