//! Smooth random fields: the textures of tissue and paper, and the unsteadiness of a hand.

use crate::random::Random;

/// Random values in \[-1, 1\] on a lattice, smoothly interpolated between its points.
pub(crate) struct Field {
    values: Vec<f64>,
    side: usize,
    cell: f64,
}

impl Field {
    /// A field over the square from 0 to `size` pixels, with lattice points `cell` pixels apart.
    pub(crate) fn new(random: &mut Random, size: usize, cell: f64) -> Self {
        let side = (size as f64 / cell).ceil() as usize + 2;
        let values = (0..side * side).map(|_| random.around_zero(1.0)).collect();
        Self { values, side, cell }
    }

    /// The value at `point` (\[x, y\]); outside the square that of the nearest edge.
    pub(crate) fn at(&self, point: [f64; 2]) -> f64 {
        let [x, y] = point.map(|along| (along / self.cell).clamp(0.0, (self.side - 1) as f64 - 1e-9));
        let (column, row) = (x.floor(), y.floor());
        let (to_right, to_below) = (smooth(x - column), smooth(y - row));
        let corner = row as usize * self.side + column as usize;
        let mix = |left: f64, right: f64, share: f64| left + (right - left) * share;
        let above = mix(self.values[corner], self.values[corner + 1], to_right);
        let below = mix(self.values[corner + self.side], self.values[corner + self.side + 1], to_right);
        mix(above, below, to_below)
    }
}

/// From 0 to 1 with slope 0 at both ends.
pub(crate) fn smooth(share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
