//! How things are called, the same in all reports.

use persistence::{Connectivity, Filtration};

/// The name of a feature of an array with so many axes.
pub(crate) fn feature(dimension: usize, axes: usize) -> &'static str {
    match (dimension, axes) {
        (0, _) => "component",
        (1, 2) => "hole",
        (1, _) => "handle",
        _ => "cavity",
    }
}

/// The name of several.
pub(crate) fn features(dimension: usize, axes: usize) -> &'static str {
    match feature(dimension, axes) {
        "component" => "components",
        "hole" => "holes",
        "handle" => "handles",
        _ => "cavities",
    }
}

/// `1 hole`, `2 holes`.
pub(crate) fn count(number: usize, dimension: usize, axes: usize) -> String {
    let name = if number == 1 { feature(dimension, axes) } else { features(dimension, axes) };
    format!("{number} {name}")
}

/// `1 pixel`, `12 voxels`.
pub(crate) fn pixels(number: usize, axes: usize) -> String {
    let name = if axes == 3 { "voxel" } else { "pixel" };
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

pub(crate) fn connectivity(connectivity: Connectivity) -> &'static str {
    match connectivity {
        Connectivity::T => "T",
        Connectivity::V => "V",
    }
}

/// `T: foreground 8-connected, background 4-connected`, where the number of axes is known.
pub(crate) fn connectivity_explained(connectivity: Connectivity, axes: usize) -> &'static str {
    match (connectivity, axes) {
        (Connectivity::T, 2) => "T: foreground 8-connected, background 4-connected",
        (Connectivity::V, 2) => "V: foreground 4-connected, background 8-connected",
        (Connectivity::T, _) => "T: foreground 26-connected, background 6-connected",
        (Connectivity::V, _) => "V: foreground 6-connected, background 26-connected",
    }
}

pub(crate) fn filtration(filtration: Filtration) -> &'static str {
    match filtration {
        Filtration::Superlevel => "superlevel",
        Filtration::Sublevel => "sublevel",
    }
}

/// `64 x 64`.
pub(crate) fn shape(shape: &[usize]) -> String {
    join(shape.iter(), " x ")
}

/// `1,0`.
pub(crate) fn list(numbers: &[usize]) -> String {
    join(numbers.iter(), ",")
}

/// `row 31, column 12.5` of a position in an array, with at most one decimal.
pub(crate) fn place(position: &[f64]) -> String {
    const AXES: [&str; 3] = ["slice", "row", "column"];
    let names = &AXES[3 - position.len().min(3)..];
    let parts = names.iter().zip(position).map(|(name, &at)| {
        let rounded = (at * 10.0).round() / 10.0;
        format!("{name} {rounded}")
    });
    join(parts, ", ")
}

/// `31, 12`: the position of a flat index in row-major order.
pub(crate) fn position(index: u32, shape: &[usize]) -> String {
    let mut rest = index as usize;
    let mut position: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&length| {
            let at = rest % length.max(1);
            rest /= length.max(1);
            at
        })
        .collect();
    position.reverse();
    join(position.iter(), ", ")
}

/// A value for people: four decimals, or an exponent where they would hide it.
pub(crate) fn value(value: f32) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (0.001..10_000.0).contains(&magnitude) {
        format!("{value:.4}")
    } else if value.is_finite() {
        format!("{value:.3e}")
    } else {
        value.to_string()
    }
}

/// Text in lines of at most 80 characters, each indented by four.
pub(crate) fn indented(text: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if length > 0 && length + 1 + width <= 80 {
            lines += " ";
            length += 1;
        } else {
            lines += if length > 0 { "\n    " } else { "    " };
            length = 4;
        }
        lines += word;
        length += width;
    }
    lines
}

fn join<T: ToString>(parts: impl Iterator<Item = T>, separator: &str) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_index_is_a_row_and_a_column() {
        assert_eq!(position(13, &[3, 5]), "2, 3");
        assert_eq!(position(119, &[4, 5, 6]), "3, 4, 5");
    }

    #[test]
    fn values_are_short_and_never_hidden_by_rounding() {
        assert_eq!(value(0.25), "0.2500");
        assert_eq!(value(0.0), "0.0000");
        assert_eq!(value(0.00012), "1.200e-4");
        assert_eq!(value(f32::INFINITY), "inf");
    }

    #[test]
    fn text_is_broken_between_words() {
        let text = format!("{} b {}", "a".repeat(74), "c".repeat(90));
        assert_eq!(indented(&text), format!("    {} b\n    {}", "a".repeat(74), "c".repeat(90)));
    }

    #[test]
    fn places_name_their_axes() {
        assert_eq!(place(&[3.0, 4.25]), "row 3, column 4.3");
        assert_eq!(place(&[1.0, 3.0, 4.0]), "slice 1, row 3, column 4");
    }
}
