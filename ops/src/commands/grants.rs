//! `keylease grants`.

use crate::cli::grants::Grants;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(_: &Grants, _: bool, _: &Surroundings) -> Result<(), Failure> {
    Err(Failure::new("not built"))
}
