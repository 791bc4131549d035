//! How the ten digits are written: strokes through points in a box about one unit wide and high,
//! \[x, y\], y pointing down, each with the variants that hands have.
//!
//! Where two strokes meet they share a point, so that bending the plane keeps them together.

use super::stroke::Point;
use crate::random::Random;

/// The strokes of a digit, 0 to 9. `freedom` from 0 (the plainest form) to 1.
pub(super) fn strokes(label: u8, freedom: f64, random: &mut Random) -> Vec<Vec<Point>> {
    let mut hand = Hand { random, freedom };
    match label {
        0 => zero(&mut hand),
        1 => one(&mut hand),
        2 => two(&mut hand),
        3 => three(&mut hand),
        4 => four(&mut hand),
        5 => five(&mut hand),
        6 => six(&mut hand),
        7 => seven(&mut hand),
        8 => eight(&mut hand),
        _ => nine(&mut hand),
    }
}

struct Hand<'a> {
    random: &'a mut Random,
    freedom: f64,
}

impl Hand<'_> {
    /// `middle`, give or take.
    fn near(&mut self, middle: f64, reach: f64) -> f64 {
        middle + self.freedom * self.random.around_zero(reach)
    }

    /// A point, each coordinate give or take.
    fn point(&mut self, x: f64, y: f64, reach: f64) -> Point {
        [self.near(x, reach), self.near(y, reach)]
    }

    fn points(&mut self, points: &[Point], reach: f64) -> Vec<Point> {
        points.iter().map(|&[x, y]| self.point(x, y, reach)).collect()
    }

    fn prefers(&mut self, probability: f64) -> bool {
        self.random.chance(probability * self.freedom)
    }
}

fn zero(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let width = hand.near(0.36, 0.13);
    let start = hand.near(-1.4, 0.7);
    // A hand ends a little beyond, inside or outside the beginning.
    let overlap = hand.near(0.2, 0.2);
    let drift = hand.near(0.0, 0.12);
    let steps = 12;
    let turn = std::f64::consts::TAU + overlap;
    let point = |step: usize| {
        let share = step as f64 / steps as f64;
        let (sine, cosine) = libm::sincos(start - share * turn);
        let radius = 1.0 + drift * share;
        [0.5 + width * radius * cosine, 0.5 + 0.5 * radius * sine]
    };
    vec![(0..=steps).map(point).collect()]
}

fn one(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let top = hand.point(0.5, 0.0, 0.04);
    let bottom = hand.point(0.5, 1.0, 0.04);
    let middle = hand.point(0.5, 0.5, 0.03);
    let mut strokes = vec![vec![top, middle, bottom]];
    if hand.prefers(0.15) {
        strokes.push(vec![hand.point(0.3, 0.22, 0.06), top]);
        if hand.prefers(0.5) {
            strokes.push(vec![hand.point(0.22, 1.0, 0.06), bottom, hand.point(0.78, 1.0, 0.06)]);
        }
    }
    strokes
}

fn two(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let corner = hand.point(0.12, 0.95, 0.06);
    let mut arc = hand.points(&[[0.12, 0.24], [0.32, 0.03], [0.66, 0.03], [0.82, 0.26]], 0.06);
    arc.extend([hand.point(0.6, 0.58, 0.06), corner]);
    let base = match hand.prefers(0.5) {
        true => hand.points(&[[0.36, 0.84], [0.62, 0.96], [0.95, 0.88]], 0.05),
        false => hand.points(&[[0.5, 0.95], [0.92, 0.95]], 0.06),
    };
    vec![arc, [vec![corner], base].concat()]
}

fn three(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let waist = hand.point(0.38, 0.46, 0.06);
    let upper = match hand.prefers(0.25) {
        true => hand.points(&[[0.12, 0.05], [0.48, 0.03], [0.8, 0.04], [0.62, 0.24]], 0.04),
        false => hand.points(&[[0.1, 0.14], [0.36, 0.0], [0.72, 0.1], [0.68, 0.34]], 0.05),
    };
    let lower = hand.points(&[[0.72, 0.54], [0.82, 0.78], [0.5, 1.0], [0.06, 0.9]], 0.06);
    vec![[upper, vec![waist]].concat(), [vec![waist], lower].concat()]
}

