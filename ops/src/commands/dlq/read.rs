//! Scanning a dead-letter queue from end to end, with nothing taken out of it.

use std::time::Duration;

use aws::sqs::{DlqScan, RECEIVE_MAX, Released};
use domain::text::count;
use service::CallError;

use super::entry::DeadJob;
use super::names::Found;
use crate::env::Env;
use crate::progress::Progress;
use crate::terminal::Terminal;

/// So long a message is hidden from others while a queue is read. A reader that is killed leaves its messages hidden
/// for so long.
pub(super) const READ_HIDES: Duration = Duration::from_mins(2);
/// Longest reading, so that what was read first is still hidden when the last is.
const READ_WITHIN: Duration = Duration::from_secs(90);
/// Messages of one queue that a reading shows, at most.
pub(super) const READ_MAX: usize = 10_000;
/// Messages of one queue that a command goes through, at most: SQS keeps no more than 120,000 hidden at once.
pub(super) const WALK_MAX: usize = 100_000;

#[derive(Debug, Default)]
pub(super) struct DlqContents {
    pub(super) dead_jobs: Vec<DeadJob>,
    /// Whether it saw all there was.
    pub(super) complete: bool,
    pub(super) held_by_others: u64,
    pub(super) failed: Option<CallError>,
}

/// Reads a queue and shows everything in it again, however that goes.
pub(super) async fn read(found: &Found, env: &Env, progress: &Progress) -> DlqContents {
    let started = tokio::time::Instant::now();
    let mut reading = match DlqScan::begin(found.dlq.clone(), READ_HIDES, READ_MAX).await {
        Ok(reading) => reading,
        Err(error) => return DlqContents { failed: Some(error), ..DlqContents::default() },
    };
    let mut contents = DlqContents::default();
    // A receive is never cut off: SQS may have hidden messages already that nobody would show again.
    while !env.should_stop() && started.elapsed() < READ_WITHIN {
        match reading.next(RECEIVE_MAX).await {
            Ok(Some(received)) => {
                for message in received.new {
                    contents.dead_jobs.push(DeadJob::open(message));
                    progress.step();
                }
            }
            Ok(None) => break,
            Err(error) => {
                contents.failed = Some(error);
                break;
            }
        }
    }
    contents.complete = reading.is_over();
    contents.held_by_others = reading.held_by_others();
    note_stuck(&reading.release().await, READ_HIDES, &env.terminal);
    contents
}

/// Says when something could not be shown again.
pub(super) fn note_stuck(released: &Released, hidden: Duration, terminal: &Terminal) {
    let Released { stuck, error: Some(error) } = released else { return };
    terminal.note(&format!(
        "note: {} could not be made visible again, and will be by themselves within {} s: {error}",
        count(*stuck, "job"),
        hidden.as_secs()
    ));
}
