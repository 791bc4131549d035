//! Where the samples are in the world.

use crate::error::DecodeError;
use crate::geometry::{Geometry, affine_of_steps};
use crate::nrrd::axes::Axes;
use crate::nrrd::fields::{Field, Fields, MOST_AXES, quoted};

/// Spacing and placement in millimetres. Spaces without anatomical directions, such as `scanner-xyz`, have a spacing and
/// no placement.
pub(super) fn geometry(fields: &Fields<'_>, axes: &Axes) -> Result<Geometry, DecodeError> {
    let (signs, dimension) = space(fields)?;
    let space_units = units(fields.get("space units"));
    let in_millimetres = |vector: &[f64]| -> [f64; 3] {
        let unit = |axis: usize| space_units.get(axis).copied().unwrap_or(1.0);
        std::array::from_fn(|axis| vector.get(axis).map_or(0.0, |part| part * unit(axis)))
    };
    let directions = vectors(fields, "space directions", axes.in_file)?;
    let steps: Vec<[f64; 3]> = axes
        .in_space
        .iter()
        .take(3)
        .filter_map(|&axis| Some(in_millimetres(directions.as_ref()?.get(axis)?.as_deref()?)))
        .collect();
    let spacing: Vec<f64> = match directions {
        Some(_) => steps.iter().map(|step| step.iter().map(|part| part * part).sum::<f64>().sqrt()).collect(),
        None => spacings(fields, axes)?,
    };
    let origin = match fields.get("space origin") {
        Some(field) => vector(field, &field.value)?.map(|origin| in_millimetres(&origin)).unwrap_or_default(),
        None => [0.0; 3],
    };
    let usual = |size: f64| {
        if size > 0.0 && (size as f32).is_finite() { (size as f32).max(f32::MIN_POSITIVE) } else { 1.0 }
    };
    let of_axes =
        (0..axes.in_space.len().min(3)).map(|axis| spacing.get(axis).map_or(1.0, |&size| usual(size)));
    let mut of_axes: Vec<f32> = of_axes.collect();
    of_axes.reverse();
    let placed = signs.filter(|_| dimension >= 3 && steps.len() == axes.in_space.len().min(3));
    let affine = placed.and_then(|signs| {
        let turned = |vector: [f64; 3]| std::array::from_fn(|axis| vector[axis] * signs[axis]);
        affine_of_steps(&steps.iter().map(|&step| turned(step)).collect::<Vec<_>>(), turned(origin))
    });
    Ok(Geometry { spacing: of_axes, affine })
}

/// The signs that make right, anterior and superior of the directions of the space, if it has such, and its dimension.
fn space(fields: &Fields<'_>) -> Result<(Option<[f64; 3]>, usize), DecodeError> {
    let Some(field) = fields.get("space") else {
        let dimension = match fields.get("space dimension") {
            Some(field) => field.whole::<usize>()?.first().copied().unwrap_or(0),
            None => 0,
        };
        return Ok((None, dimension));
    };
    let name = field.value.to_ascii_lowercase();
    let of_volume = name.strip_suffix("-time").unwrap_or(&name);
    let signs = match of_volume {
        "right-anterior-superior" | "ras" | "rast" => Some([1.0, 1.0, 1.0]),
        "left-anterior-superior" | "las" | "last" => Some([-1.0, 1.0, 1.0]),
        "left-posterior-superior" | "lps" | "lpst" => Some([-1.0, -1.0, 1.0]),
        _ => None,
    };
    Ok((signs, 3))
}

/// One vector for each axis of the file, `None` for an axis that is none of space; `None` if the field is missing.
pub(super) fn vectors(
    fields: &Fields<'_>,
    name: &str,
    count: usize,
) -> Result<Option<Vec<Option<Vec<f64>>>>, DecodeError> {
    let Some(field) = fields.get(name) else { return Ok(None) };
    let mut vectors = Vec::new();
    let mut rest = field.value.trim_start();
    while !rest.is_empty() && vectors.len() <= count {
        let end = match rest.strip_prefix('(') {
            Some(_) => rest.find(')').map_or(rest.len(), |at| at + 1),
            None => rest.find([' ', '\t', '(']).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(end);
        vectors.push(vector(field, word)?);
        rest = after.trim_start();
    }
    if vectors.len() != count {
        let problem =
            format!("{}, one vector or \"none\" is needed for each of {count} axes", field.quoted());
        return Err(field.malformed(problem));
    }
    Ok(Some(vectors))
}

/// `(1,0,0)`, or `none` for no vector, as one of NaN stands for too.
fn vector(field: &Field<'_>, text: &str) -> Result<Option<Vec<f64>>, DecodeError> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    let refused = || field.malformed(format!("{} is no vector such as (1,0,0)", quoted(text)));
    let inside = text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')')).ok_or_else(refused)?;
    let numbers =
        inside.split(',').take(MOST_AXES).map(|part| part.trim().parse::<f64>().map_err(|_| refused()));
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>()?;
    Ok(numbers.iter().any(|number| !number.is_nan()).then_some(numbers))
}

/// The spacing of the axes of space from `spacings`, in millimetres, x first.
fn spacings(fields: &Fields<'_>, axes: &Axes) -> Result<Vec<f64>, DecodeError> {
    let Some(field) = fields.get("spacings") else { return Ok(Vec::new()) };
    let number = |word: &str| {
        word.parse::<f64>().map_err(|_| field.malformed(format!("{} is no number", quoted(word))))
    };
    let sizes: Vec<f64> =
        field.value.split_ascii_whitespace().take(MOST_AXES).map(number).collect::<Result<_, _>>()?;
    let units = units(fields.get("units"));
    let size = |&axis: &usize| {
        sizes.get(axis).map_or(1.0, |size| size.abs() * units.get(axis).copied().unwrap_or(1.0))
    };
    Ok(axes.in_space.iter().map(size).collect())
}

