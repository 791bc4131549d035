//! The steps of one post-processing, and what is said of them.

use std::path::Path;
use std::time::Duration;

use imaging::Scale;
use learner::{PostProcessOptions, Step, StepEntry, Stop, Target};
use serde::Serialize;
use topoloss::ClassPriors;

use crate::crop::Part;
use crate::network::Network;
use crate::term::JsonTerm;
use crate::{name, report, words};

/// The first step, the last one, and the figures of all.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) first: Step,
    pub(crate) last: Step,
    steps: Vec<JsonStep>,
}

#[derive(Debug, Serialize)]
struct JsonStep {
    number: usize,
    similarity: f64,
    total: f64,
    prior_holds: bool,
    #[serde(flatten)]
    entries: JsonEntries,
}

/// What a step says of each prior; of the foreground alone as it was before there were classes.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum JsonEntries {
    One(JsonEntry),
    Several { entries: Vec<JsonSetEntry> },
}

#[derive(Debug, Serialize)]
struct JsonEntry {
    topological: Vec<f64>,
    betti: Vec<usize>,
    bars: Vec<JsonTerm>,
}

#[derive(Debug, Serialize)]
struct JsonSetEntry {
    set: String,
    prior_holds: bool,
    #[serde(flatten)]
    entry: JsonEntry,
}

impl JsonStep {
    fn new(step: &Step, priors: &ClassPriors) -> Self {
        let entries = step.entries.iter().map(JsonEntry::from);
        Self {
            number: step.number,
            similarity: step.similarity,
            total: step.total,
            prior_holds: step.prior_holds,
            entries: match (step.probabilities.dim().0, entries.clone().next()) {
                (1, Some(entry)) => JsonEntries::One(entry),
                _ => {
                    let of = entries.zip(&step.entries).zip(priors.entries());
                    let of = of.map(|((entry, of), prior)| JsonSetEntry {
                        set: prior.set(),
                        prior_holds: of.prior_holds,
                        entry,
                    });
                    JsonEntries::Several { entries: of.collect() }
                }
            },
        }
    }
}

impl From<&StepEntry> for JsonEntry {
    fn from(entry: &StepEntry) -> Self {
        Self {
            topological: entry.topological.clone(),
            betti: entry.betti.clone(),
            bars: entry.terms.iter().map(JsonTerm::from).collect(),
        }
    }
}

impl JsonEntry {
    fn sum(&self) -> f64 {
        self.topological.iter().sum()
    }
}

impl History {
    pub(crate) fn of(step: &Step, priors: &ClassPriors) -> Self {
        Self { first: step.clone(), last: step.clone(), steps: vec![JsonStep::new(step, priors)] }
    }

    /// The next step, or the first one.
    pub(crate) fn push(history: &mut Option<Self>, step: &Step, priors: &ClassPriors) {
        match history {
            None => *history = Some(Self::of(step, priors)),
            Some(history) => {
                history.last = step.clone();
                history.steps.push(JsonStep::new(step, priors));
            }
        }
    }

    /// Whether no rule has ended it.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.last.stop.is_none()
    }

    /// From which step on the prior has held to the end.
    fn holds_since(&self) -> Option<usize> {
        let held = self.steps.iter().rev().take_while(|step| step.prior_holds);
        held.last().map(|step| step.number)
    }
}

/// What was post-processed, and how.
pub(crate) struct About<'a> {
    pub(crate) file: &'a Path,
    pub(crate) model: Option<&'a Network>,
    pub(crate) scale: Scale,
    pub(crate) part: &'a Part,
    pub(crate) priors: &'a ClassPriors,
    pub(crate) options: PostProcessOptions,
    pub(crate) time: Duration,
    pub(crate) folder: &'a Path,
}

#[derive(Serialize)]
struct Json<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_bytes: Option<String>,
    model: Option<&'a str>,
    values: String,
    shape: &'a [usize],
    part: [usize; 4],
    prior: String,
    weights: &'a [f64],
    connectivity: &'static str,
    target: &'static str,
    lambda: f64,
    learning_rate: f64,
    ended: &'static str,
    steps: &'a [JsonStep],
}

