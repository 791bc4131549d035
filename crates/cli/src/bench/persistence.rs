//! `bettiscope bench persistence`: how much time and memory barcodes take.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use ndarray::{Array, ArrayD, ArrayViewD};
use persistence::{Barcode, Filtration, Options, Workspace};
use serde::Serialize;

use crate::arguments::{ConnectivityArguments, InputArguments};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::input::Input;
use crate::report;

const EXAMPLES: &str = "\
Examples:
  bettiscope bench persistence volume.npy
  bettiscope bench persistence --batch --connectivity v images.npy

JSON: {cpu_s: least CPU seconds of the process in one whole call, bars: [n0, n1, n2], sum: [l0, l1, l2], peak_mb}. \
The numbers of bars and the sums of their lengths are over bars of finite length, without the essential one. peak_mb \
is the peak of resident memory in the first call minus that before it; null where the system does not tell.";

/// Time superlevel barcodes, with the pixels of all bars
///
/// After a warm-up on a tiny input, whole calls from the array to the barcode are timed, in one thread: at least 5
/// of them, or as many as fit into 60 seconds. Working memory is kept from one call to the next, as in an optimisation.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// An image or volume; its values are taken as they are
    file: PathBuf,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// The first axis runs over images, computed one after the other in the same memory
    #[arg(long)]
    batch: bool,
}

#[derive(Serialize)]
struct Report {
    cpu_s: f64,
    bars: [usize; 3],
    sum: [f64; 3],
    peak_mb: Option<f64>,
}

pub(super) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let values = Input::open(&arguments.file, &InputArguments::whole(), None, console)?.values().into_owned();
    let mut job = Job {
        options: Options {
            connectivity: arguments.connectivity.connectivity,
            filtration: Filtration::Superlevel,
        },
        is_batch: arguments.batch,
        workspace: Workspace::new(),
        barcode: Barcode::default(),
    };
    let report = job.measure(&values).in_file(&arguments.file)?;
    console.print(&report::json(&report)?)?;
    Ok(Ending::Right)
}

/// What is timed, and its memory.
struct Job {
    options: Options,
    is_batch: bool,
    workspace: Workspace,
    barcode: Barcode,
}

impl Job {
    const LEAST_CALLS: usize = 5;
    const MOST_TIME: Duration = Duration::from_secs(60);

    fn measure(&mut self, values: &ArrayD<f32>) -> Result<Report, persistence::Error> {
        let warm_up = Array::from_shape_fn((5, 6, 7), |(z, y, x)| ((31 * z + 17 * y + 7 * x) % 13) as f32);
        self.compute(warm_up.view().into_dyn(), |_| {})?;

        let mut report = Report { cpu_s: f64::INFINITY, bars: [0; 3], sum: [0.0; 3], peak_mb: None };
        let before = resident_before();
        let start = Instant::now();
        for call in 0..Self::LEAST_CALLS {
            if call > 0 && start.elapsed() > Self::MOST_TIME {
                break;
            }
            let timer = ProcessTime::now();
            self.compute(values.view(), |_| {})?;
            report.cpu_s = report.cpu_s.min(timer.elapsed().as_secs_f64());
            if call == 0 {
                report.peak_mb = before.and_then(|before| Some(status_mb("VmHWM:")? - before));
            }
        }
        self.compute(values.view(), |barcode| report.add(barcode))?;
        Ok(report)
    }

    /// One whole call.
    fn compute(
        &mut self,
        values: ArrayViewD<'_, f32>,
        mut visit: impl FnMut(&Barcode),
    ) -> Result<(), persistence::Error> {
        let images = if self.is_batch { values.outer_iter().collect() } else { vec![values] };
        for image in images {
            self.workspace.compute(image, self.options, &mut self.barcode)?;
            visit(&self.barcode);
        }
        Ok(())
    }
}

impl Report {
    fn add(&mut self, barcode: &Barcode) {
        for bar in barcode.bars().iter().filter(|bar| !bar.is_essential() && bar.length().is_finite()) {
            let dimension = usize::from(bar.dimension);
            self.bars[dimension] += 1;
            self.sum[dimension] += (f64::from(bar.birth) - f64::from(bar.death)).abs();
        }
    }
}

/// Starts to watch for a new peak of resident memory; what is resident now.
fn resident_before() -> Option<f64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    status_mb("VmRSS:")
}

/// A field of `/proc/self/status`, which is in kB.
fn status_mb(field: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kilobytes: f64 = value.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
