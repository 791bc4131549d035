//! `bettiscope repair`: the least change of a mask or map that gives it the topology that it should have.

use std::path::PathBuf;

use clap::ValueEnum;
use imaging::Scale;
use ndarray::{ArrayViewD, IxDyn};
use serde::Serialize;
use topoloss::{Action, Edit, MaskOptions, Outcome, Prior, Repair, RepairOptions, Side, Strategy, Written};

use crate::arguments::{ConnectivityArguments, MapArguments, PriorArguments, threshold_above_0};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::input::tell;
use crate::output::{OutputError, OutputFormat};
use crate::restored::Restored;
use crate::source::Source;
use crate::writer::Writer;
use crate::{name, report, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope repair mask.png --betti 1,1 -o repaired.png
  bettiscope repair labels.nii.gz --betti 1,0,0 -o repaired.nii.gz --format json
  bettiscope repair map.npy --betti '1,*' --strategy bridge-or-cut -o repaired.npy

The ending of OUT says its format: .png, .npy, .tif, .nii or .nii.gz, and .nrrd or .mha for a FILE of that format. In the format that FILE has, all but the repaired \
pixels stays as it is: type, labels, palette, levels, resolution and descriptions, and of NIfTI the header. New \
foreground has the label of the nearest pixel. In another format the type stays if that has it; what is not kept is \
said. With --normalise the map is written as it was normalised, as float32, in PNG 16 bit. OUT is replaced when \
all of the new file is there: an error or Ctrl-C leaves the old one.

JSON: {file, output, shape, connectivity, threshold, prior, strategy, values, betti_before, betti_after, reached, \
changed_pixels, edits: [{action, dimension, feature, side, cost, centre, pixels}]}. Pixels are flat indices in \
row-major (C) order.

Exit codes: 0 repaired, 1 no edit that was found leads further and the prior is not reached (nothing is written), \
2 something could not be done.";

/// The least change that gives a mask or map the right topology
///
/// Removes surplus islands, fills surplus holes, bridges gaps, cuts: edit by edit, each the cheapest that was found.
/// In a map, pixels that change sides get the value of the threshold or the greatest value below it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The mask or map
    file: PathBuf,
    #[command(flatten)]
    prior: PriorArguments,
    /// Where the repaired image is written
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Write over the file that is read, if OUT is that
    #[arg(long)]
    force: bool,
    /// The least value of the foreground of a map; without this option 0.5. A mask has no threshold
    #[arg(long, value_name = "VALUE", value_parser = threshold_above_0, allow_negative_numbers = true)]
    threshold: Option<f32>,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// How surplus features are got rid of
    #[arg(long, default_value = "cheapest")]
    strategy: StrategyName,
    /// What to say about the repair
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    map: MapArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
enum StrategyName {
    /// Whatever changes the fewest pixels
    Cheapest,
    /// Islands are removed, holes, cavities and the openings of handles filled
    FillOrRemove,
    /// Islands are bridged, holes and cavities cut open, handles cut through
    BridgeOrCut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object with all edits
    Json,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let format = OutputFormat::of(&arguments.output)?;
    let writer = arguments.writer();
    writer.check(&arguments.output)?;
    let (source, input) = Source::open(
        &arguments.file,
        &arguments.map.input,
        Some(arguments.prior.betti.dimensions()),
        console,
    )?;
    // Before the work, and not after it.
    format.check_source(source.format).in_file(&arguments.output)?;
    if format == OutputFormat::Png && input.shape().len() != 2 {
        return Err(OutputError::VolumeAsPng).in_file(&arguments.output);
    }
    let scaled = input.map(&arguments.map.options()).in_file(&arguments.file)?;
    tell(&arguments.file, &scaled.remarks, console);
    let options = arguments.options(&scaled.scale);
    if let (true, Some(threshold)) = (scaled.scale.is_mask(), arguments.threshold) {
        console.note(format!(
            "{}: a mask has no threshold, and --threshold {threshold} is not used; --as map makes it a map",
            name::shown(&arguments.file)
        ));
    }
    let repair = watched(scaled.values.view(), &arguments.prior.betti, options, console);
    let repair = repair.in_file(&arguments.file)?;
    let is_reached = repair.outcome == Outcome::Reached;
    if is_reached {
        let restored = Restored {
            source: &source,
            input: &input,
            scale: &scaled.scale,
            before: scaled.values.view(),
            after: repair.array.view(),
            threshold: options.mask.threshold,
        };
        let written = restored.encode(&arguments.output)?;
        writer.write(&arguments.output, &written.bytes)?;
        let output = name::shown(&arguments.output);
        written.notes.iter().for_each(|note| console.note(format!("{output}: {note}")));
    }
    let named = Named { arguments, scale: &scaled.scale, shape: input.shape(), repair: &repair, is_reached };
    let report = match arguments.format {
        Format::Table => named.table().into_bytes(),
        Format::Json => report::json(&named.json())?,
    };
    console.print(&report)?;
    if !is_reached {
        console.error(named.why_not());
        return Ok(Ending::Wrong);
    }
    Ok(Ending::Right)
}

impl Arguments {
    fn options(&self, scale: &Scale) -> RepairOptions {
        let (threshold, written) = if scale.is_mask() {
            (0.5, Written::Values { foreground: 1.0, background: 0.0 })
        } else {
            (self.threshold.unwrap_or(0.5), Written::AtThreshold)
        };
        let strategy = match self.strategy {
            StrategyName::Cheapest => Strategy::Cheapest,
            StrategyName::FillOrRemove => Strategy::FillOrRemove,
            StrategyName::BridgeOrCut => Strategy::BridgeOrCut,
        };
        let mask = MaskOptions { threshold, connectivity: self.connectivity.connectivity };
        RepairOptions { mask, strategy, written }
    }

    fn writer(&self) -> Writer {
        match self.force {
            true => Writer::default(),
            false => Writer::new([&self.file]).with_advice("give another name, or --force to write over it"),
        }
    }
}

/// The repair, and on a terminal how far it is.
fn watched(
    values: ArrayViewD<'_, f32>,
    prior: &Prior,
    options: RepairOptions,
    console: Console,
) -> Result<Repair<IxDyn>, topoloss::Error> {
    let progress = console.working("features");
    let repair = topoloss::repair_watched(values, prior, options, &|error: usize| {
        let all = progress.length().unwrap_or_default().max(error as u64);
        progress.set_length(all);
        progress.set_position(all - error as u64);
    });
    progress.finish_and_clear();
    repair
}

/// A repair and what it is the repair of.
struct Named<'a> {
    arguments: &'a Arguments,
    scale: &'a Scale,
    shape: &'a [usize],
    repair: &'a Repair<IxDyn>,
    is_reached: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_bytes: Option<String>,
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_bytes: Option<String>,
    shape: &'a [usize],
    connectivity: &'static str,
    threshold: Option<f32>,
    prior: String,
    strategy: StrategyName,
    values: String,
    betti_before: &'a [usize],
    betti_after: &'a [usize],
    reached: bool,
    changed_pixels: usize,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    action: &'static str,
    dimension: u8,
    feature: &'static str,
    side: &'static str,
    cost: usize,
    centre: &'a [f64],
    pixels: &'a [u32],
}

