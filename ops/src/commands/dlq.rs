//! `keylease dlq`.

mod drop;
mod entry;
mod list;
mod names;
mod read;
mod replay;
mod requests;
mod summary;

use crate::cli::dlq::Dlq;
use crate::env::Env;
use crate::failure::Failure;

pub(super) async fn run(dlq: &Dlq, json: bool, env: &Env) -> Result<(), Failure> {
    match dlq {
        Dlq::List { queue } => list::run(queue.as_deref(), json, env).await,
        Dlq::Replay(replay) => replay::run(replay, json, env).await,
        Dlq::Drop(drop) => drop::run(drop, json, env).await,
    }
}
