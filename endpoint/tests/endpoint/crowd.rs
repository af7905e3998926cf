//! Many people who do the same at once, looked at together: one look at the table for all of them.

use endpoint::catalogue::{OLIVIA, colleague};
use endpoint::{CLAIMS_END, Stage, eventually};
use serde_json::Value;
use testkit::slack::Message;

/// One of them, and what they asked for.
pub(crate) struct Asked {
    pub(crate) person: String,
    pub(crate) id: String,
    pub(crate) asking: Message,
}

/// All of them, in the order of what they asked for.
pub(crate) struct Crowd {
    pub(crate) asked: Vec<Asked>,
}

impl Crowd {
    /// A new colleague asks for each of these roles; waits until approvers are asked for all of them.
    pub(crate) async fn asks(stage: &Stage, roles: &[&str], duration: &str) -> Self {
        let mut people = Vec::new();
        for (number, role) in roles.iter().enumerate() {
            let person = colleague(number);
            people.push(person.id.clone());
            stage.slack.add_person(person);
            stage.ask_until_taken(&people[number], "payments", role, duration).await;
        }
        let asked = eventually("approvers are asked for everybody", CLAIMS_END, async || {
            let requests = stage.cloud.requests().await;
            let of = |person: &String| {
                let request = requests.iter().find(|r| r["requester_slack_id"] == person.as_str())?;
                let id = request["request_id"].as_str()?.to_owned();
                let asking = stage.with_button("approve", &id)?;
                Some(Asked { person: person.clone(), id, asking })
            };
            people.iter().map(of).collect()
        })
        .await;
        Self { asked }
    }

    /// Olivia approves everything.
    pub(crate) async fn is_approved(&self, stage: &Stage) {
        for asked in &self.asked {
            stage.click(OLIVIA, &asked.asking, "approve").await;
        }
    }

    /// Waits until every request has this status.
    pub(crate) async fn are(&self, stage: &Stage, status: &str) -> Vec<Value> {
        self.all(stage, &format!("is {status}"), |request| request["status"] == status).await
    }

    /// Waits until every record says that all is gone.
    pub(crate) async fn are_gone(&self, stage: &Stage) -> Vec<Value> {
        self.all(stage, "is gone", |request| request["gone_at"].is_number()).await
    }

    /// Their records, in the same order, once each is so.
    async fn all(&self, stage: &Stage, what: &str, is_so: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut not_so = Vec::new();
        let start = std::time::Instant::now();
        loop {
            let requests = stage.cloud.requests().await;
            let of =
                |asked: &Asked| requests.iter().find(|request| request["request_id"] == asked.id.as_str());
            let found: Vec<&Value> = self.asked.iter().filter_map(of).collect();
            not_so.clear();
            not_so.extend(
                found
                    .iter()
                    .enumerate()
                    .filter(|(_, request)| !is_so(request))
                    .map(|(n, r)| format!("{n}: {} {} {}", r["status"], r["failure"], r["waiting"])),
            );
            if not_so.is_empty() && found.len() == self.asked.len() {
                return found.into_iter().cloned().collect();
            }
            assert!(start.elapsed() < CLAIMS_END, "not everything {what}: {not_so:#?}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Between two looks.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(200);
