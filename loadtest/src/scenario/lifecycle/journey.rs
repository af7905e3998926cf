//! One request's whole way: asked, approved, live, ended, gone.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;
use testkit::slack::Message;

use super::stage::{CHANNEL, OWNER, PROJECT, ROLE, Stage, requester};
use super::watch::Mark;

/// Longest wait for one leg. Eventual retries after a stumble fit in.
const LEG_WAIT: Duration = Duration::from_mins(1);
/// The newest messages that are looked through; older ones are of requests that are over.
const LOOK_BACK: usize = 600;

/// How long each leg of one request took.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Legs {
    /// From asking to the message that asks the approvers.
    pub(super) asked: Duration,
    /// From the click on "approve" to the record's `ACTIVE`, after the mail.
    pub(super) made: Duration,
    /// From the click on "approve" until the requester is told.
    pub(super) told: Duration,
    /// From the click on "end" until the user is read back as gone.
    pub(super) gone: Duration,
}

/// Plays it for this person, who was to ask at `asked`; what went wrong, as a sentence.
pub(super) async fn whole(stage: &Stage, person: u32, asked: Instant) -> Result<Legs, String> {
    let (who, url) = (requester(person), stage.ingress_url());
    let since = newest(stage);
    let wish = json!({"user_id": who, "user_name": who.to_lowercase(), "project": PROJECT, "role": ROLE,
        "duration": "1h",
        // The same again within seconds would count as this one sent twice.
        "justification": format!("Load, after {since}")});
    let answer = stage.slack.ask(&url, Some(&stage.variable("WORKFLOW_TOKEN")), wish).await;
    acknowledged("asking", answer.map(|(status, _)| status.as_u16()))?;
    let mention = format!("<@{who}>");
    let is_ours = |message: &Message| message.channel == CHANNEL && message.text.contains(&mention);
    let ask = button(stage, "approve", &since, is_ours).await.ok_or("the approvers were not asked")?;
    let posted = Instant::now();

    let approved = Instant::now();
    let answer = stage.slack.click(&url, OWNER, CHANNEL, &ask.ts, "approve").await;
    acknowledged("approving", answer.map(|status| status.as_u16()))?;
    let active = stage.watch.reached(&ask.request_id, Mark::Active, LEG_WAIT).await;
    let active = active.ok_or_else(|| format!("{} did not become ACTIVE", ask.request_id))?;
    let is_theirs = |message: &Message| message.recipient.as_deref() == Some(who.as_str());
    let live = button(stage, "revoke", &since, is_theirs).await.ok_or("the requester was not told")?;
    let told = Instant::now();

    let ended = Instant::now();
    let answer = stage.slack.click(&url, &who, &live.channel, &live.ts, "revoke").await;
    acknowledged("ending", answer.map(|status| status.as_u16()))?;
    let gone = stage.watch.reached(&ask.request_id, Mark::Gone, LEG_WAIT).await;
    let gone = gone.ok_or_else(|| format!("{} was not seen gone", ask.request_id))?;
    Ok(Legs {
        asked: posted.saturating_duration_since(asked),
        made: active.saturating_duration_since(approved),
        told: told - approved,
        gone: gone.saturating_duration_since(ended),
    })
}

/// A button on a message.
struct Found {
    channel: String,
    ts: String,
    request_id: String,
}

/// Waits for a button on a message that came after `since`.
async fn button(
    stage: &Stage,
    action_id: &str,
    since: &str,
    is_it: impl Fn(&Message) -> bool,
) -> Option<Found> {
    let find = |messages: &[Message]| {
        let newest = messages.iter().rev().take(LOOK_BACK).take_while(|message| message.ts.as_str() > since);
        newest.filter(|message| is_it(message)).find_map(|message| {
            let request_id = message.button(action_id)?;
            Some(Found { channel: message.channel.clone(), ts: message.ts.clone(), request_id })
        })
    };
    stage.slack.wait_for(find, LEG_WAIT).await
}

/// The time stamp of the newest message.
fn newest(stage: &Stage) -> String {
    stage.slack.newest_ts().unwrap_or_default()
}

fn acknowledged<E: std::fmt::Display>(what: &str, answer: Result<u16, E>) -> Result<(), String> {
    match answer {
        Ok(200) => Ok(()),
        Ok(status) => Err(format!("{what} was answered {status}")),
        Err(error) => Err(format!("{what} was not answered: {error}")),
    }
}
