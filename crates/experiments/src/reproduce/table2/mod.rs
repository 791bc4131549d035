//! Section 4.2 of the paper, table 2: what unlabelled images are good for.
//!
//! In each cell of the table a network learns from few labelled images. Then each method goes on from there, with what else
//! there is, and is measured on images of patients that no network has seen.

mod cases;
mod crf;
mod figure;
mod methods;
mod options;
mod table;

use std::path::Path;
use std::sync::Mutex;

use rayon::prelude::*;

use self::cases::{Cases, Cell};
pub use self::figure::TITLE;
use self::methods::{Bench, Outcome, seed_of_cell};
use self::options::Settings;
pub use self::options::{Learning, Method, Table2Options};
pub use self::table::{Table2, Table2Row};
use super::Finished;
use super::host::Host;
use super::journal::Journal;
use crate::Error;

/// The results, method by method.
pub const JOURNAL: &str = "table2.jsonl";

/// The images, and what is done with them.
pub struct Experiment {
    options: Table2Options,
    cases: Cases,
}

impl Experiment {
    /// An experiment on a folder of the Sunnybrook data, or on phantoms alone.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, a number of the options makes no sense, or a method needs another one that is not asked
    /// for.
    pub fn open(data: Option<&Path>, mut options: Table2Options) -> Result<Self, Error> {
        // At once, and not after hours.
        options.learning.supervised.check()?;
        options.learning.further.check()?;
        // In the order in which they are made and shown.
        options.m.sort();
        options.m.dedup();
        options.labelled.sort();
        options.labelled.dedup();
        options.methods.sort();
        options.methods.dedup();
        let has = |method| options.methods.contains(&method);
        if has(Method::Longer) && !has(Method::Ours) {
            return Err(Error::Needs { method: "longer", needs: "ours" });
        }
        let cases = match data {
            Some(folder) => Cases::of_patients(folder, options.phantoms, options.seed)?,
            None => Cases::of_phantoms(options.phantoms, options.seed),
        };
        Ok(Self { options, cases })
    }

    /// The table: what is missing in the journal is done first, as far as the user wants it.
    ///
    /// # Errors
    ///
    /// If there are too few images, a file cannot be read or written, or something cannot be trained.
    pub fn table(&self, host: &dyn Host) -> Result<Finished<Table2>, Error> {
        let Table2Options { labelled, m, methods, seed, jobs, output, .. } = &self.options;
        let cells = self.cells();
        // At once, and not after hours.
        cells.iter().try_for_each(|&cell| self.cases.of(cell, *seed).map(drop))?;
        let settings = Settings::of(&self.options, self.cases.fingerprint());
        let (journal, mut done) = Journal::open::<_, Outcome>(output.join(JOURNAL), &settings)?;
        done.sort_by_key(Outcome::key);
        done.dedup_by_key(|of| of.key());
        let all = cells.len() * methods.len();
        let before = done.iter().filter(|of| self.is_asked_for(of)).count();
        if before > 0 {
            host.note(&format!("{before} of {all} methods are done already"));
        }
        let progress = host.progress(all, "methods");
        progress.set_position(before as u64);

        let done = Mutex::new(done);
        let threads = jobs.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::Threads(error.to_string()))?;
        let complete = |&cell: &Cell| {
            self.complete(cell, host, &done, |outcome| {
                journal.write(outcome)?;
                progress.inc(1);
                Ok(())
            })
        };
        // One after the other, as cores become free.
        pool.install(|| cells.iter().par_bridge().try_for_each(complete))?;
        progress.finish_and_clear();

        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.retain(|of| self.is_asked_for(of));
        // Threads finish in any order.
        done.sort_by_key(Outcome::key);
        let of_table = m.iter().flat_map(|&m| labelled.iter().map(move |&of| (m, of))).collect::<Vec<_>>();
        let lambda = self.options.learning.further.lambda;
        let table = Table2::new(&of_table, methods, &done, *seed, lambda);
        Ok(Finished { text: table.text(), table, done: done.len(), all })
    }

    /// Figures 9 and 10: two images that are new to the networks of the first cell, as `colours` has the bars of each
    /// dimension; nothing if the networks are not there.
    ///
    /// # Errors
    ///
    /// If a network cannot be read.
    pub fn figure(&self, colours: [&str; 2], host: &dyn Host) -> Result<Option<String>, Error> {
        let Some(&cell) = self.cells().first() else { return Ok(None) };
        let data = self.cases.of(cell, self.options.seed)?;
        let bench = self.bench(cell, &data, host);
        match (bench.kept(Method::Supervised)?, bench.kept(Method::Ours)?) {
            (Some(supervised), Some(ours)) => {
                let [_, supervised] = bench.maps(&supervised)?;
                let [_, ours] = bench.maps(&ours)?;
                figure::draw(&data, &supervised, &ours, colours).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Repeat by repeat, so that an early end leaves whole tables.
    fn cells(&self) -> Vec<Cell> {
        let Table2Options { m, labelled, repeats, .. } = &self.options;
        let of_repeat = |repeat| {
            let of_m = move |&m: &usize| {
                labelled.iter().map(move |&labelled| Cell { m, labelled, repeat }).collect::<Vec<Cell>>()
            };
            m.iter().flat_map(of_m).collect::<Vec<Cell>>()
        };
        (0..*repeats).flat_map(of_repeat).collect()
    }

    fn is_asked_for(&self, of: &Outcome) -> bool {
        let Table2Options { m, labelled, repeats, methods, .. } = &self.options;
        m.contains(&of.m)
            && labelled.contains(&of.labelled)
            && of.repeat < *repeats
            && methods.contains(&of.method)
    }

    /// Does in a cell what is missing, and adds it to what is done.
    fn complete(
        &self,
        cell: Cell,
        host: &dyn Host,
        done: &Mutex<Vec<Outcome>>,
        on_outcome: impl Fn(&Outcome) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let lock = || done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = |method| {
            let key = (cell.m, cell.labelled, cell.repeat, method);
            lock().iter().find(|of| of.key() == key).cloned()
        };
        let methods = self.options.methods.iter().copied();
        let missing = methods.filter(|&method| found(method).is_none()).collect::<Vec<Method>>();
        if missing.is_empty() || host.is_ended() {
            return Ok(());
        }
        let data = self.cases.of(cell, self.options.seed)?;
        let bench = self.bench(cell, &data, host);
        // A network of other settings may lie there where nothing of this cell is in the journal.
        let is_begun = Method::ALL.into_iter().any(|method| found(method).is_some());
        let Some(supervised) = bench.supervised(is_begun)? else { return Ok(()) };
        for method in missing {
            let Some(outcome) = bench.outcome(method, &supervised, found)? else { return Ok(()) };
            on_outcome(&outcome)?;
            lock().push(outcome);
            if host.is_ended() {
                break;
            }
        }
        Ok(())
    }

    fn bench<'a>(&'a self, cell: Cell, data: &'a cases::CellData, host: &'a dyn Host) -> Bench<'a> {
        let Table2Options { seed, learning, output, .. } = &self.options;
        Bench {
            cell,
            data,
            learning: *learning,
            seed: seed_of_cell(cell, *seed),
            folder: output.clone(),
            host,
        }
    }
}
