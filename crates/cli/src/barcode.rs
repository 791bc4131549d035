//! `bettiscope barcode`: the bars of an image, as a table, for machines, or as a picture.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use imaging::{Beyond, Scale};
use persistence::{Bar, Barcode, Filtration, Options, barcode};
use serde::Serialize;

use crate::arguments::{ConnectivityArguments, MapArguments, OutputArguments, length};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::input::{self, Input};
use crate::picture::Picture;
use crate::writer::Writer;
use crate::{name, raster, report, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope barcode map.png
  bettiscope barcode map.npy --min-length 0.05 --format csv
  bettiscope barcode volume.nii.gz --connectivity v --normalise minmax --format json
  bettiscope barcode map.png -o barcode.svg

JSON: {file, shape, connectivity, filtration, values, min_length, bars: [{dimension, birth, death, birth_index, \
death_index}]}. Indices are flat, in row-major (C) order. The essential bar, the component that lives for ever, has \
death_index null; its death is 0 under superlevel filtration (or the least value, if that is below 0). JSON has no \
infinity: null stands for it, as for the death of the essential bar under sublevel filtration. CSV says inf.";

/// The barcode of an image or volume
///
/// Every component, hole, handle and cavity that exists at some threshold is a bar from its birth to its death.
/// Bars of length 0 are left out. In each dimension the essential bar comes first, then the longest.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The image or volume
    file: PathBuf,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// Which way the threshold moves
    #[arg(long, value_name = "WAY", default_value = "superlevel")]
    filtration: Way,
    /// Leave out bars that are shorter
    #[arg(long, value_name = "L", default_value = "0", value_parser = length, allow_negative_numbers = true)]
    min_length: f32,
    /// What to write; without this option what the ending of the output file says, or a table
    #[arg(long)]
    format: Option<Format>,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    map: MapArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// It falls: the set of pixels of at least the threshold grows
    Superlevel,
    /// It rises: the set of pixels of at most the threshold grows
    Sublevel,
}

/// A picture for a terminal.
#[derive(Debug, thiserror::Error)]
#[error("a PNG is binary: write it to a file with -o FILE.png, or redirect the output")]
struct BinaryToTerminal;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: at most 20 bars per dimension
    Table,
    /// One object with all bars
    Json,
    /// One line per bar
    Csv,
    /// The picture of the barcode, as a drawing
    Svg,
    /// The picture of the barcode, in pixels
    Png,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let format = arguments.format();
    let output = arguments.output.output.as_deref();
    if format == Format::Png && output.is_none() && console.prints_to_terminal() {
        return Err(BinaryToTerminal.into());
    }
    let writer = Writer::new([&arguments.file]);
    output.map_or(Ok(()), |path| writer.check(path))?;
    let input = Input::open(&arguments.file, &arguments.map.input, None, console)?;
    let mut map_options = arguments.map.options();
    if !arguments.map.clamp {
        // A barcode is one of any values.
        map_options.beyond = Beyond::Keep;
    }
    let scaled = input.into_map(&map_options).in_file(&arguments.file)?;
    input::tell(&arguments.file, &scaled.remarks, console);
    let options = Options {
        connectivity: arguments.connectivity.connectivity,
        filtration: match arguments.filtration {
            Way::Superlevel => Filtration::Superlevel,
            Way::Sublevel => Filtration::Sublevel,
        },
    };
    let barcode = barcode(scaled.values.view(), options).in_file(&arguments.file)?;
    let named = Named {
        file: &arguments.file,
        scale: scaled.scale,
        min_length: arguments.min_length,
        bars: barcode.at_least(arguments.min_length).copied().collect(),
        barcode,
    };
    let bytes = match format {
        Format::Table => named.table().into_bytes(),
        Format::Json => named.json()?,
        Format::Csv => named.csv()?,
        Format::Svg => named.picture().svg().into_bytes(),
        Format::Png => raster::png(&named.picture().svg())?,
    };
    report::deliver(&bytes, output, &writer, console)?;
    Ok(Ending::Right)
}

impl Arguments {
    fn format(&self) -> Format {
        let of_ending = || {
            let ending = self.output.output.as_ref()?.extension()?.to_str()?.to_ascii_lowercase();
            match ending.as_str() {
                "json" => Some(Format::Json),
                "csv" => Some(Format::Csv),
                "svg" => Some(Format::Svg),
                "png" => Some(Format::Png),
                _ => None,
            }
        };
        self.format.or_else(of_ending).unwrap_or(Format::Table)
    }
}

