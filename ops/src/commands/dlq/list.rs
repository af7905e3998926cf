//! `keylease dlq list`: what lies in the dead-letter queues, and what a replay would do with it.

mod listing;

use domain::replay::PreviewContext;
use futures_util::future::join_all;

use super::names::{self, Found, Source};
use super::read::{DlqContents, READ_MAX, read};
use super::requests::Requests;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;
use listing::{Listing, Section};

pub(super) async fn run(queue: Option<&str>, json: bool, env: &Env) -> Result<(), Failure> {
    let settings = env.settings()?;
    let aws = env.aws().await?;
    let store = env.store().await?;
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
    let progress = Progress::of(&env.terminal, READ_MAX as u64, "messages read");
    let contents = read_all(opened, env, &progress).await;
    drop(progress);

    let mut requests = Requests::default();
    let dead_jobs = contents.iter().flat_map(|(_, contents)| &contents.dead_jobs);
    requests.look_up(&store, dead_jobs.map(|dead_job| &dead_job.job)).await;
    let at = PreviewContext { now: env.clock.now(), pending_ttl: settings.pending_ttl };
    let mut queues: Vec<Section> = contents
        .into_iter()
        .map(|(found, contents)| Section::read(&found, contents, &requests, at))
        .collect();
    queues.extend(unopened);
    let listing = Listing { queues };
    env.terminal.show(&listing, json)?;
    if let Some(error) = &requests.failed {
        env.terminal.note(&format!("note: the requests could not be looked up: {error}"));
    }
    listing.exit_status()
}

/// Reads them side by side, as each waits a while to be sure of its end.
async fn read_all(found: Vec<Found>, env: &Env, progress: &Progress) -> Vec<(Found, DlqContents)> {
    let each = found.into_iter().map(async |found| {
        let contents = read(&found, env, progress).await;
        (found, contents)
    });
    join_all(each).await
}
