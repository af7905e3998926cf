//! `keylease dlq drop`: removes messages for good, after saving them where that is asked for.

mod saved;

use std::collections::BTreeSet;

use aws::sqs::{DeadLetter, DlqScan, RECEIVE_MAX};
use domain::text::count;
use serde::Serialize;

use super::names::{self, Found};
use super::read::{READ_HIDES, WALK_MAX, note_stuck};
use crate::cli::dlq::Drop;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::terminal::{Shown, Terminal};
use saved::Saved;

pub(super) async fn run(drop: &Drop, json: bool, env: &Env) -> Result<(), Failure> {
    let settings = env.settings()?;
    let found = names::find(&drop.queue, env.aws().await?, &settings).await?;
    let wanted = names::ids(&drop.ids)?;
    let mut file = drop.save.as_deref().map(Saved::open).transpose()?;
    let question = format!(
        "Remove {} from {} for good? Nothing is saved without --save FILE.",
        count(wanted.len(), "job"),
        found.dlq.name()
    );
    // Nothing is held while somebody thinks.
    env.confirm(&question, drop.yes || file.is_some()).await?;

    let mut dropped = Removal { queue: found.source.as_str(), ..Removal::default() };
    let outcome = remove(&found, wanted, file.as_mut(), &mut dropped, env).await;
    env.terminal.show(&dropped, json)?;
    outcome?;
    dropped.exit_status(found.dlq.name())
}

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

/// Goes through the queue until everything was found, and shows again what stays, however that goes.
async fn remove(
    found: &Found,
    mut wanted: BTreeSet<String>,
    file: Option<&mut Saved>,
    dropped: &mut Removal,
    env: &Env,
) -> Result<(), Failure> {
    let mut scan = DlqScan::begin(found.dlq.clone(), READ_HIDES, WALK_MAX).await?;
    let removed = remove_found(found, &mut scan, &mut wanted, file, dropped, env).await;
    dropped.held_by_others = scan.held_by_others();
    note_stuck(&scan.release().await, READ_HIDES, &env.terminal);
    removed?;
    dropped.not_found = wanted.into_iter().collect();
    Ok(())
}

async fn remove_found(
    found: &Found,
    scan: &mut DlqScan,
    wanted: &mut BTreeSet<String>,
    mut file: Option<&mut Saved>,
    dropped: &mut Removal,
    env: &Env,
) -> Result<(), Failure> {
    let progress = Progress::of(&env.terminal, scan.at_start().visible, "messages looked at");
    while !wanted.is_empty() {
        if env.should_stop() {
            return Err(Failure::new("stopped before everything was found").hint("run it again to go on"));
        }
        let Some(received) = scan.next(RECEIVE_MAX).await? else { break };
        received.new.iter().for_each(|_| progress.step());
        let these: Vec<&DeadLetter> =
            received.new.iter().filter(|message| wanted.remove(&message.id)).collect();
        if let Some(file) = file.as_deref_mut().filter(|_| !these.is_empty()) {
            file.append(found, &these)?;
        }
        for (message, deleted) in these.iter().zip(found.dlq.delete(&these).await) {
            match deleted {
                Ok(()) => {
                    scan.deleted(&message.id);
                    dropped.dropped.push(message.id.clone());
                }
                Err(error) => dropped.failed.push(format!("{}: {error}", message.id)),
            }
        }
    }
    Ok(())
}

impl Removal {
    fn exit_status(&self, dlq: &str) -> Result<(), Failure> {
        if !self.not_found.is_empty() {
            return Err(Failure::new(format!("not found in {dlq}: {}", self.not_found.join(", ")))
                .hint(names::where_to_look(self.queue, self.held_by_others)));
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
