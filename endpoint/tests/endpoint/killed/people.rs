//! Twenty people: each asks, is approved, and some end their access early.

use std::time::{Duration, Instant};

use endpoint::catalogue::{OLIVIA, SAM};
use endpoint::stage::{Stage, WORKFLOW_TOKEN};
use endpoint::{eventually, payload};
use fastrand::Rng;
use serde_json::{Value, json};
use testkit::slack::{Message, Person, SlackError};

/// How many people ask.
pub(super) const PEOPLE: usize = 20;
/// Between one person and the next, in milliseconds.
const NEXT_AFTER_MILLIS: u64 = 1_500;
/// Grants are over this long after the first ask, in seconds, if they are approved at once.
const LAST_END_SECONDS: u64 = 80;
/// The shortest grant, in seconds: long enough to be made by programs that are killed, on a machine that is busy.
const SHORTEST_SECONDS: u64 = 25;
/// Longest wait for a program that is killed and started again to do its part.
const WITHIN: Duration = Duration::from_mins(2);
/// An approver who is asked again clicks again after so long.
const CLICK_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// How often something is tried that the ingress did not take: it is down for less than a second.
const TRIES_MAX: usize = 100;
/// Between two tries.
const TRY_AGAIN: Duration = Duration::from_millis(200);

/// What one person does.
#[derive(Debug)]
pub(super) struct Plan {
    person: String,
    role: &'static str,
    starts_after: Duration,
    seconds: u64,
    both_approve: bool,
    ends_early: bool,
}

/// What one person did.
#[derive(Debug)]
pub(super) struct Asked {
    /// Who.
    pub(super) person: String,
    /// How often: once, and again for each time that they could not know whether they were heard.
    pub(super) asks: usize,
}

/// Everybody's plan.
pub(super) fn plans(seed: u64) -> Vec<Plan> {
    let mut random = Rng::with_seed(seed);
    let plan = |number: usize| {
        let starts = NEXT_AFTER_MILLIS * number as u64;
        Plan {
            person: person(number),
            role: if number % 3 == 2 { "PowerUser" } else { "ReadOnly" },
            starts_after: Duration::from_millis(starts),
            seconds: random.u64(SHORTEST_SECONDS..=LAST_END_SECONDS - starts / 1_000),
            both_approve: number % 4 == 1,
            ends_early: number % 5 == 3,
        }
    };
    (0..PEOPLE).map(plan).collect()
}

/// Puts everybody into the workspace.
pub(super) fn arrive(stage: &Stage) {
    for number in 0..PEOPLE {
        stage.slack.add_person(Person::with_id(&person(number)));
    }
}

fn person(number: usize) -> String {
    format!("U0PERSON{number}")
}

impl Plan {
    /// Does all of it.
    pub(super) async fn carry_out(self, stage: &Stage) -> Asked {
        tokio::time::sleep(self.starts_after).await;
        let asks = self.ask(stage).await;
        let (id, asking) = eventually("the approvers are asked", WITHIN, async || {
            let id = self.request(stage).await?["request_id"].as_str()?.to_owned();
            let asking = stage.with_button("approve", &id)?;
            Some((id, asking))
        })
        .await;
        if self.both_approve {
            tokio::join!(click(stage, OLIVIA, &asking, "approve"), click(stage, SAM, &asking, "approve"));
        } else {
            click(stage, OLIVIA, &asking, "approve").await;
        }
        self.until_decided(stage, &asking).await;
        if self.ends_early {
            self.end_early(stage, &id).await;
        }
        Asked { person: self.person, asks }
    }

    /// Asks until the ingress says that it heard.
    async fn ask(&self, stage: &Stage) -> usize {
        let ask = json!({
            "user_id": self.person, "user_name": self.person.to_lowercase(),
            "project": "payments", "role": self.role, "duration": format!("{}s", self.seconds),
        });
        for asks in 1..=TRIES_MAX {
            let answer = stage.slack.ask(&stage.ingress_url, Some(WORKFLOW_TOKEN), ask.clone()).await;
            match answer {
                Ok((status, _)) if status.as_u16() == 200 => return asks,
                Ok((status, body)) => assert_eq!(status.as_u16(), 503, "{body}"),
                Err(SlackError::Unreachable(_) | SlackError::NoAnswer) => {}
                Err(error) => panic!("{} cannot ask: {error}", self.person),
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
        panic!("{} was never heard", self.person);
    }

    /// A click whose whole grant has passed before a worker got to it is asked for again, and made again.
    async fn until_decided(&self, stage: &Stage, asking: &Message) {
        let mut clicked = Instant::now();
        eventually("a decision", WITHIN, async || {
            if self.request(stage).await?["status"] != "PENDING" {
                return Some(());
            }
            if clicked.elapsed() > CLICK_AGAIN_AFTER {
                click(stage, OLIVIA, asking, "approve").await;
                clicked = Instant::now();
            }
            None
        })
        .await;
    }

    /// Ends access as soon as Slack offers it; it may be over before that.
    async fn end_early(&self, stage: &Stage, id: &str) {
        let live = eventually("a live grant, or one that is over", WITHIN, async || {
            let request = self.request(stage).await?;
            match request["status"].as_str()? {
                "ACTIVE" if !ends_soon(&request) => stage.with_button("revoke", id).map(Some),
                "PENDING" | "APPROVED" => None,
                _ => Some(None),
            }
        })
        .await;
        if let Some(message) = live {
            click(stage, &self.person, &message, "revoke").await;
        }
    }

    /// The first of this person's requests.
    async fn request(&self, stage: &Stage) -> Option<Value> {
        let requests = stage.cloud.requests().await;
        requests.into_iter().find(|request| request["requester_slack_id"] == self.person.as_str())
    }
}

/// Its end comes before a click could end it.
fn ends_soon(request: &Value) -> bool {
    request["expires_at"].as_i64().is_none_or(|end| end - payload::now() < 2)
}

/// Clicks until the ingress takes it, or the button is gone because somebody else's click was first.
async fn click(stage: &Stage, person: &str, message: &Message, action_id: &str) {
    for _ in 0..TRIES_MAX {
        let click =
            stage.slack.click(&stage.ingress_url, person, &message.channel, &message.ts, action_id).await;
        match click {
            Ok(status) if status.as_u16() == 200 => return,
            Ok(status) => assert_eq!(status.as_u16(), 503),
            Err(SlackError::NoButton { .. }) => return,
            Err(SlackError::Unreachable(_) | SlackError::NoAnswer) => {}
            Err(error) => panic!("{person} cannot click: {error}"),
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
    panic!("{person}'s click was never taken");
}
