//! Strokes of a pen: smooth curves through points, with a width that varies with pressure.

/// A point, \[x, y\], y pointing down.
pub(super) type Point = [f64; 2];

/// A piece of a drawn line: two ends, each with the pen's radius there.
pub(super) struct Segment {
    ends: [Point; 2],
    radii: [f64; 2],
}

/// Points of the curve through `points` (a uniform Catmull-Rom spline), `steps` to
/// each interval. The curve starts and ends at the first and the last point.
pub(super) fn curve(points: &[Point], steps: usize) -> Vec<Point> {
    let Some((&first, &last)) = points.first().zip(points.last()) else {
        return Vec::new();
    };
    let mut curve = vec![first];
    for index in 1..points.len() {
        let before = points[index.saturating_sub(2)];
        let (from, to) = (points[index - 1], points[index]);
        let after = points.get(index + 1).copied().unwrap_or(last);
        for step in 1..=steps {
            let t = step as f64 / steps as f64;
            curve.push(std::array::from_fn(|axis| {
                let (a, b, c, d) = (before[axis], from[axis], to[axis], after[axis]);
                let linear = c - a;
                let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
                let cube = 3.0 * (b - c) + d - a;
                b + 0.5 * t * (linear + t * (square + t * cube))
            }));
        }
    }
    curve
}

/// The segments of a line, with the pen's radius at each of its points.
pub(super) fn segments(line: &[(Point, f64)]) -> impl Iterator<Item = Segment> {
    line.windows(2).map(|pair| Segment { ends: [pair[0].0, pair[1].0], radii: [pair[0].1, pair[1].1] })
}

impl Segment {
    /// How far `point` lies outside the ink of this segment; negative inside.
    pub(super) fn distance(&self, point: Point) -> f64 {
        let [from, to] = self.ends;
        let along = [to[0] - from[0], to[1] - from[1]];
        let offset = [point[0] - from[0], point[1] - from[1]];
        let square = along[0] * along[0] + along[1] * along[1];
        let share = match square > 0.0 {
            true => ((offset[0] * along[0] + offset[1] * along[1]) / square).clamp(0.0, 1.0),
            false => 0.0,
        };
        let [dx, dy] = [offset[0] - share * along[0], offset[1] - share * along[1]];
        (dx * dx + dy * dy).sqrt() - (self.radii[0] + share * (self.radii[1] - self.radii[0]))
    }
}
