//! Figure 6 of the paper: one corrupted digit, three priors, three digits.

use std::fmt::Write;
use std::ops::ControlFlow;

use learner::{Pair, PostProcess, PostProcessOptions, Step, UNet};
use ndarray::ArrayView2;
use topoloss::Prior;

use super::host::Host;
use crate::Error;

/// One component with no, one and two holes.
const PRIORS: [[usize; 2]; 3] = [[1, 0], [1, 1], [1, 2]];
/// The side of an image in the picture, and the space beside it.
const SIDE: f64 = 168.0;
const GAP: f64 = 24.0;
const BARS: f64 = 120.0;
const TOP: f64 = 44.0;

/// What tells the picture from others.
pub const TITLE: &str = "<title>One corrupted digit under three priors</title>";

/// One digit under each of three priors.
#[derive(Debug)]
pub struct Figure {
    /// The picture.
    pub svg: String,
    /// Its numbers, for people.
    pub text: String,
    /// Whether each of the priors holds in the end.
    pub all_hold: bool,
}

/// Post-processes one digit under each prior; nothing if the user ends that. `colours` are those of the bars of each
/// dimension.
pub(super) fn draw(
    network: &UNet,
    pair: &Pair,
    options: PostProcessOptions,
    colours: [&str; 2],
    host: &dyn Host,
) -> Result<Option<Figure>, Error> {
    let progress = host.progress(PRIORS.len() * options.stop.updates, "steps");
    let mut before = None;
    let mut after = Vec::new();
    for betti in PRIORS {
        let prior = Prior::exactly(&betti)?;
        let last = pollster::block_on(async {
            let mut run = PostProcess::new(network, pair.image.view(), prior.clone(), options).await?;
            run.run(|step| {
                before.get_or_insert_with(|| step.clone());
                progress.inc(1);
                if host.is_ended() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .await
        });
        after.push((prior, last?));
        if host.is_ended() {
            progress.finish_and_clear();
            return Ok(None);
        }
    }
    progress.finish_and_clear();

    let mut panel = Panel::new(2 + PRIORS.len());
    panel.image("corrupted", pair.image.view());
    let mut text = String::from("prior   Betti numbers at 0.5   similarity   topological loss\n");
    if let Some(before) = &before {
        panel.image("restored", before.probabilities.view());
        panel.bars(before, colours);
    }
    for (prior, step) in &after {
        panel.image(&format!("prior {prior}"), step.probabilities.view());
        panel.bars(step, colours);
        let betti = step.betti.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        text += &format!(
            "{:<8}{betti:<23}{:<13.5}{:.5}\n",
            prior.to_string(),
            step.similarity,
            step.topological.iter().sum::<f64>()
        );
    }
    let all_hold = after.iter().all(|(_, step)| step.prior_holds);
    Ok(Some(Figure { svg: panel.svg(), text, all_hold }))
}

/// Images in a row, their barcodes below.
struct Panel {
    svg: String,
    columns: usize,
}

impl Panel {
    fn new(columns: usize) -> Self {
        let width = GAP + columns as f64 * (SIDE + GAP);
        let height = TOP + SIDE + GAP + BARS + GAP;
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
             {height}\" font-family=\"'Noto Sans', 'Helvetica Neue', Arial, sans-serif\" font-size=\"14\" \
             fill=\"#222222\" role=\"img\">\n{TITLE}\n<rect \
             width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n"
        );
        Self { svg, columns: 0 }
    }

    /// The left border of the last column.
    fn left(&self) -> f64 {
        GAP + (self.columns - 1) as f64 * (SIDE + GAP)
    }

    /// The next column: an image with 0 black and 1 white.
    fn image(&mut self, title: &str, image: ArrayView2<f32>) {
        self.columns += 1;
        let left = self.left();
        let (rows, columns) = image.dim();
        let (height, width) = (SIDE / rows as f64, SIDE / columns as f64);
        let _ = writeln!(self.svg, "<text x=\"{left}\" y=\"{}\">{title}</text>", TOP - 14.0);
        let _ = writeln!(
            self.svg,
            "<g shape-rendering=\"crispEdges\"><rect x=\"{left}\" y=\"{TOP}\" width=\"{SIDE}\" height=\"{SIDE}\"  fill=\"#000000\"/>"
        );
        for ((row, column), &value) in image.indexed_iter() {
            let grey = (255.0 * value.clamp(0.0, 1.0)).round() as u8;
            if grey > 0 {
                let (x, y) = (left + column as f64 * width, TOP + row as f64 * height);
                let _ = writeln!(
                    self.svg,
                    "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" \
                     fill=\"#{grey:02x}{grey:02x}{grey:02x}\"/>"
                );
            }
        }
        self.svg += "</g>\n";
    }

    /// The longest bars of a step below the last image, the threshold falling from 1 on the left to 0 on the right.
    fn bars(&mut self, step: &Step, colours: [&str; 2]) {
        const MOST: usize = 7;
        let (left, top) = (self.left(), TOP + SIDE + GAP);
        let mut y = top;
        for (dimension, colour) in colours.iter().enumerate() {
            let bars = step.terms.iter().map(|term| term.bar);
            for bar in bars.filter(|bar| usize::from(bar.dimension) == dimension).take(MOST) {
                let x = left + SIDE * f64::from(1.0 - bar.birth);
                let length = (SIDE * f64::from(bar.birth - bar.death)).max(0.75);
                let _ = writeln!(
                    self.svg,
                    "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{length:.2}\" height=\"5\" fill=\"{colour}\"/>"
                );
                y += 7.0;
            }
            y += 6.0;
        }
        let (right, bottom) = (left + SIDE, top + BARS - 8.0);
        let _ = writeln!(
            self.svg,
            "<path d=\"M{left} {bottom}H{right}\" stroke=\"#222222\" fill=\"none\"/>\n<g font-size=\"11\"><text \
             x=\"{left}\" y=\"{0}\">1</text><text x=\"{right}\" y=\"{0}\" text-anchor=\"end\">0</text></g>",
            bottom + 14.0
        );
    }

    fn svg(mut self) -> String {
        self.svg += "</svg>\n";
        self.svg
    }
}
