//! The errors of the learner as failures with a code.

use learner::{Error, ForeignBytes};
use topology_wasm::failure::{ErrorCode, Failure};

/// The failure that an error of the learner is.
pub fn failure(error: Error) -> Failure {
    let code = match &error {
        Error::Network { .. } | Error::Shape { .. } | Error::Option { .. } | Error::OneClass { .. } => {
            ErrorCode::BadArgument
        }
        Error::EmptyImage { .. } => ErrorCode::Empty,
        Error::NotFinite { .. } => ErrorCode::NotFinite,
        Error::NotAProbability { .. } => ErrorCode::OutOfRange,
        Error::Prior { .. } => ErrorCode::PriorDimensions,
        Error::Diverged { .. } | Error::Overflow { .. } => ErrorCode::Diverged,
        Error::Foreign(ForeignBytes::Kind { .. }) | Error::ForeignRun(ForeignBytes::Kind { .. }) => {
            ErrorCode::UnsupportedFormat
        }
        Error::Foreign(_) | Error::ForeignRun(_) => ErrorCode::Malformed,
        Error::Device { .. } => ErrorCode::DeviceLost,
        Error::Topology(topology) => return of_topology(topology.clone()),
        _ => ErrorCode::Other,
    };
    Failure::new(code, error)
}

/// The map is checked before a run begins; what becomes no number later are the weights.
fn of_topology(error: topoloss::Error) -> Failure {
    if matches!(error, topoloss::Error::NoSuchClass { .. }) {
        return Failure::new(ErrorCode::BadArgument, error);
    }
    let failure = Failure::from(error);
    if failure.code != ErrorCode::NotANumber {
        return failure;
    }
    let message =
        format!("the weights have diverged ({}): try a lower learning rate or lambda", failure.message);
    Failure::new(ErrorCode::Diverged, message)
}
