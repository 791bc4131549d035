//! Whether there is room for what an image needs, before it is needed: where memory runs out in the middle of a step,
//! the module stops, and all that is in it is lost.

use learner::UNet;
use topology_wasm::failure::{ErrorCode, Failure};

/// What a network needs at most for each pixel and each channel of its first level, for a map and for a step of
/// post-processing: measured are 49 and 223 bytes at 80x80, and less for larger images.
const SEGMENT: usize = 64;
const STEP: usize = 256;
/// What a step needs for each pixel where the map itself is changed.
const STEP_OF_MAP: usize = 512;

/// An error unless there is room to segment an image.
pub(crate) fn check_segment(network: &UNet, shape: (usize, usize)) -> Result<(), Failure> {
    check(shape, SEGMENT.saturating_mul(network.config().width))
}

/// An error unless there is room for the post-processing of an image.
pub(crate) fn check_step(network: &UNet, shape: (usize, usize)) -> Result<(), Failure> {
    check(shape, STEP.saturating_mul(network.config().width))
}

/// An error unless there is room for the post-processing of a map.
pub(crate) fn check_step_of_map(shape: (usize, usize)) -> Result<(), Failure> {
    check(shape, STEP_OF_MAP)
}

fn check((rows, columns): (usize, usize), bytes_per_pixel: usize) -> Result<(), Failure> {
    // A GPU has memory of its own, and says by itself when there is no more.
    if cfg!(feature = "webgpu") {
        return Ok(());
    }
    let bytes = rows.saturating_mul(columns).saturating_mul(bytes_per_pixel);
    let mut room = Vec::<u8>::new();
    let result = room.try_reserve_exact(bytes);
    std::hint::black_box(&room);
    result.map_err(|_| {
        let message = format!(
            "an image of {rows} rows and {columns} columns needs about {} MB, and there is no memory for it; \
             resample it or take a part",
            bytes / 1_000_000
        );
        Failure::new(ErrorCode::OutOfMemory, message)
    })
}
