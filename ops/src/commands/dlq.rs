//! `keylease dlq`.

use crate::cli::dlq::Dlq;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(_: &Dlq, _: bool, _: &Surroundings) -> Result<(), Failure> {
    Err(Failure::new("not built"))
}
