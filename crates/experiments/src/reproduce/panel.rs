//! Pictures for publication: images in rows, their barcodes below them.

use std::fmt::Write;

use ndarray::ArrayView2;
use topoloss::Term;

/// The side of an image in the picture, and the space beside it.
const SIDE: f64 = 168.0;
const GAP: f64 = 24.0;
const BARS: f64 = 120.0;
const TOP: f64 = 44.0;
const ROW: f64 = TOP + SIDE + GAP + BARS;

/// Images in rows of so many, their barcodes below.
pub(super) struct Panel {
    title: &'static str,
    of_row: usize,
    body: String,
    rows: usize,
    /// Of the last row.
    columns: usize,
    /// What the colours of bars mean, once there are bars.
    legend: String,
}

impl Panel {
    /// An empty picture.
    pub(super) fn new(title: &'static str, of_row: usize) -> Self {
        Self { title, of_row, body: String::new(), rows: 0, columns: 0, legend: String::new() }
    }

    /// Begins the next row.
    pub(super) fn row(&mut self) {
        self.rows += 1;
        self.columns = 0;
    }

    /// The left border of the last column.
    fn left(&self) -> f64 {
        GAP + (self.columns - 1) as f64 * (SIDE + GAP)
    }

    /// The upper border of the images of the last row.
    fn top(&self) -> f64 {
        (self.rows - 1) as f64 * ROW + TOP
    }

    /// The next column: an image with 0 black and 1 white.
    pub(super) fn image(&mut self, title: &str, image: ArrayView2<f32>) {
        self.columns += 1;
        let (left, top) = (self.left(), self.top());
        let (rows, columns) = image.dim();
        let (height, width) = (SIDE / rows as f64, SIDE / columns as f64);
        let _ = writeln!(self.body, "<text x=\"{left}\" y=\"{}\">{title}</text>", top - 14.0);
        let _ = writeln!(
            self.body,
            "<g shape-rendering=\"crispEdges\"><rect x=\"{left}\" y=\"{top}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"#000000\"/>"
        );
        for ((row, column), &value) in image.indexed_iter() {
            let grey = (255.0 * value.clamp(0.0, 1.0)).round() as u8;
            if grey > 0 {
                let (x, y) = (left + column as f64 * width, top + row as f64 * height);
                let _ = writeln!(
                    self.body,
                    "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" \
                     fill=\"#{grey:02x}{grey:02x}{grey:02x}\"/>"
                );
            }
        }
        self.body += "</g>\n";
    }

    /// The longest bars of a map below the last image, the threshold falling from 1 on the left to 0 on the right.
    pub(super) fn bars(&mut self, terms: &[Term], colours: [&str; 2]) {
        const MOST: usize = 7;
        let (left, top) = (self.left(), self.top() + SIDE + GAP);
        let mut y = top;
        for (dimension, colour) in colours.iter().enumerate() {
            let bars = terms.iter().map(|term| term.bar);
            for bar in bars.filter(|bar| usize::from(bar.dimension) == dimension).take(MOST) {
                let x = left + SIDE * f64::from(1.0 - bar.birth);
                let length = (SIDE * f64::from(bar.birth - bar.death)).max(0.75);
                let _ = writeln!(
                    self.body,
                    "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{length:.2}\" height=\"5\" fill=\"{colour}\"/>"
                );
                y += 7.0;
            }
            y += 6.0;
        }
        let (right, bottom) = (left + SIDE, top + BARS - 8.0);
        let _ = writeln!(
            self.body,
            "<path d=\"M{left} {bottom}H{right}\" stroke=\"#222222\" fill=\"none\"/>\n<g font-size=\"11\"><text \
             x=\"{left}\" y=\"{0}\">1</text><text x=\"{1}\" y=\"{0}\" text-anchor=\"middle\">threshold</text><text \
             x=\"{right}\" y=\"{0}\" text-anchor=\"end\">0</text></g>",
            bottom + 14.0,
            (left + right) / 2.0
        );
        self.legend = legend(colours);
    }

    /// The whole picture.
    pub(super) fn svg(self) -> String {
        let width = GAP + self.of_row as f64 * (SIDE + GAP);
        let bottom = self.rows as f64 * ROW + GAP;
        let height = if self.legend.is_empty() { bottom } else { bottom + GAP };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
             {height}\" font-family=\"'Noto Sans', 'Helvetica Neue', Arial, sans-serif\" font-size=\"14\" \
             fill=\"#222222\" role=\"img\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" \
             fill=\"#FFFFFF\"/>\n{}<g transform=\"translate({GAP} {bottom})\" font-size=\"11\">{}</g>\n</svg>\n",
            self.title, self.body, self.legend
        )
    }
}

fn legend(colours: [&str; 2]) -> String {
    let entry = |(place, (colour, name)): (usize, (&str, &str))| {
        let x = 110.0 * place as f64;
        let mark = format!("<rect x=\"{x}\" y=\"-6\" width=\"24\" height=\"5\" fill=\"{colour}\"/>");
        mark + &format!("<text x=\"{}\">{name}</text>", x + 30.0)
    };
    colours.into_iter().zip(["components", "holes"]).enumerate().map(entry).collect()
}
