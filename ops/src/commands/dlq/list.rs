//! `keylease dlq list`: what lies in the dead-letter queues, and what a replay would do with it.

mod listing;

use domain::replay::Moment;

use super::names::{self, Found, Source};
use super::read::{READ_MAX, Readout, read};
use super::requests::Requests;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::surroundings::Surroundings;
use listing::{Listing, Section};

/// Runs it.
pub(super) async fn run(queue: Option<&str>, json: bool, surroundings: &Surroundings) -> Result<(), Failure> {
    let settings = surroundings.settings()?;
    let aws = surroundings.aws().await?;
    let store = surroundings.store().await?;
    let mut unopened = Vec::new();
    let mut opened: Vec<Found> = Vec::new();
    if let Some(queue) = queue {
        opened.push(names::find(queue, aws, &settings).await?);
    } else {
        for source in Source::ALL {
            match source.open(aws, &settings).await {
                // The schedules may share a worker's.
                Ok(Some(found)) if opened.iter().any(|other| other.dlq.url == found.dlq.url) => {}
                Ok(Some(found)) => opened.push(found),
                Ok(None) if source == Source::Schedule => {}
                Ok(None) => {
                    unopened.push(Section::unopened(source, "it has no dead-letter queue".to_owned()));
                }
                Err(error) => unopened.push(Section::unopened(source, error.to_string())),
            }
        }
    }
    let progress = Progress::of(&surroundings.terminal, READ_MAX as u64, "messages read");
    let readouts = read_all(opened, surroundings, &progress).await;
    drop(progress);

    let mut requests = Requests::default();
    let letters = readouts.iter().flat_map(|(_, readout)| &readout.letters);
    requests.look_up(&store, letters.map(|letter| &letter.job)).await;
    let at = Moment { now: surroundings.clock.now(), pending_ttl: settings.pending_ttl };
    let mut queues: Vec<Section> =
        readouts.into_iter().map(|(found, readout)| Section::read(&found, readout, &requests, at)).collect();
    queues.extend(unopened);
    let listing = Listing { queues };
    surroundings.terminal.show(&listing, json)?;
    if let Some(error) = &requests.failed {
        surroundings.terminal.note(&format!("note: the requests could not be looked up: {error}"));
    }
    listing.verdict()
}

/// Reads them side by side, as each waits a while to be sure of its end.
async fn read_all(
    found: Vec<Found>,
    surroundings: &Surroundings,
    progress: &Progress,
) -> Vec<(Found, Readout)> {
    let one = async |found: Option<Found>| match found {
        Some(found) => {
            let readout = read(&found, surroundings, progress).await;
            Some((found, readout))
        }
        None => None,
    };
    let mut found = found.into_iter();
    let (a, b, c, d) =
        tokio::join!(one(found.next()), one(found.next()), one(found.next()), one(found.next()));
    [a, b, c, d].into_iter().flatten().collect()
}
