//! The barcode as the paper draws it: one line per bar, grouped by dimension, longest first.

use std::fmt::Write;

use persistence::{Bar, Filtration, Options};

use crate::words;

/// What is drawn.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) name: String,
    pub(crate) shape: &'a [usize],
    pub(crate) options: Options,
    pub(crate) min_length: f32,
    /// By dimension, in each the essential bar first, then the longest.
    pub(crate) bars: &'a [Bar],
}

/// Components, holes or handles, cavities: the paper's red, green and blue in shades that the colour-blind can tell
/// apart.
pub(crate) const COLOURS: [&str; 3] = ["#D55E00", "#009E73", "#0072B2"];
const INK: &str = "#222222";
const GRID: &str = "#DDDDDD";

const WIDTH: f64 = 760.0;
const LEFT: f64 = 36.0;
const RIGHT: f64 = 724.0;
const TOP: f64 = 76.0;
/// The most bars of one dimension that are drawn.
const MOST: usize = 60;

impl Picture<'_> {
    /// The picture as an SVG file.
    pub(crate) fn svg(&self) -> String {
        let scale = Scale::of(self.bars, self.options.filtration);
        let groups: Vec<Vec<&Bar>> = (0..self.shape.len()).map(|dimension| self.group(dimension)).collect();
        let drawn: usize = groups.iter().map(|group| group.len().min(MOST)).sum();
        // From one bar per 14 units to one per 4, so that a full picture is still not longer than a page.
        let pitch = (360.0 / drawn.max(1) as f64).clamp(4.0, 14.0);

        let mut marks = String::new();
        let mut y = TOP;
        for (dimension, group) in groups.iter().enumerate() {
            self.draw_group(&mut marks, dimension, group, &scale, pitch, &mut y);
        }
        let bottom = y + 4.0;
        let height = bottom + 52.0;

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} \
             {height}\" font-family=\"'Noto Sans', 'Helvetica Neue', Arial, sans-serif\" font-size=\"12\" \
             fill=\"{INK}\" role=\"img\">\n<title>Barcode of {}</title>\n<rect width=\"100%\" height=\"100%\" \
             fill=\"#FFFFFF\"/>\n",
            escaped(&self.name)
        );
        self.draw_heading(&mut svg);
        scale.draw(&mut svg, self.options.filtration, bottom);
        svg += &marks;
        svg += "</svg>\n";
        svg
    }

    fn group(&self, dimension: usize) -> Vec<&Bar> {
        self.bars.iter().filter(|bar| usize::from(bar.dimension) == dimension).collect()
    }

    fn draw_heading(&self, svg: &mut String) {
        let connectivity = words::connectivity_explained(self.options.connectivity, self.shape.len());
        let mut about = format!(
            "{} \u{b7} {connectivity} \u{b7} {} filtration",
            words::shape(self.shape),
            words::filtration(self.options.filtration)
        );
        if self.min_length > 0.0 {
            about += &format!(" \u{b7} bars of at least {}", self.min_length);
        }
        text(svg, LEFT, 26.0, "font-size=\"16\"", &shortened(&self.name));
        text(svg, LEFT, 46.0, "fill=\"#555555\"", &about);
    }

    /// One dimension: a heading with a sample of its colour and the number of bars, then the bars.
    fn draw_group(
        &self,
        svg: &mut String,
        dimension: usize,
        group: &[&Bar],
        scale: &Scale,
        pitch: f64,
        y: &mut f64,
    ) {
        let colour = COLOURS[dimension.min(2)];
        let heading =
            format!("{} (dimension {dimension})", words::count(group.len(), dimension, self.shape.len()));
        let _ = writeln!(svg, "<g class=\"dimension-{dimension}\">");
        let (square, line) = (*y + 1.0, *y + 10.0);
        let _ =
            writeln!(svg, "<rect x=\"{LEFT}\" y=\"{square}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>");
        text(svg, LEFT + 16.0, line, "", &heading);
        *y += 20.0;
        for bar in group.iter().take(MOST) {
            scale.draw_bar(svg, bar, colour, *y, pitch);
            *y += pitch;
        }
        if let Some(next) = group.get(MOST) {
            let more = group.len() - MOST;
            let length = words::value(next.length());
            let rest = format!("... and {more} more of length {length} or less");
            *y += 14.0;
            text(svg, LEFT + 16.0, *y, "fill=\"#555555\"", &rest);
        }
        *y += 16.0;
        *svg += "</g>\n";
    }
}

