//! Many requests at one moment, in one channel, before a Slack that is as strict as Slack: everything arrives, in the order in
//! which it came, and nothing is given up because Slack was busy.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use domain::job::MessageRef;
use domain::{ChannelId, Job, QueueName, Status, UnixSeconds};
use testkit::hook::Verdict;
use testkit::slack::{Call, Fault, Person};
use workers::consumer::{Attempt, Disposal, dispose};

use crate::stage::{APPROVALS, OLIVIA, Stage};

const REQUESTS: usize = 200;
/// Slack's Tier 3: so many updates a minute, in all channels together.
const UPDATES_A_MINUTE: usize = 50;

/// What Slack took so far.
#[derive(Default)]
struct Taken {
    /// When each channel had its last message.
    posts: BTreeMap<String, UnixSeconds>,
    /// When the latest updates were.
    updates: VecDeque<UnixSeconds>,
    /// The messages that were updated, in order.
    updated: Vec<String>,
    refused: usize,
}

impl Taken {
    /// Seconds to wait, where this is too much.
    fn limit(&mut self, call: &Call, now: UnixSeconds) -> Option<u64> {
        let text = |name: &str| call.body[name].as_str().unwrap_or_default().to_owned();
        let wait = match call.method.as_str() {
            "chat.postMessage" => {
                let last = self.posts.get(&text("channel"));
                let wait = last.map_or(0, |last| 1 - now.seconds_since(*last));
                if wait <= 0 {
                    self.posts.insert(text("channel"), now);
                }
                wait
            }
            "chat.update" => {
                while self.updates.front().is_some_and(|at| now.seconds_since(*at) >= 60) {
                    self.updates.pop_front();
                }
                if self.updates.len() < UPDATES_A_MINUTE {
                    self.updates.push_back(now);
                    self.updated.push(text("ts"));
                    0
                } else {
                    60 - now.seconds_since(self.updates[0])
                }
            }
            _ => 0,
        };
        self.refused += usize::from(wait > 0);
        u64::try_from(wait).ok().filter(|wait| *wait > 0)
    }
}

fn be_strict(stage: &Stage) -> Arc<Mutex<Taken>> {
    let taken = Arc::<Mutex<Taken>>::default();
    let (clock, counted) = (stage.clock(), Arc::clone(&taken));
    stage.slack.inject_when_ready(move |call| {
        let wait = counted.lock().unwrap().limit(&call, clock.now());
        std::future::ready(Verdict::of(wait.map(|retry_after_secs| Fault::RateLimited { retry_after_secs })))
    });
    taken
}

/// A message as the queue would keep it.
struct Kept {
    job: Job,
    receives: u32,
    visible_at: UnixSeconds,
}

/// Lets the worker work, second by second, as the runtime disposes of jobs; says how many seconds that took. The embedded queue
/// hides messages by the machine's own time, so they are kept here.
async fn work(stage: &Stage, told: usize, limit_seconds: i64) -> i64 {
    const RECEIVES_MAX: u32 = 5;
    let began = stage.now();
    let (mut kept, mut left) = (VecDeque::<Kept>::new(), told);
    while left > 0 {
        let seconds = stage.now().seconds_since(began);
        assert!(seconds < limit_seconds, "{left} jobs are left after {seconds} s");
        loop {
            let sent = stage.take(QueueName::Notify).await;
            if sent.is_empty() {
                break;
            }
            kept.extend(sent.into_iter().map(|job| Kept { job, receives: 0, visible_at: began }));
        }
        for _ in 0..kept.len() {
            let Some(Kept { job, receives, visible_at }) = kept.pop_front() else { break };
            let now = stage.now();
            if visible_at > now {
                kept.push_back(Kept { job, receives, visible_at });
                continue;
            }
            let attempt = Attempt { number: receives + 1, max: RECEIVES_MAX };
            let outcome = stage.handle(QueueName::Notify, &job, attempt).await;
            let (seconds, receives) = match dispose(outcome, attempt, 0, 1.0) {
                Disposal::Ack => {
                    left -= usize::from(matches!(job, Job::SyncSlack { .. }));
                    continue;
                }
                Disposal::RetryAfter { seconds, .. } | Disposal::Defer { seconds, anew: false } => {
                    (seconds, attempt.number)
                }
                Disposal::Defer { seconds, anew: true } | Disposal::AwaitTurn { seconds, .. } => (seconds, 0),
                given_up => panic!("{given_up:?}"),
            };
            kept.push_back(Kept { job, receives, visible_at: now.plus_seconds(seconds.into()) });
        }
        stage.pass(1);
    }
    stage.now().seconds_since(began)
}

fn requester(number: usize) -> String {
    format!("U0P{number:03}")
}

#[tokio::test]
async fn a_burst_of_200_arrives_whole_and_in_order() {
    let stage = Stage::new().await;
    for number in 0..REQUESTS {
        stage.slack.add_person(Person::with_id(&requester(number)));
    }
    let taken = be_strict(&stage);
    for number in 0..REQUESTS {
        stage.send(&Job::Submit(stage.spec(&requester(number), "payments", "ReadOnly", "1h"))).await;
    }
    let seconds = work(&stage, REQUESTS, 600).await;
    let asked: Vec<_> = stage.slack.messages().into_iter().filter(|one| one.channel == APPROVALS).collect();
    let who = |text: &str| {
        (0..REQUESTS).find(|number| text.contains(&format!("<@{}>", requester(*number)))).unwrap()
    };
    let order: Vec<usize> = asked.iter().map(|message| who(&message.text)).collect();
    assert_eq!(order, (0..REQUESTS).collect::<Vec<_>>(), "after {seconds} s");
    let refused = taken.lock().unwrap().refused;
    assert!(refused < REQUESTS, "Slack was asked in vain {refused} times");

    // They are decided in another order, and each message is updated in the order of the decisions.
    let requests = stage.requests().await;
    assert!(requests.iter().all(|request| request.status == Status::Pending));
    let mut decided = Vec::new();
    for number in (0..REQUESTS).rev() {
        let theirs =
            requests.iter().find(|one| one.ask.requester_slack_id.as_str() == requester(number)).unwrap();
        let message = &asked[number];
        let mut click = stage.click(&theirs.request_id, OLIVIA);
        click.message =
            Some(MessageRef { channel: ChannelId::parse(APPROVALS).unwrap(), ts: message.ts.clone() });
        stage.send(&Job::Deny(click)).await;
        decided.push(message.ts.clone());
    }
    let seconds = work(&stage, REQUESTS, 900).await;
    assert!(
        stage
            .requests()
            .await
            .iter()
            .all(|request| request.status == Status::Denied && request.is_up_to_date())
    );
    assert_eq!(taken.lock().unwrap().updated, decided, "after {seconds} s");
}
