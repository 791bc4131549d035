//! Where the voxels of a volume are in the world.

/// Spacing and placement of a volume, as NIfTI stores them, and NRRD and MetaImage in their own words.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// Millimetres between neighbouring voxels along the last axes of the array, in the order of
    /// the axes: `[z, y, x]` (a time axis in front has no entry, a flat image has `[y, x]`).
    /// Always finite and above 0; 1 where the file states none.
    pub spacing: Vec<f32>,
    /// Maps the voxel `(x, y, z)`, that is array index `[z, y, x]`, to millimetres in scanner
    /// space with axes right, anterior, superior: `world[r] = a[r][0] x + a[r][1] y + a[r][2] z +
    /// a[r][3]`. `None` where the file states none (NIfTI: both `qform_code` and `sform_code` are 0;
    /// NRRD: the space has no anatomical directions).
    pub affine: Option<[[f64; 4]; 3]>,
}

impl Geometry {
    /// The direction in which each voxel axis runs, for the axes x, y, z in this order: "RAS" is
    /// left to right, posterior to anterior, inferior to superior; "LPS" the opposite.
    ///
    /// Oblique axes get the nearest direction, each direction being given once, x first. An axis
    /// without direction gives `None`, as does a missing affine.
    pub fn orientation(&self) -> Option<String> {
        const CODES: [(char, char); 3] = [('R', 'L'), ('A', 'P'), ('S', 'I')];
        let affine = self.affine?;
        let mut taken = [false; 3];
        let mut codes = String::with_capacity(3);
        for column in [0, 1, 2].map(|voxel_axis| affine.map(|row| row[voxel_axis])) {
            let (world_axis, component) = (0..3)
                .zip(column)
                .filter(|&(axis, _)| !taken[axis])
                .max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()))?;
            if component == 0.0 || !component.is_finite() {
                return None;
            }
            taken[world_axis] = true;
            let (positive, negative) = CODES[world_axis];
            codes.push(if component > 0.0 { positive } else { negative });
        }
        Some(codes)
    }
}

/// The affine of voxels that lie `steps` apart, x first, from the world position of voxel (0, 0, 0) on, all in
/// millimetres with axes right, anterior, superior. The third axis of a flat image is its normal. `None` where a number
/// is not finite, and for fewer than two axes.
#[cfg(any(feature = "nrrd", feature = "metaimage"))]
pub(crate) fn affine_of_steps(steps: &[[f64; 3]], origin: [f64; 3]) -> Option<[[f64; 4]; 3]> {
    let &[x, y, ref rest @ ..] = steps else { return None };
    let z = rest.first().copied().unwrap_or_else(|| {
        let cross: [f64; 3] = std::array::from_fn(|axis| {
            x[(axis + 1) % 3] * y[(axis + 2) % 3] - x[(axis + 2) % 3] * y[(axis + 1) % 3]
        });
        let length = cross.iter().map(|part| part * part).sum::<f64>().sqrt();
        cross.map(|part| if length > 0.0 { part / length } else { 0.0 })
    });
    let affine = std::array::from_fn(|row| [x[row], y[row], z[row], origin[row]]);
    affine.iter().flatten().all(|value| value.is_finite()).then_some(affine)
}

/// The affine of a unit quaternion, by "method 2" of nifti1.h.
///
/// `quaternion` is `(b, c, d)`, `offset` the world position of voxel (0, 0, 0), `spacing` in the
/// order x, y, z; `flip_z` is set where `pixdim[0]` is negative.
pub(crate) fn quaternion_affine(
    [b, c, d]: [f64; 3],
    offset: [f64; 3],
    [dx, dy, dz]: [f64; 3],
    flip_z: bool,
) -> [[f64; 4]; 3] {
    // Rounding in the file may leave b, c, d a little longer than 1: then a is 0 and they are
    // scaled back, as nifti1_io does.
    let length = b * b + c * c + d * d;
    let (a, b, c, d) = if length >= 1.0 {
        let scale = length.sqrt().recip();
        (0.0, b * scale, c * scale, d * scale)
    } else {
        ((1.0 - length).sqrt(), b, c, d)
    };
    let dz = if flip_z { -dz } else { dz };
    let rotation = [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b],
    ];
    std::array::from_fn(|row| {
        let [x, y, z] = rotation[row];
        [x * dx, y * dy, z * dz, offset[row]]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oriented(affine: [[f64; 4]; 3]) -> Option<String> {
        let geometry = Geometry { spacing: vec![1.0; 3], affine: Some(affine) };
        geometry.orientation()
    }

    #[test]
    fn orientation_names_the_direction_of_x_then_y_then_z() {
        let ras = [[2., 0., 0., 5.], [0., 3., 0., 0.], [0., 0., 4., 0.]];
        assert_eq!(oriented(ras).as_deref(), Some("RAS"));
        let lps = [[-1., 0., 0., 0.], [0., -1., 0., 0.], [0., 0., 1., 0.]];
        assert_eq!(oriented(lps).as_deref(), Some("LPS"));
        let sagittal = [[0., 0., -1., 0.], [0.9, 0.1, 0., 0.], [0.1, -0.9, 0., 0.]];
        assert_eq!(oriented(sagittal).as_deref(), Some("AIL"));
        assert_eq!(oriented([[0.; 4]; 3]), None);
    }

    #[test]
    fn the_identity_quaternion_gives_spacing_and_offset() {
        let affine = quaternion_affine([0.; 3], [7., 8., 9.], [1., 2., 3.], true);
        assert_eq!(affine, [[1., 0., 0., 7.], [0., 2., 0., 8.], [0., 0., -3., 9.]]);
    }

    #[test]
    fn a_half_turn_about_z_gives_lps() {
        let affine = quaternion_affine([0., 0., 1.], [0.; 3], [1., 1., 1.], false);
        assert_eq!(oriented(affine).as_deref(), Some("LPS"));
    }
}
