//! OME-XML in ImageDescription (OME-TIFF, schema 2016-06): the planes of an image and their pages.

use roxmltree::{Document, Node};

use super::series::{Described, Layout};
use crate::axis::Axis;
use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::note::Note;

pub(super) const NAME: &str = "OME-XML";

/// What is said of the first image; `None` if the description is of another kind.
pub(super) fn described(
    text: &[u8],
    size: [u32; 2],
    samples: u16,
    pages: usize,
) -> Result<Option<Described>, DecodeError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let start = text.get(..1024).unwrap_or(text);
    if !start.starts_with(b"<") || !start.windows(4).any(|word| word == b"<OME") {
        return Ok(None);
    }
    let contradiction = |problem: String| Ok(Some(Described::Contradiction { by: NAME, problem }));
    let text = String::from_utf8_lossy(text);
    let document = match Document::parse(&text) {
        Ok(document) => document,
        Err(error) => return contradiction(printable(&error.to_string())),
    };
    let root = document.root_element();
    let images: Vec<Node<'_, '_>> = children(root, "Image").collect();
    let pixels = images.first().and_then(|&image| children(image, "Pixels").next());
    let Some(pixels) = pixels else {
        let companion = children(root, "BinaryOnly").next().and_then(|node| node.attribute("MetadataFile"));
        return contradiction(match companion {
            Some(file) => format!("it stands in another file, {}", printable(file)),
            None => "it has no image".to_string(),
        });
    };
    let mut planes = Planes::new(pixels, samples)?;
    let length = |name| number(pixels, name).unwrap_or(0);
    let [columns, rows] = size.map(u64::from);
    if (length("SizeX"), length("SizeY")) != (columns, rows) {
        return Err(wrong(format!(
            "it says that the pages have {} x {} pixels, but they have {rows} x {columns}",
            length("SizeY"),
            length("SizeX"),
        )));
    }
    planes.find(pixels, root.attribute("UUID"), pages, images.len() == 1)?;
    let mut layout = planes.layout;
    if images.len() > 1 {
        layout.notes.push(Note::OtherSeries { by: NAME, left_out: images.len() - 1 });
    }
    Ok(Some(Described::Layout(layout)))
}

struct Planes {
    layout: Layout,
    /// In the letters of DimensionOrder, the fastest axis first.
    axes: Vec<(char, u64)>,
}

impl Planes {
    /// The axes of the planes, without those of a page.
    fn new(pixels: Node<'_, '_>, samples: u16) -> Result<Self, DecodeError> {
        let order = pixels.attribute("DimensionOrder").unwrap_or("XYCZT");
        let channels = number(pixels, "SizeC").unwrap_or(1);
        // Colours are channels too, and side by side in a page.
        let samples = u64::from(samples);
        let together = if channels.is_multiple_of(samples) { samples } else { 1 };
        let mut axes = Vec::new();
        for letter in order.chars().filter(|letter| !matches!(letter, 'X' | 'Y')) {
            let length = match letter {
                'Z' | 'T' => number(pixels, &format!("Size{letter}")).unwrap_or(1),
                'C' => channels / together,
                _ => return Err(wrong(format!("the DimensionOrder {order:?}"))),
            };
            axes.push((letter, length));
        }
        let mut letters: Vec<char> = axes.iter().map(|&(letter, _)| letter).collect();
        letters.sort_unstable();
        if letters != ['C', 'T', 'Z'] || axes.iter().any(|&(_, length)| length == 0) {
            return Err(wrong(format!(
                "no planes can be put in the order {order:?}: the lengths are {axes:?}"
            )));
        }
        let slowest_first = axes.iter().rev().map(|&(letter, length)| {
            let axis = match letter {
                'C' => Axis::Channel,
                'T' => Axis::Time,
                _ => Axis::Slice,
            };
            (axis, length)
        });
        Ok(Self { layout: Layout::new(NAME, slowest_first.collect()), axes })
    }

    /// Which page each plane is, by the TiffData elements that speak of this file.
    fn find(
        &mut self,
        pixels: Node<'_, '_>,
        own: Option<&str>,
        pages: usize,
        only: bool,
    ) -> Result<(), DecodeError> {
        let data: Vec<Node<'_, '_>> = children(pixels, "TiffData").collect();
        let elsewhere = |node: &Node<'_, '_>| {
            let text = children(*node, "UUID").next().and_then(|uuid| uuid.text()).map(str::trim);
            text.is_some() && own.is_some() && text != own
        };
        let planes = self.layout.planes();
        let (others, here): (Vec<_>, Vec<_>) = data.into_iter().partition(elsewhere);
        if others.is_empty() && here.iter().all(|node| number(*node, "IFD").is_none()) && only {
            return Ok(()); // the planes are the pages, in their order
        }
        if planes > pages as u64 {
            if let Some(other) =
                others.first().and_then(|&node| children(node, "UUID").next()?.attribute("FileName"))
            {
                return Err(wrong(format!(
                    "it promises {planes} planes in several files, such as {}, and this one has {pages} pages; \
                     save the series as one file",
                    printable(other),
                )));
            }
            if here.len() <= 1 {
                return Ok(()); // too few pages: reported, or found behind the only one
            }
            return Err(wrong(format!("it promises {planes} planes, and the file has {pages} pages")));
        }
        let mut found = vec![None; planes as usize];
        let mut told = 0_u64;
        for node in here {
            let page = number(node, "IFD");
            let count = number(node, "PlaneCount").unwrap_or(if page.is_some() { 1 } else { planes });
            let mut first = 0;
            let mut step = 1;
            for &(letter, length) in &self.axes {
                let at = number(node, &format!("First{letter}")).unwrap_or(0);
                first += step * at.min(length - 1);
                step *= length;
            }
            let count = count.min(planes - first);
            told = told.saturating_add(count);
            if told > planes {
                return Err(wrong(format!("it promises {planes} planes, and says of more where they are")));
            }
            for nth in 0..count {
                let page = page.unwrap_or(0).saturating_add(nth);
                if page >= pages as u64 {
                    let number = page.saturating_add(1);
                    return Err(wrong(format!(
                        "a plane is on page {number}, and the file has {pages} pages"
                    )));
                }
                if let Some(plane) = found.get_mut((first + nth) as usize) {
                    *plane = Some(page as usize);
                }
            }
        }
        let there = found.iter().flatten().count();
        let all: Option<Vec<usize>> = found.into_iter().collect();
        let missing = || wrong(format!("it promises {planes} planes, and says of {there} where they are"));
        self.layout.pages = Some(all.ok_or_else(missing)?);
        Ok(())
    }
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

fn number(node: Node<'_, '_>, name: &str) -> Option<u64> {
    node.attribute(name)?.trim().parse().ok()
}

/// Text of the file as part of a line: a name may hold what a terminal obeys.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn wrong(problem: String) -> DecodeError {
    DecodeError::malformed(Tiff, "OME-XML in ImageDescription", problem)
}