fn four(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let corner = hand.point(0.08, 0.56, 0.06);
    let down = vec![hand.point(0.2, 0.02, 0.08), hand.point(0.12, 0.36, 0.05), corner];
    let crossing = hand.point(0.68, 0.54, 0.06);
    let bar = vec![corner, crossing, hand.point(0.92, 0.51, 0.08)];
    let stem = vec![hand.point(0.74, 0.04, 0.08), crossing, hand.point(0.64, 1.0, 0.06)];
    vec![down, bar, stem]
}

fn five(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let shoulder = hand.point(0.26, 0.04, 0.06);
    let waist = hand.point(0.18, 0.44, 0.05);
    let belly = hand.points(&[[0.5, 0.36], [0.82, 0.56], [0.74, 0.88], [0.4, 1.0], [0.06, 0.9]], 0.05);
    let bar = vec![shoulder, hand.point(0.56, 0.03, 0.03), hand.point(0.9, 0.0, 0.08)];
    if hand.prefers(0.3) {
        // Without a corner at the shoulder.
        let top: Vec<Point> = bar.into_iter().rev().collect();
        return vec![[top, vec![waist], belly].concat()];
    }
    vec![vec![shoulder, waist], [vec![waist], belly].concat(), bar]
}

fn six(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let stem = hand.points(&[[0.7, 0.0], [0.4, 0.2], [0.2, 0.5]], 0.07);
    let close = hand.point(0.15, 0.75, 0.04);
    let bowl = hand.points(&[[0.28, 0.96], [0.6, 0.98], [0.82, 0.74], [0.6, 0.52], [0.36, 0.61]], 0.05);
    vec![[stem, vec![close], bowl, vec![close]].concat()]
}

fn seven(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let corner = hand.point(0.86, 0.06, 0.05);
    let mut top = vec![hand.point(0.1, 0.08, 0.06), hand.point(0.5, 0.05, 0.04), corner];
    if hand.prefers(0.2) {
        top.insert(0, hand.point(0.1, 0.24, 0.05));
    }
    let leg = vec![corner, hand.point(0.62, 0.48, 0.07), hand.point(0.44, 1.0, 0.1)];
    let mut strokes = vec![top, leg];
    if hand.prefers(0.2) {
        strokes.push(vec![hand.point(0.36, 0.52, 0.05), hand.point(0.86, 0.48, 0.05)]);
    }
    strokes
}

fn eight(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let start = hand.point(0.74, 0.12, 0.05);
    let [down, up] = [hand.point(0.5, 0.48, 0.05), hand.point(0.5, 0.48, 0.03)];
    let left_top = hand.points(&[[0.46, 0.0], [0.22, 0.2]], 0.05);
    let bowl = hand.points(&[[0.8, 0.74], [0.52, 1.0], [0.2, 0.78]], 0.06);
    let back = hand.point(0.76, 0.26, 0.04);
    vec![[vec![start], left_top, vec![down], bowl, vec![up, back, start]].concat()]
}

fn nine(hand: &mut Hand<'_>) -> Vec<Vec<Point>> {
    let close = hand.point(0.78, 0.2, 0.04);
    let bowl = hand.points(&[[0.5, 0.02], [0.2, 0.2], [0.26, 0.44], [0.56, 0.46]], 0.05);
    let tail = match hand.prefers(0.3) {
        true => hand.points(&[[0.76, 0.6], [0.6, 0.95], [0.22, 0.96]], 0.06),
        false => hand.points(&[[0.74, 0.56], [0.64, 1.0]], 0.07),
    };
    vec![[vec![close], bowl, vec![close]].concat(), [vec![close], tail].concat()]
}
