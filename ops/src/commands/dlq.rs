//! `keylease dlq`.

mod drop;
mod entry;
mod list;
mod names;
mod pace;
mod read;
mod reason;
mod replay;
mod requests;
mod summary;
mod text;

use crate::cli::dlq::Dlq;
use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// Runs it.
pub(super) async fn run(dlq: &Dlq, json: bool, surroundings: &Surroundings) -> Result<(), Failure> {
    match dlq {
        Dlq::List { queue } => list::run(queue.as_deref(), json, surroundings).await,
        Dlq::Replay(replay) => replay::run(replay, json, surroundings).await,
        Dlq::Drop(drop) => drop::run(drop, json, surroundings).await,
    }
}
