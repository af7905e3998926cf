//! `keylease dlq replay`: send, then delete, so that nothing is lost wherever it stops.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws::dynamodb::Store;
use aws::sqs::{DeadLetter, DlqScan, JobSender, RECEIVE_MAX};
use domain::QueueName;
use domain::replay::{Choice, PreviewContext, Seen, choose};
use service::CallError;
use tokio::time::Instant;

use super::entry::{DeadJob, destination};
use super::names::{self, Found};
use super::read::{READ_HIDES, WALK_MAX, note_stuck};
use super::requests::Requests;
use super::summary::Replayed;
use crate::cli::dlq::Replay;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;

/// So long a message is hidden from others while it is sent. A replay that is killed leaves ten hidden for so long.
const REPLAY_HIDES: Duration = Duration::from_mins(1);
/// A send that begins now and a deletion after it may last so long.
const SEND_LASTS: Duration = Duration::from_secs(30);

pub(super) async fn run(replay: &Replay, json: bool, env: &Env) -> Result<(), Failure> {
    let settings = env.settings()?;
    let aws = env.aws().await?;
    let found = names::find(&replay.queue, aws, &settings).await?;
    let at = PreviewContext { now: env.clock.now(), pending_ttl: settings.pending_ttl };
    let mut run = Run {
        jobs: JobSender::new(aws, settings.queues.clone()),
        store: env.store().await?,
        requests: Requests::default(),
        wanted: names::ids(&replay.ids)?,
        there_at_start: 0,
        sent: BTreeSet::new(),
        not_removed: BTreeMap::new(),
        bodies: BTreeSet::new(),
        replayed: Replayed {
            queue: found.source.as_str(),
            dlq: found.dlq.name().to_owned(),
            dry_run: replay.dry_run,
            ..Replayed::default()
        },
        found,
        at,
    };
    run.play(replay.rate, env).await?;
    env.terminal.show(&run.replayed, json)?;
    if let Some(error) = &run.requests.failed {
        env.terminal.note(&format!("note: what the jobs come to could not be looked up: {error}"));
    }
    run.replayed.exit_status()
}

struct Run {
    found: Found,
    jobs: JobSender,
    store: Store,
    requests: Requests,
    at: PreviewContext,
    /// Only these; all when empty. Each is taken out when it is found.
    wanted: BTreeSet<String>,
    /// So many lay there when it began, as SQS said.
    there_at_start: u64,
    /// What was sent, by message id.
    sent: BTreeSet<String>,
    /// What was sent and could not be deleted, by message id, and why.
    not_removed: BTreeMap<String, CallError>,
    /// What was sent, by body.
    bodies: BTreeSet<String>,
    replayed: Replayed,
}

impl Run {
    async fn play(&mut self, rate: u32, env: &Env) -> Result<(), Failure> {
        let hides = if self.replayed.dry_run { READ_HIDES } else { REPLAY_HIDES };
        let mut reading = DlqScan::begin(self.found.dlq.clone(), hides, WALK_MAX).await?;
        let progress = Progress::of(&env.terminal, reading.at_start().visible, "messages");
        self.there_at_start = reading.at_start().visible;
        let everything = self.wanted.is_empty();
        // Counted from when the last were sent, and what was not used before is not saved up: that would be a burst.
        let (each, mut sent) = (Duration::from_secs(1) / rate.max(1), 0);
        loop {
            tokio::select! {
                () = tokio::time::sleep(each * sent) => {}
                () = env.stopped() => {}
            }
            if env.should_stop() {
                self.replayed.interrupted = true;
                break;
            }
            if !everything && self.wanted.is_empty() {
                break;
            }
            // No more at once than go out in a second, so that none waits for its turn while it is hidden.
            let batch = RECEIVE_MAX.min(rate as usize);
            let received = match reading.next(batch).await {
                Ok(Some(received)) => received,
                Ok(None) => break,
                Err(error) => {
                    self.replayed.problem(error.to_string());
                    break;
                }
            };
            let again =
                received.again.iter().filter(|message| self.sent.contains(&message.id)).collect::<Vec<_>>();
            self.remove(&again, &mut reading).await;
            received.new.iter().for_each(|_| progress.step());
            let dead_jobs = received.new.into_iter().map(DeadJob::open).collect();
            let taken = self.take(dead_jobs, everything, &mut reading).await;
            sent = u32::try_from(taken).unwrap_or(u32::MAX);
        }
        drop(progress);
        self.finish(reading, hides, env).await;
        Ok(())
    }

