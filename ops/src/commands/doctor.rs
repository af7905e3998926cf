//! `keylease doctor`.

use crate::cli::doctor::Doctor;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(_: &Doctor, _: bool, _: &Surroundings) -> Result<(), Failure> {
    Err(Failure::new("not built"))
}
