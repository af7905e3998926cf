//! `keylease projects`.

use crate::cli::projects::Projects;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(_: &Projects, _: bool, _: &Surroundings) -> Result<(), Failure> {
    Err(Failure::new("not built"))
}
