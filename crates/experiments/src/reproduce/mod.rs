//! The experiments: samples are post-processed one by one, what comes of each is written down, and tables are made of it.

mod comparison;
mod digits;
pub mod figure6;
mod host;
mod journal;
mod masks;
pub mod mnist;
mod networks;
mod options;
mod panel;
pub mod shapes;
pub mod sunnybrook;
mod table1;
pub mod table2;
mod trials;

pub use digits::Origin;
pub use host::{Host, HostError};
pub use masks::{MaskRow, MaskTable};
pub use options::{End, RunOptions, Setting};
pub use table1::{Row, Table};
pub use trials::Finished;