/// The axis of the thresholds, in the direction of the filtration: births are left of deaths.
#[derive(Debug)]
struct Scale {
    start: f64,
    end: f64,
}

impl Scale {
    /// From 1 to 0 if all ends are there; else what the finite ends need.
    fn of(bars: &[Bar], filtration: Filtration) -> Self {
        let ends = bars.iter().flat_map(|bar| [bar.birth, bar.death]).filter(|end| end.is_finite());
        let (low, high) = ends
            .map(f64::from)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
        let (low, high) = match () {
            () if low > high || (low >= 0.0 && high <= 1.0) => (0.0, 1.0),
            () if low == high => (low - low.abs().max(1.0) / 2.0, high + high.abs().max(1.0) / 2.0),
            () => (low, high),
        };
        match filtration {
            Filtration::Superlevel => Self { start: high, end: low },
            Filtration::Sublevel => Self { start: low, end: high },
        }
    }

    /// Where a threshold is. Infinite ones are at the border.
    fn x(&self, threshold: f32) -> f64 {
        let part = (f64::from(threshold) - self.start) / (self.end - self.start);
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    fn draw(&self, svg: &mut String, filtration: Filtration, bottom: f64) {
        for tick in self.ticks() {
            let x = self.x(tick as f32);
            let _ = writeln!(
                svg,
                "<line x1=\"{x:.2}\" y1=\"{}\" x2=\"{x:.2}\" y2=\"{bottom}\" stroke=\"{GRID}\"/>",
                TOP - 8.0
            );
            text(svg, x, bottom + 18.0, "text-anchor=\"middle\"", &label(tick));
        }
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{bottom}\" x2=\"{RIGHT}\" y2=\"{bottom}\" stroke=\"{INK}\"/>"
        );
        let name = match filtration {
            Filtration::Superlevel => "threshold, falling",
            Filtration::Sublevel => "threshold, rising",
        };
        text(svg, (LEFT + RIGHT) / 2.0, bottom + 40.0, "text-anchor=\"middle\"", name);
    }

    /// Four to nine round numbers between the ends.
    fn ticks(&self) -> Vec<f64> {
        let (low, high) = (self.start.min(self.end), self.start.max(self.end));
        let rough = (high - low) / 8.0;
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|&step| step >= rough);
        let step = step.unwrap_or(rough);
        let (first, last) = ((low / step).ceil(), (high / step + 1e-9).floor());
        let count = (last - first).clamp(0.0, 20.0) as usize;
        (0..=count).map(|number| (first + number as f64) * step).filter(|tick| tick.is_finite()).collect()
    }

    /// A bar; one that does not end within the picture has the head of an arrow there.
    fn draw_bar(&self, svg: &mut String, bar: &Bar, colour: &str, y: f64, pitch: f64) {
        let (from, to) = (self.x(bar.birth), self.x(bar.death));
        let thickness = pitch * 0.6;
        // What is born and dies within a pixel of the picture is still to be seen.
        let width = (to - from).max(0.75);
        let death =
            bar.death_index.map_or_else(|| "never dies".to_owned(), |_| format!("death {}", bar.death));
        let _ = writeln!(
            svg,
            "<rect x=\"{from:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{thickness:.2}\" fill=\"{colour}\">\
             <title>birth {}, {death}</title></rect>",
            bar.birth
        );
        if bar.is_essential() || bar.death.is_infinite() {
            let (tip, middle) = (to + 9.0, y + thickness / 2.0);
            let (upper, lower) = (middle - 5.0, middle + 5.0);
            let _ = writeln!(
                svg,
                "<path d=\"M{to:.2} {upper:.2}L{tip:.2} {middle:.2}L{to:.2} {lower:.2}Z\" fill=\"{colour}\"/>"
            );
        }
    }
}