/// Millimetres in each unit. Where it is not said, or no unit of length, it is a millimetre.
fn units(field: Option<&Field<'_>>) -> Vec<f64> {
    let texts = field.map(Field::texts).unwrap_or_default();
    texts.into_iter().map(millimetres).collect()
}

fn millimetres(unit: &str) -> f64 {
    match unit.trim() {
        "m" | "meter" | "meters" | "metre" | "metres" => 1000.0,
        "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => 10.0,
        "um" | "µm" | "μm" | "micron" | "microns" | "micrometer" | "micrometers" | "micrometre"
        | "micrometres" => 0.001,
        "nm" | "nanometer" | "nanometers" | "nanometre" | "nanometres" => 1e-6,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::SampleType;

    fn of(sizes: &[u64], more: &str) -> Result<Geometry, String> {
        let text = format!("NRRD0004\n{more}\n\n");
        let fields = Fields::read(text.as_bytes()).unwrap();
        let axes = Axes::of(&fields, sizes, SampleType::I16).map_err(|error| error.to_string())?;
        geometry(&fields, &axes).map_err(|error| error.to_string())
    }

    #[test]
    fn placement_is_in_right_anterior_superior_whatever_the_file_has() {
        let directions = "space directions: (2,0,0) (0,3,0) (0,0,4)\nspace origin: (5,6,7)";
        for (space, signs, orientation) in [
            ("right-anterior-superior", [1.0, 1.0], "RAS"),
            ("LAS", [-1.0, 1.0], "LAS"),
            ("left-posterior-superior", [-1.0, -1.0], "LPS"),
        ] {
            let geometry = of(&[4, 5, 6], &format!("space: {space}\n{directions}")).unwrap();
            assert_eq!(geometry.spacing, [4.0, 3.0, 2.0]);
            assert_eq!(geometry.orientation().as_deref(), Some(orientation));
            let [x, y] = signs;
            let expected = [[2.0 * x, 0.0, 0.0, 5.0 * x], [0.0, 3.0 * y, 0.0, 6.0 * y], [0.0, 0.0, 4.0, 7.0]];
            assert_eq!(geometry.affine, Some(expected));
        }
        for space in ["space: scanner-xyz", "space: 3D-left-handed", "space dimension: 3"] {
            let geometry = of(&[4, 5, 6], &format!("{space}\n{directions}")).unwrap();
            assert_eq!((geometry.spacing, geometry.affine), (vec![4.0, 3.0, 2.0], None), "{space}");
        }
    }

    #[test]
    fn oblique_axes_layers_and_time_have_the_spacing_of_space() {
        let oblique = "space: RAS\nspace directions: none (0,3,4) (-1,0,0) (0, 0.8, -0.6)";
        let geometry = of(&[2, 5, 4, 3], oblique).unwrap();
        assert_eq!(geometry.spacing, [1.0, 1.0, 5.0]);
        assert_eq!(geometry.affine.unwrap()[1], [3.0, 0.0, 0.8, 0.0]);
        let time = "space: LPST\nspace directions: (1,0,0,0) (0,2,0,0) (0,0,3,0) (nan,nan,nan,nan)";
        let geometry = of(&[5, 4, 3, 7], time).unwrap();
        assert_eq!(
            (geometry.spacing.as_slice(), geometry.orientation().as_deref()),
            (&[3.0, 2.0, 1.0][..], Some("LPS"))
        );
    }

    #[test]
    fn a_flat_image_has_its_normal_for_a_third_axis() {
        let geometry = of(&[5, 4], "space: LPS\nspace directions: (2,0,0) (0,3,0)").unwrap();
        assert_eq!(geometry.spacing, [3.0, 2.0]);
        assert_eq!(geometry.orientation().as_deref(), Some("LPS"));
        let flat = of(&[5, 4], "space dimension: 2\nspace directions: (2,0) (0,3)").unwrap();
        assert_eq!((flat.spacing, flat.affine), (vec![3.0, 2.0], None));
    }

    #[test]
    fn spacings_are_those_of_the_axes_and_units_become_millimetres() {
        let plain = of(&[5, 4, 3], "spacings: 0.5 nan 2").unwrap();
        assert_eq!((plain.spacing, plain.affine), (vec![2.0, 1.0, 0.5], None));
        let micrometres = of(&[5, 4], "spacings: 500 250\nunits: \"microns\" \"um\"").unwrap();
        assert_eq!(micrometres.spacing, [0.25, 0.5]);
        let centimetres = "space: RAS\nspace units: \"cm\" \"cm\" \"cm\"\nspace origin: (1,2,3)\n\
                           space directions: (1,0,0) (0,1,0) (0,0,1)";
        let geometry = of(&[5, 4, 3], centimetres).unwrap();
        assert_eq!((geometry.spacing.as_slice(), geometry.affine.unwrap()[2][3]), (&[10.0; 3][..], 30.0));
    }

    #[test]
    fn directions_that_are_none_are_refused_with_their_line() {
        for (more, message) in [
            ("space directions: (1,0,0) (0,1,0)", "one vector or \"none\" is needed for each of 3 axes"),
            (
                "space directions: (1,0,0) (0,1,0) (0,0,z)",
                "space directions (line 2): \"(0,0,z)\" is no vector",
            ),
            ("space directions: (1,0,0) (0,1,0) (0,0,1", "is no vector"),
            ("space origin: 1,2,3", "space origin (line 2): \"1,2,3\" is no vector"),
            ("kinds: domain", "kinds (line 2): \"domain\", one kind is needed for each of 3 axes"),
        ] {
            let error = of(&[4, 5, 6], more).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
