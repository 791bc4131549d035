//! A drawing in pixels.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

/// A drawing cannot be made pixels.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be drawn: {0}")]
pub(crate) struct PictureError(String);

/// Pixels per unit of the drawing.
const SCALE: f32 = 2.0;

/// The PNG of an SVG whose texts are in Noto Sans, the one font that the program brings along, so that the picture
/// is the same everywhere.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    let failed = |error: &dyn std::fmt::Display| PictureError(error.to_string());
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.set_sans_serif_family("Noto Sans");
    let options = usvg::Options {
        fontdb: Arc::new(fonts),
        font_family: "Noto Sans".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(&error))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| failed(&"it has no size"))?;
    let mut pixels =
        tiny_skia::Pixmap::new(size.width(), size.height()).ok_or_else(|| failed(&"it is too large"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| failed(&error))
}
