//! `keylease audit`.

use crate::cli::audit::Audit;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(_: &Audit, _: bool, _: &Surroundings) -> Result<(), Failure> {
    Err(Failure::new("not built"))
}