/// A barcode and what it is the barcode of.
struct Named<'a> {
    file: &'a Path,
    scale: Scale,
    min_length: f32,
    /// The bars that are long enough.
    bars: Vec<Bar>,
    barcode: Barcode,
}

#[derive(Serialize)]
struct Json<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_bytes: Option<String>,
    shape: &'a [usize],
    connectivity: &'static str,
    filtration: &'static str,
    values: String,
    min_length: f32,
    bars: Vec<JsonBar>,
}

#[derive(Serialize)]
struct JsonBar {
    dimension: u8,
    birth: f32,
    death: f32,
    birth_index: u32,
    death_index: Option<u32>,
}

#[derive(Serialize)]
struct CsvBar {
    dimension: u8,
    birth: f32,
    death: f32,
    length: f32,
    birth_index: u32,
    death_index: Option<u32>,
    connectivity: &'static str,
    filtration: &'static str,
}

impl Named<'_> {
    /// The most bars of a dimension that a table shows.
    const MOST_IN_TABLE: usize = 20;

    fn json(&self) -> Result<Vec<u8>, report::ReportError> {
        let options = self.barcode.options();
        report::json(&Json {
            file: name::text(self.file),
            file_bytes: name::bytes(self.file),
            shape: self.barcode.shape(),
            connectivity: words::connectivity(options.connectivity),
            filtration: words::filtration(options.filtration),
            values: self.scale.to_string(),
            min_length: self.min_length,
            bars: self.bars.iter().copied().map(JsonBar::from).collect(),
        })
    }

    fn csv(&self) -> Result<Vec<u8>, report::ReportError> {
        let names = [
            "dimension",
            "birth",
            "death",
            "length",
            "birth_index",
            "death_index",
            "connectivity",
            "filtration",
        ];
        let options = self.barcode.options();
        let row = |bar: &Bar| CsvBar {
            dimension: bar.dimension,
            birth: bar.birth,
            death: bar.death,
            length: bar.length(),
            birth_index: bar.birth_index,
            death_index: bar.death_index,
            connectivity: words::connectivity(options.connectivity),
            filtration: words::filtration(options.filtration),
        };
        report::csv(&names, self.bars.iter().map(row))
    }

    fn picture(&self) -> Picture<'_> {
        let name = name::shown(self.file.file_name().unwrap_or(self.file.as_os_str()).as_ref());
        Picture {
            name,
            shape: self.barcode.shape(),
            options: self.barcode.options(),
            min_length: self.min_length,
            bars: &self.bars,
        }
    }

    fn table(&self) -> String {
        let shape = self.barcode.shape();
        let axes = shape.len();
        let options = self.barcode.options();
        let mut table = format!(
            "{}  {}, {}\n{}; {} filtration\n",
            name::shown(self.file),
            words::shape(shape),
            self.scale,
            words::connectivity_explained(options.connectivity, axes),
            words::filtration(options.filtration),
        );
        for dimension in 0..axes {
            let of_dimension = |bar: &&Bar| usize::from(bar.dimension) == dimension;
            let bars: Vec<&Bar> = self.bars.iter().filter(of_dimension).collect();
            table += &format!("\n{} (dimension {dimension})\n", words::count(bars.len(), dimension, axes));
            if bars.is_empty() {
                continue;
            }
            table += "      birth      death     length  born at             dies at\n";
            for bar in bars.iter().take(Self::MOST_IN_TABLE) {
                let place = |index| words::position(index, shape);
                table += &format!(
                    "{:>11}{:>11}{:>11}  {:<18}  {}\n",
                    words::value(bar.birth),
                    words::value(bar.death),
                    words::value(bar.length()),
                    place(bar.birth_index),
                    bar.death_index.map_or_else(|| "never (essential)".to_owned(), place),
                );
            }
            if let Some(next) = bars.get(Self::MOST_IN_TABLE) {
                let more = bars.len() - Self::MOST_IN_TABLE;
                let longest = words::value(next.length());
                table +=
                    &format!("  ... and {more} more of length {longest} or less (json and csv have all)\n");
            }
        }
        table
    }
}

impl From<Bar> for JsonBar {
    fn from(bar: Bar) -> Self {
        Self {
            dimension: bar.dimension,
            birth: bar.birth,
            death: bar.death,
            birth_index: bar.birth_index,
            death_index: bar.death_index,
        }
    }
}
