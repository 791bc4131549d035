//! Where the samples are in the world.

use crate::error::DecodeError;
use crate::geometry::{Geometry, affine_of_steps};
use crate::meta_image::fields::Fields;

/// Spacing and placement in millimetres. MetaIO's world is left, posterior, superior; that of a flat image is none.
pub(super) fn geometry(fields: &Fields<'_>, count: usize) -> Result<Geometry, DecodeError> {
    let unit = match fields.get("DistanceUnits").map(|field| field.value.as_ref()) {
        Some("um") => 0.001,
        Some("cm") => 10.0,
        _ => 1.0,
    };
    let numbers = |names: &[&str], needed: usize| -> Result<Option<Vec<f64>>, DecodeError> {
        let Some(field) = fields.first(names) else { return Ok(None) };
        let numbers = field.numbers::<f64>()?;
        match numbers.len() == needed {
            true => Ok(Some(numbers)),
            false => Err(field.malformed(format!("{}, {needed} numbers are needed", field.quoted()))),
        }
    };
    let usual = |size: &f64| {
        let size = size.abs() * unit;
        if size as f32 > 0.0 && (size as f32).is_finite() { size } else { 1.0 }
    };
    let given = numbers(&["ElementSpacing", "ElementSize"], count)?;
    let spacing: Vec<f64> = given.unwrap_or(vec![1.0; count]).iter().take(3).map(usual).collect();
    // MetaIO lets the last of these go before the others.
    let origin = numbers(&["Origin", "Position", "Offset"], count)?;
    let matrix = numbers(&["TransformMatrix", "Rotation", "Orientation"], count * count)?;
    let affine = match (spacing.as_slice(), origin.is_some() || matrix.is_some()) {
        (&[x, y, z], true) => {
            let to_ras = |vector: [f64; 3]| [-vector[0], -vector[1], vector[2]];
            // Each row is the direction of an axis of the file.
            let step = |(axis, size): (usize, f64)| {
                let part = |row: usize| match &matrix {
                    Some(matrix) => matrix.get(axis * count + row).map_or(0.0, |part| part * size),
                    None if row == axis => size,
                    None => 0.0,
                };
                to_ras(std::array::from_fn(part))
            };
            let steps: Vec<[f64; 3]> = [x, y, z].into_iter().enumerate().map(step).collect();
            let origin = origin.unwrap_or_default();
            let place = |axis: usize| origin.get(axis).map_or(0.0, |part| part * unit);
            affine_of_steps(&steps, to_ras(std::array::from_fn(place)))
        }
        _ => None,
    };
    Ok(Geometry { spacing: spacing.iter().rev().map(|&size| size as f32).collect(), affine })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(count: usize, fields: &str) -> Result<Geometry, String> {
        let text = format!("{fields}\nElementDataFile = LOCAL\n");
        geometry(&Fields::read(text.as_bytes()).unwrap(), count).map_err(|error| error.to_string())
    }

    #[test]
    fn placement_is_in_right_anterior_superior() {
        let placed = "DistanceUnits = cm\nOffset = 5 6 7\nElementSpacing = 2 3 4\nTransformMatrix = 0 1 0 1 0 0 0 0 -1";
        let geometry = of(3, placed).unwrap();
        assert_eq!(geometry.spacing, [40.0, 30.0, 20.0]);
        let expected = [[0.0, -30.0, 0.0, -50.0], [-20.0, 0.0, 0.0, -60.0], [0.0, 0.0, -40.0, 70.0]];
        assert_eq!(geometry.affine, Some(expected));
        assert_eq!(geometry.orientation().as_deref(), Some("PLI"));
    }

    #[test]
    fn a_series_has_the_placement_of_its_volumes() {
        let identity = "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1";
        let series =
            of(4, &format!("Position = 5 6 7 0\nElementSpacing = 2 3 4 9\nRotation = {identity}")).unwrap();
        assert_eq!(series.spacing, [4.0, 3.0, 2.0]);
        assert_eq!(series.affine.unwrap()[1], [0.0, -3.0, 0.0, -6.0]);
    }

    #[test]
    fn without_a_placement_there_is_a_spacing_and_of_flat_images_no_more_than_that() {
        let unplaced = of(3, "ElementSize = 2 0 -4").unwrap();
        assert_eq!((unplaced.spacing, unplaced.affine), (vec![4.0, 1.0, 2.0], None));
        let flat = of(2, "Offset = 1 2\nElementSpacing = 2 3").unwrap();
        assert_eq!((flat.spacing, flat.affine), (vec![3.0, 2.0], None));
        assert_eq!(of(3, "NDims = 3").unwrap(), Geometry { spacing: vec![1.0; 3], affine: None });
    }
}
