//! Where the parts of a short-axis phantom are.

use super::heart::HEART_SIZE;
use super::outline::Outline;
use super::stroke::Point;
use crate::random::Random;

/// Where everything is; lengths in pixels.
pub(super) struct Anatomy {
    /// From the left ventricle to the right one, and a quarter turn from there.
    pub(super) to_right: Point,
    pub(super) across: Point,
    pub(super) outer: Outline,
    pub(super) inner: Outline,
    pub(super) right: Outline,
    pub(super) papillary: Vec<Outline>,
    /// How far trabeculae reach into the pool.
    pub(super) trabeculae: f64,
    /// Distance of the chest wall and of the diaphragm from the centre, and where they lie.
    pub(super) chest: (f64, Point),
    pub(super) diaphragm: (f64, Point),
    pub(super) fat: f64,
}

impl Anatomy {
    pub(super) fn new(random: &mut Random) -> Self {
        // The right ventricle is to the left in the image, give or take.
        let tilt = if random.chance(0.15) { random.around_zero(1.6) } else { random.around_zero(0.6) };
        let to_right = at_angle([-1.0, 0.0], tilt);
        let across = [-to_right[1], to_right[0]];
        let middle = 0.5 * HEART_SIZE as f64;
        let centre = [middle + random.around_zero(3.0), middle + random.around_zero(3.0)];

        let radius = random.between(14.0, 31.0);
        let wall = radius * random.between(0.15, 0.42);
        let outer = Outline::new(random, centre, radius, 0.06).stretched(across, random.around_zero(0.08));
        let mut inner = outer.clone();
        inner.radius = radius - wall;
        let shift = random.direction().map(|part| part * 0.12 * wall);
        inner.centre = [centre[0] + shift[0], centre[1] + shift[1]];
        inner = inner.stretched(random.direction(), random.between(0.0, 0.08));

        let right_radius = radius * random.between(0.85, 1.35);
        let apart = radius * random.between(0.75, 1.2);
        let aside = radius * random.around_zero(0.3);
        let right_centre = along(along(centre, to_right, apart), across, aside);
        let right = Outline::new(random, right_centre, right_radius, 0.12)
            .stretched(across, random.between(0.1, 0.3));

        let count = random.count(0, 3);
        let papillary = (0..count).map(|muscle| papillary(muscle, &inner, to_right, random)).collect();
        Self {
            to_right,
            across,
            outer,
            inner,
            right,
            papillary,
            trabeculae: radius * random.between(0.1, 0.6),
            chest: (radius * random.between(1.3, 2.4), at_angle(to_right, random.between(0.2, 1.0))),
            diaphragm: (radius * random.between(1.05, 1.6), at_angle(to_right, random.between(-2.0, -1.2))),
            fat: random.between(0.5, 3.5),
        }
    }

    /// Where the ray from the middle of the pool through `point` meets the inner contour, about.
    pub(super) fn foot(&self, point: Point) -> Point {
        let centre = self.inner.centre;
        let [dx, dy] = [point[0] - centre[0], point[1] - centre[1]];
        let length = (dx * dx + dy * dy).sqrt().max(1e-9);
        along(centre, [dx / length, dy / length], self.inner.radius)
    }

    pub(super) fn in_wall(&self, point: Point) -> bool {
        self.outer.distance(point) <= 0.0 && self.inner.distance(point) > 0.0
    }

    /// Over all directions, along rays from the middle of the pool.
    pub(super) fn thinnest_wall(&self) -> f64 {
        let wall = |step: u8| {
            let direction = at_angle([1.0, 0.0], f64::from(step) * 0.1);
            let inner = -self.inner.distance(along(self.inner.centre, direction, 0.01));
            -self.outer.distance(along(self.inner.centre, direction, inner))
        };
        (0..63).map(wall).fold(f64::INFINITY, f64::min)
    }
}

/// A papillary muscle in the half of the pool that is away from the right ventricle.
fn papillary(muscle: usize, inner: &Outline, to_right: Point, random: &mut Random) -> Outline {
    let side = if muscle.is_multiple_of(2) { 1.0 } else { -1.0 };
    let free_wall = [-to_right[0], -to_right[1]];
    let direction = at_angle(free_wall, side * random.between(0.3, 1.4));
    let radius = inner.radius * random.between(0.1, 0.22);
    let out = inner.radius * random.between(0.5, 0.85);
    Outline::new(random, along(inner.centre, direction, out), radius, 0.35)
}

fn along(from: Point, direction: Point, distance: f64) -> Point {
    [from[0] + distance * direction[0], from[1] + distance * direction[1]]
}

/// `direction` turned by `angle`, in radians, clockwise on the screen.
fn at_angle(direction: Point, angle: f64) -> Point {
    let (sine, cosine) = libm::sincos(angle);
    let [x, y] = direction;
    [cosine * x - sine * y, sine * x + cosine * y]
}