    /// Does with each message what is to be done with it. Returns how many were sent.
    async fn take(&mut self, dead_jobs: Vec<DeadJob>, everything: bool, reading: &mut DlqScan) -> usize {
        let mut chosen = Vec::new();
        for dead_job in dead_jobs {
            match self.choose(&dead_job, everything) {
                Some(Choice::Send) => chosen.push(dead_job),
                Some(Choice::Skip) => self.replayed.skipped += 1,
                Some(Choice::Leave) => self.replayed.left += 1,
                None => {}
            }
        }
        self.requests.look_up(&self.store, chosen.iter().map(|dead_job| &dead_job.job)).await;
        if self.replayed.dry_run {
            for dead_job in &chosen {
                self.replayed.count(dead_job.preview(&self.requests, self.at));
            }
            return 0;
        }
        let enough = Instant::now() + SEND_LASTS;
        let (fresh, stale): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|dead_job| dead_job.message.held_until > enough);
        // Others may have them by the time they would be sent; they are still there, and come again.
        self.replayed.left += stale.len() as u64;
        let mut sent = 0;
        for queue in QueueName::ALL {
            let to_it = |dead_job: &&DeadJob| destination(dead_job, self.found.source) == queue;
            let dead_jobs: Vec<&DeadJob> = fresh.iter().filter(to_it).collect();
            sent += self.send(queue, &dead_jobs, reading).await;
        }
        sent
    }

    /// What is done with it; nothing where others were asked for.
    fn choose(&mut self, dead_job: &DeadJob, everything: bool) -> Option<Choice> {
        let message = &dead_job.message;
        if !everything {
            return self.wanted.remove(&message.id).then_some(Choice::Send);
        }
        Some(choose(&Seen {
            is_job: dead_job.job.is_ok(),
            dead_lettered_at: message.sent_at,
            began_at: self.at.now,
            sent_before: self.bodies.contains(&message.body),
            sent_all: self.replayed.sent >= self.there_at_start,
        }))
    }

    /// Sends dead jobs to a queue, and deletes here what is durable there.
    async fn send(&mut self, queue: QueueName, dead_jobs: &[&DeadJob], reading: &mut DlqScan) -> usize {
        let bodies: Vec<&str> = dead_jobs.iter().map(|dead_job| dead_job.replayed_body.as_str()).collect();
        let outcomes = self.jobs.send_bodies(queue, &bodies).await;
        let mut durable = Vec::with_capacity(dead_jobs.len());
        for (dead_job, outcome) in dead_jobs.iter().zip(outcomes) {
            let message = &dead_job.message;
            match outcome {
                Ok(()) => {
                    self.replayed.count(dead_job.preview(&self.requests, self.at));
                    self.sent.insert(message.id.clone());
                    self.bodies.insert(message.body.clone());
                    durable.push(message);
                }
                Err(error) => {
                    self.replayed.failed += 1;
                    self.replayed.problem(format!("{}: {error}", message.id));
                }
            }
        }
        self.remove(&durable, reading).await;
        durable.len()
    }

    /// Deletes messages that were sent. SQS may hand one out again all the same, and then it is deleted again.
    async fn remove(&mut self, messages: &[&DeadLetter], reading: &mut DlqScan) {
        for (message, outcome) in messages.iter().zip(self.found.dlq.delete(messages).await) {
            match outcome {
                Ok(()) => {
                    self.not_removed.remove(&message.id);
                    reading.deleted(&message.id);
                }
                Err(error) => {
                    self.not_removed.insert(message.id.clone(), error);
                }
            }
        }
    }

    async fn finish(&mut self, mut reading: DlqScan, hides: Duration, env: &Env) {
        let is_over = reading.is_over();
        self.replayed.held_by_others = reading.held_by_others();
        note_stuck(&reading.release().await, hides, &env.terminal);
        self.replayed.not_removed = self.not_removed.len() as u64;
        for (id, error) in std::mem::take(&mut self.not_removed) {
            self.replayed.problem(format!("{id}: {error}"));
        }
        self.replayed.not_found = std::mem::take(&mut self.wanted).into_iter().collect();
        if !is_over && let Ok(counts) = self.found.dlq.counts().await {
            let known = self.replayed.skipped + self.replayed.failed + self.replayed.not_removed;
            self.replayed.left = counts.visible.saturating_sub(known);
        }
        self.replayed.add_up();
    }
}
