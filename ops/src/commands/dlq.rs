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
use crate::env::Env;
use crate::failure::Failure;

/// Runs it.
pub(super) async fn run(dlq: &Dlq, json: bool, env: &Env) -> Result<(), Failure> {
    match dlq {
        Dlq::List { queue } => list::run(queue.as_deref(), json, env).await,
        Dlq::Replay(replay) => replay::run(replay, json, env).await,
        Dlq::Drop(drop) => drop::run(drop, json, env).await,
    }
}
