//! Finds what was left over, in the table and, independently of it, in IAM. It runs every five minutes.
//!
//! One bad item never stops the rest, and neither half needs the other: with the table down, a user whose own tag says
//! that its time is over still goes.

mod requests;
mod users;

use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;

/// What a sweep saw and did.
#[derive(Debug, Default)]
struct Tally {
    seen: u64,
    mended: u64,
    /// The first failure that may pass, so that the sweep is tried again before the next one is due.
    failed: Option<Failure>,
}

impl Tally {
    /// Takes in how one item went. `what` names it in the log.
    fn add(&mut self, what: &str, outcome: Result<bool, Failure>) {
        self.seen += 1;
        match outcome {
            Ok(true) => self.mended += 1,
            // A grant that is not over yet is no failure.
            Ok(false) | Err(Failure::Later { .. }) => {}
            Err(failure) => {
                warn!(item = what, ?failure, "an item could not be mended; the sweep goes on");
                self.failed.get_or_insert(failure);
            }
        }
    }
}

/// Handles the job `sweep`.
pub(super) async fn sweep(context: &Context) -> Result<(), Failure> {
    // IAM first: what it takes is found whatever becomes of the table.
    let mut users = Tally::default();
    users::sweep(context, &mut users).await;
    let mut requests = Tally::default();
    let listed_requests = requests::sweep(context, &mut requests).await;
    info!(
        requests_seen = requests.seen,
        requests_mended = requests.mended,
        users_seen = users.seen,
        users_removed = users.mended,
        "swept"
    );
    listed_requests?;
    match requests.failed.or(users.failed) {
        Some(failure @ Failure::Retry { .. }) => Err(failure),
        _ => Ok(()),
    }
}
