//! `keylease dlq drop`: removes messages for good, after saving them where that is asked for.

mod saved;

use std::collections::BTreeSet;

use aws::sqs::{DeadLetter, DlqScan, RECEIVE_MAX};
use serde::Serialize;

use super::names::{self, Found};
use super::read::{READ_HIDES, WALK_MAX, note_stuck, steps};
use super::text::jobs;
use crate::cli::dlq::Drop;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::terminal::{Shown, Terminal};
use saved::Saved;

/// Runs it.
pub(super) async fn run(drop: &Drop, json: bool, env: &Env) -> Result<(), Failure> {
    let settings = env.settings()?;
    let found = names::find(&drop.queue, env.aws().await?, &settings).await?;
    let wanted: BTreeSet<String> = drop.ids.iter().map(|id| id.trim().to_owned()).collect();
    let mut file = drop.save.as_deref().map(Saved::open).transpose()?;
    let question = format!(
        "Remove {} from {} for good? Nothing is saved without --save FILE.",
        jobs(wanted.len() as u64),
        found.dlq.name()
    );
    // Nothing is held while somebody thinks.
    env.confirm(&question, drop.yes || file.is_some()).await?;

    let mut dropped = Removal { queue: found.source.as_str(), ..Removal::default() };
    let outcome = remove(&found, wanted, file.as_mut(), &mut dropped, env).await;
    env.terminal.show(&dropped, json)?;
    outcome?;
    dropped.verdict(found.dlq.name())
}

/// What was removed.
#[derive(Debug, Default, Serialize)]
struct Removal {
    queue: &'static str,
    /// The ids of what was removed.
    dropped: Vec<String>,
    not_found: Vec<String>,
    /// The ids of what could not be removed, and why.
    failed: Vec<String>,
    held_by_others: u64,
}

async fn remove(
    found: &Found,
    mut wanted: BTreeSet<String>,
    mut file: Option<&mut Saved>,
    dropped: &mut Removal,
    env: &Env,
) -> Result<(), Failure> {
    let mut reading = DlqScan::begin(found.dlq.clone(), READ_HIDES, WALK_MAX).await?;
    let progress = Progress::of(&env.terminal, steps(reading.at_start()), "messages looked at");
    let mut outcome = Ok(());
    while !wanted.is_empty() {
        if env.should_stop() {
            outcome = Err(Failure::new("stopped before everything was found").hint("run it again to go on"));
            break;
        }
        let received = match reading.next(RECEIVE_MAX).await {
            Ok(Some(received)) => received,
            Ok(None) => break,
            Err(error) => {
                outcome = Err(error.into());
                break;
            }
        };
        received.new.iter().for_each(|_| progress.step());
        let these: Vec<&DeadLetter> =
            received.new.iter().filter(|message| wanted.remove(&message.id)).collect();
        if let Some(file) = file.as_deref_mut().filter(|_| !these.is_empty())
            && let Err(failure) = file.append(found, &these)
        {
            wanted.extend(these.iter().map(|message| message.id.clone()));
            outcome = Err(failure);
            break;
        }
        for (message, deleted) in these.iter().zip(found.dlq.delete(&these).await) {
            match deleted {
                Ok(()) => {
                    reading.deleted(&message.id);
                    dropped.dropped.push(message.id.clone());
                }
                Err(error) => dropped.failed.push(format!("{}: {error}", message.id)),
            }
        }
    }
    std::mem::drop(progress);
    dropped.held_by_others = reading.held_by_others();
    note_stuck(&reading.release().await, READ_HIDES, &env.terminal);
    if outcome.is_ok() {
        dropped.not_found = wanted.into_iter().collect();
    }
    outcome
}

impl Removal {
    fn verdict(&self, dlq: &str) -> Result<(), Failure> {
        if !self.not_found.is_empty() {
            let failure = Failure::new(format!("not found in {dlq}: {}", self.not_found.join(", ")));
            return Err(failure.hint(match self.held_by_others {
                0 => format!("see what there is with: keylease dlq list {}", self.queue),
                held => format!(
                    "about {held} messages are held by another reader just now; try again in two minutes"
                ),
            }));
        }
        if !self.failed.is_empty() {
            return Err(Failure::new(format!("not everything could be removed from {dlq}"))
                .because(self.failed.join("\n"))
                .hint("try again: what was removed stays removed"));
        }
        Ok(())
    }
}

impl Shown for Removal {
    fn text(&self, _: &Terminal) -> String {
        self.dropped.iter().map(|id| format!("{}: removed {id}", self.queue)).collect::<Vec<_>>().join("\n")
    }
}