/// The number of a tick without the noise of binary fractions.
fn label(tick: f64) -> String {
    let magnitude = tick.abs();
    if magnitude < 1e-12 {
        "0".to_owned()
    } else if (1e-3..1e6).contains(&magnitude) {
        let fixed = format!("{tick:.4}");
        fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{tick:.2e}")
    }
}

fn text(svg: &mut String, x: f64, y: f64, attributes: &str, content: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.2}\" y=\"{y:.2}\" {attributes}>{}</text>", escaped(content));
}

/// A name that fits into the width of the picture.
fn shortened(name: &str) -> String {
    const MOST: usize = 70;
    match name.chars().count() {
        length if length > MOST => {
            let head = name.chars().take(MOST / 2);
            head.chain("...".chars()).chain(name.chars().skip(length - MOST / 2)).collect()
        }
        _ => name.to_owned(),
    }
}

/// Text as XML has it; characters that XML cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use persistence::barcode;

    use super::*;

    fn svg(values: ndarray::Array2<f32>, options: Options) -> String {
        let barcode = barcode(values.view(), options).unwrap();
        let name = "a<b>&\"c\"\u{7}.png".to_owned();
        Picture { name, shape: barcode.shape(), options, min_length: 0.0, bars: barcode.bars() }.svg()
    }

    #[test]
    fn the_axis_runs_from_one_to_zero_for_probabilities() {
        let svg = svg(array![[0.9, 0.1, 0.6]], Options::default());
        let at = |tick: &str| svg.find(&format!(">{tick}</text>")).unwrap();
        let x = |tick: &str| {
            let line = svg[..at(tick)].rsplit("<text x=\"").next().unwrap();
            line.split('"').next().unwrap().parse::<f64>().unwrap()
        };
        assert_eq!((x("1"), x("0")), (RIGHT - (RIGHT - LEFT), RIGHT));
        assert!(x("0.8") < x("0.2"));
    }

    #[test]
    fn names_are_escaped() {
        let svg = svg(array![[0.9, 0.1, 0.6]], Options::default());
        assert!(svg.contains("a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}.png"));
    }

    #[test]
    fn any_values_have_a_finite_picture() {
        let infinite = f32::INFINITY;
        for values in [
            array![[5.0, 5.0]],
            array![[infinite, -infinite, infinite]],
            array![[f32::MAX, f32::MIN, 0.0]],
            array![[1e-40, 0.0, 1e-40]],
            array![[16_777_216.0, 16_777_215.0, 16_777_216.0]],
        ] {
            for filtration in [Filtration::Superlevel, Filtration::Sublevel] {
                let svg = svg(values.clone(), Options { filtration, ..Options::default() });
                assert!(!svg.contains("=\"NaN") && !svg.contains("=\"inf"), "{values} {svg}");
            }
        }
    }

    #[test]
    fn thousands_of_bars_are_folded_into_a_line_that_counts_them() {
        let values = ndarray::Array2::from_shape_fn((64, 64), |(y, x)| {
            if y % 2 == 0 && x % 2 == 0 { 0.5 + (y * 64 + x) as f32 / 10_000.0 } else { 0.0 }
        });
        let svg = svg(values, Options::default());
        assert!(svg.contains("1024 components"));
        assert!(svg.contains("... and 964 more of length"));
        assert!(svg.matches("<rect").count() < 120);
    }

    #[test]
    fn ticks_are_round_numbers() {
        let ticks = Scale { start: 1.0, end: 0.0 }.ticks();
        assert_eq!(
            ticks.iter().map(|&tick| label(tick)).collect::<Vec<_>>(),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
        let ticks = Scale { start: -487.0, end: 2984.0 }.ticks();
        assert_eq!(ticks, [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0]);
    }
}
