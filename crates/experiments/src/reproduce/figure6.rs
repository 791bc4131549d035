//! Figure 6 of the paper: one corrupted digit, three priors, three digits.

use std::ops::ControlFlow;

use learner::{Pair, PostProcess, PostProcessOptions, Step, StepEntry, UNet};
use topoloss::Prior;

use super::host::Host;
use super::panel::Panel;
use crate::Error;

/// One component with no, one and two holes.
const PRIORS: [[usize; 2]; 3] = [[1, 0], [1, 1], [1, 2]];
/// What tells the picture from others.
pub const TITLE: &str = "One corrupted digit under three priors";

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
            let mut run = PostProcess::new(network, pair.image.view(), prior.clone().into(), options).await?;
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

    let mut panel = Panel::new(TITLE, 2 + PRIORS.len());
    panel.row();
    panel.image("corrupted", pair.image.view());
    let mut text = String::from("prior   Betti numbers at 0.5   similarity   topological loss\n");
    let mut show = |title: &str, step: &Step| {
        for entry in &step.entries {
            panel.image(title, entry.probabilities.view());
            panel.bars(&entry.terms, colours);
        }
    };
    if let Some(before) = &before {
        show("restored", before);
    }
    for (prior, step) in &after {
        show(&format!("prior {prior}"), step);
        let StepEntry { betti, topological, .. } = &step.entries[0];
        let betti = betti.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        text += &format!(
            "{:<8}{betti:<23}{:<13.5}{:.5}\n",
            prior.to_string(),
            step.similarity,
            topological.iter().sum::<f64>()
        );
    }
    let all_hold = after.iter().all(|(_, step)| step.prior_holds);
    Ok(Some(Figure { svg: panel.svg(), text, all_hold }))
}
