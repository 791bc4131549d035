//! The experiments of the paper (Clough et al. 2020, section 4), those after which defaults were chosen, and the training
//! of the networks that the program brings along. Nothing that a user of the method needs is in here.
//!
//! - [`data`] reads data sets as they lie in folders;
//! - [`courses`] says what a network learns from and how it is measured, [`figures`] measures it, and a [`Record`] tells
//!   about it;
//! - [`reproduce`] makes the experiments, for a [`Host`](reproduce::Host) that talks to the user;
//! - [`significance`] has the tests of paired results, [`seeds`] what all of this is drawn by.
//!
//! The same seed gives the same samples, networks and results on every platform.

pub mod courses;
pub mod data;
mod error;
pub mod figures;
mod labels;
mod record;
pub mod reproduce;
pub mod seeds;
pub mod significance;

pub use error::Error;
pub use record::{Record, command};