impl Named<'_> {
    fn json(&self) -> Json<'_> {
        let arguments = self.arguments;
        Json {
            file: name::text(&arguments.file),
            file_bytes: name::bytes(&arguments.file),
            output: self.is_reached.then(|| name::text(&arguments.output)),
            output_bytes: name::bytes(&arguments.output).filter(|_| self.is_reached),
            shape: self.shape,
            connectivity: words::connectivity(arguments.connectivity.connectivity),
            threshold: (!self.scale.is_mask()).then(|| arguments.threshold.unwrap_or(0.5)),
            prior: arguments.prior.betti.to_string(),
            strategy: arguments.strategy,
            values: self.scale.to_string(),
            betti_before: &self.repair.betti_before,
            betti_after: &self.repair.betti_after,
            reached: self.is_reached,
            changed_pixels: self.repair.changed_pixels,
            edits: self.repair.edits.iter().map(|edit| JsonEdit::new(edit, self.shape.len())).collect(),
        }
    }

    fn table(&self) -> String {
        /// So many edits are shown.
        const MOST: usize = 50;
        let axes = self.shape.len();
        let repair = self.repair;
        let mut table = format!(
            "{}  {}, {}\n{}; prior {}\n\nBetti numbers {} before, {} after; {} changed\n",
            name::shown(&self.arguments.file),
            words::shape(self.shape),
            self.scale,
            words::connectivity_explained(self.arguments.connectivity.connectivity, axes),
            self.arguments.prior.betti,
            words::list(&repair.betti_before),
            words::list(&repair.betti_after),
            words::pixels(repair.changed_pixels, axes),
        );
        if !repair.edits.is_empty() {
            table += "\nedit       cost  feature    at\n";
        }
        for edit in repair.edits.iter().take(MOST) {
            table += &format!(
                "{:<8}{:>7}  {:<10} {}\n",
                word(edit.action),
                edit.cost(),
                words::feature(edit.dimension.into(), axes),
                words::place(&edit.centre),
            );
        }
        if repair.edits.len() > MOST {
            table += &format!("... and {} more (json has all)\n", repair.edits.len() - MOST);
        }
        if self.is_reached {
            table += &format!("\nwritten to {}\n", name::shown(&self.arguments.output));
        }
        table
    }

    fn why_not(&self) -> String {
        format!(
            "{}: the prior {} is not reached, and nothing is written: from Betti numbers {} no edit that was found \
             leads further, because there is no room for so many features, or because --strategy {} forbids the \
             edits that would",
            name::shown(&self.arguments.file),
            self.arguments.prior.betti,
            words::list(&self.repair.betti_after),
            self.arguments
                .strategy
                .to_possible_value()
                .map(|name| name.get_name().to_owned())
                .unwrap_or_default(),
        )
    }
}

impl<'a> JsonEdit<'a> {
    fn new(edit: &'a Edit, axes: usize) -> Self {
        Self {
            action: word(edit.action),
            dimension: edit.dimension,
            feature: words::feature(edit.dimension.into(), axes),
            side: match edit.side {
                Side::Foreground => "foreground",
                Side::Background => "background",
            },
            cost: edit.cost(),
            centre: &edit.centre,
            pixels: &edit.pixels,
        }
    }
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Remove => "remove",
        Action::Fill => "fill",
        Action::Bridge => "bridge",
        Action::Cut => "cut",
        Action::Add => "add",
        Action::Punch => "punch",
    }
}