impl About<'_> {
    pub(crate) fn json(&self, history: &History) -> Result<Vec<u8>, report::ReportError> {
        report::json(&Json {
            file: name::text(self.file),
            file_bytes: name::bytes(self.file),
            model: self.model.map(|model| model.name.as_str()),
            values: self.scale.to_string(),
            shape: self.part.image.shape(),
            part: self.part.source,
            prior: self.priors.to_string(),
            weights: self.priors.entries()[0].prior().weights(),
            connectivity: words::connectivity(self.options.connectivity),
            target: self.target(),
            lambda: self.options.lambda,
            learning_rate: self.options.learning_rate,
            ended: match history.last.stop {
                Some(Stop::Updates) => "updates",
                Some(Stop::PriorHolds) => "prior-holds",
                Some(Stop::TotalBelow) => "total-below",
                None => "interrupted",
            },
            steps: &history.steps,
        })
    }

    fn target(&self) -> &'static str {
        match self.options.target {
            Target::Weights => "weights",
            Target::Pixels => "pixels",
        }
    }

    pub(crate) fn table(&self, history: &History) -> String {
        let PostProcessOptions { lambda, learning_rate, connectivity, .. } = self.options;
        let mut table = format!("{}  {}", name::shown(self.file), self.scale);
        if let Some(about) = &self.part.about {
            table += &format!("; {about}");
        }
        table += "\n";
        if let Some(model) = self.model {
            table += &format!("{}\n", model.about());
        }
        table += &format!(
            "{}; prior {}\n{} optimised, lambda {lambda}, rate {learning_rate}\n\n{}\n",
            words::connectivity_explained(connectivity, 2),
            self.named(),
            self.target(),
            self.heading(&history.first),
        );
        for step in shown(&history.steps) {
            table += &format!("{:>6}{:>12.6}", step.number, step.similarity);
            match &step.entries {
                JsonEntries::One(entry) => {
                    entry.topological.iter().for_each(|loss| table += &format!("{loss:>12.6}"));
                    table += &format!("{:>12.6}  {}", step.total, words::list(&entry.betti));
                }
                JsonEntries::Several { entries } => {
                    table += &format!("{:>12.6}", step.total);
                    for JsonSetEntry { entry, .. } in entries {
                        table += &format!("  {:>10.6}  {:<9}", entry.sum(), words::list(&entry.betti));
                    }
                }
            }
            table.truncate(table.trim_end().len());
            table += "\n";
        }
        table += &format!("\n{}\n", self.verdict(history));
        let steps = history.steps.len();
        table += &format!("{:.1} ms for each step\n", 1e3 * self.time.as_secs_f64() / steps as f64);
        table + &format!("written to {}\n", name::shown(self.folder))
    }

    fn named(&self) -> String {
        self.priors.named(self.classes()).to_string()
    }

    fn classes(&self) -> &[String] {
        self.model.map_or(&[], |model| &model.record.classes)
    }

    /// What the columns of the table are.
    fn heading(&self, step: &Step) -> String {
        if step.probabilities.dim().0 == 1 {
            return "  step  similarity  components       holes       total  Betti numbers".to_owned();
        }
        let mut heading = "  step  similarity       total".to_owned();
        for entry in self.priors.entries() {
            heading += &format!("  {:<21}", format!("  loss  {}", entry.named_set(self.classes())));
        }
        heading.truncate(heading.trim_end().len());
        heading
    }

    fn verdict(&self, history: &History) -> String {
        let (prior, first) = (self.named(), &history.first);
        let [holds, broken] = match (first.probabilities.dim().0, first.entries.len()) {
            (1, _) => ["holds at 0.5".to_owned(), "does not hold at 0.5".to_owned()],
            _ => {
                let last = self.priors.entries().iter().zip(&history.last.entries);
                let broken = last
                    .filter(|(_, entry)| !entry.prior_holds)
                    .map(|(prior, _)| prior.named_set(self.classes()));
                let broken = broken.collect::<Vec<String>>().join(", ");
                ["holds".to_owned(), format!("does not hold for {broken}")]
            }
        };
        let holds = match history.holds_since() {
            Some(0) => format!("the prior {prior} {holds} from the start"),
            Some(step) => format!("the prior {prior} {holds} since step {step}"),
            None => format!(
                "the prior {prior} {broken}; more --steps, a higher --rate or a higher --lambda may lead there"
            ),
        };
        let ended = match history.last.stop {
            Some(Stop::Updates) => "ended after all updates".to_owned(),
            Some(Stop::PriorHolds) => "ended because it has held for long enough".to_owned(),
            Some(Stop::TotalBelow) => "ended because the total is low enough".to_owned(),
            None => format!("ended by Ctrl-C after step {}", history.last.number),
        };
        format!("{holds}; {ended}")
    }
}

/// About a dozen of the steps, the first and the last among them.
fn shown(steps: &[JsonStep]) -> impl Iterator<Item = &JsonStep> {
    let every = steps.len().div_ceil(12).max(1);
    let last = steps.len().saturating_sub(1);
    steps.iter().enumerate().filter(move |(at, _)| at % every == 0 || *at == last).map(|(_, step)| step)
}
