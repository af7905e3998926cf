//! What is so at one moment, in the table, IAM, Scheduler and the mailbox: what the invariants are about.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use aws::dynamodb::OPEN_ATTRIBUTE;
use domain::policy::sessions_denied;
use domain::{Request, UnixSeconds};
use sandbox::aws::{Mail, ScheduleView, UserView};
use serde_json::{Map, Value};

use crate::client::Minted;
use crate::stage::Stage;

/// What is so now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) requests: Vec<Request>,
    /// The requests whose record bears the mark by which sweeps find it.
    pub(crate) marked: BTreeSet<String>,
    /// Whether a newer program writes records too.
    pub(crate) beside_newer: bool,
    /// What our writes lost of what it had written.
    pub(crate) lost: Vec<String>,
    pub(crate) users: Vec<UserView>,
    pub(crate) schedules: Vec<ScheduleView>,
    pub(crate) mails: Vec<Mail>,
    pub(crate) minted: Vec<Minted>,
    /// The requests whose session is denied on its role.
    pub(crate) denied_sessions: BTreeSet<String>,
}

/// A part of the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Table,
    Iam,
    Scheduler,
    Mailbox,
    Sessions,
}

impl Part {
    /// Which part a call may change.
    pub(crate) fn changed_by(service: &str, operation: &str) -> Option<Self> {
        let reads = ["Get", "List", "Scan", "Query", "BatchGet"];
        if reads.iter().any(|read| operation.starts_with(read)) {
            return None;
        }
        match service {
            "dynamodb" => Some(Self::Table),
            "iam" => Some(Self::Iam),
            "sts" => Some(Self::Sessions),
            "scheduler" => Some(Self::Scheduler),
            "ses" => Some(Self::Mailbox),
            _ => None,
        }
    }
}

impl Facts {
    /// Looks again at what may have changed.
    pub(crate) async fn refresh(&mut self, stage: &Stage, part: Part) {
        let mint = || stage.mint.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match part {
            Part::Table => {
                let items = stage.aws.table(&stage.requests_table).await;
                let marked = items.iter().filter(|item| item.contains_key(OPEN_ATTRIBUTE));
                let id = |item: &Map<String, Value>| Some(item.get("request_id")?.as_str()?.to_owned());
                self.marked = marked.filter_map(id).collect();
                self.beside_newer = stage.beside_newer;
                self.lost = stage.aws.lost_attributes();
                let mut requests: Vec<Request> = items
                    .into_iter()
                    .filter_map(|item| serde_json::from_value(Value::Object(item)).ok())
                    .collect();
                requests.sort_by(|left, right| left.request_id.cmp(&right.request_id));
                self.requests = requests;
            }
            Part::Iam => {
                self.users = stage.aws.users().await;
                self.minted = mint();
                let denials = stage.aws.role_policies(sandbox::aws::DEMO_SESSION_ROLE_ARN).await;
                let denied = denials.values().flat_map(|denial| sessions_denied(&denial.to_string()));
                let name = |id: String| id.rsplit(':').next().map(str::to_owned);
                self.denied_sessions = denied.filter_map(name).collect();
            }
            Part::Sessions => self.minted = mint(),
            Part::Scheduler => self.schedules = stage.aws.schedules().await,
            Part::Mailbox => self.mails = stage.aws.mails(),
        }
    }

    /// Looks again at everything.
    pub(crate) async fn refresh_all(&mut self, stage: &Stage) {
        for part in [Part::Table, Part::Iam, Part::Scheduler, Part::Mailbox, Part::Sessions] {
            self.refresh(stage, part).await;
        }
    }

    pub(crate) fn request(&self, id: &str) -> Option<&Request> {
        self.requests.iter().find(|request| request.request_id.as_str() == id)
    }

    pub(crate) fn user(&self, name: &str) -> Option<&UserView> {
        self.users.iter().find(|user| user.name == name)
    }

    /// The moments at which something is due for a request.
    pub(crate) fn moments(&self, pending_ttl_seconds: i64) -> Vec<UnixSeconds> {
        let mut moments = Vec::new();
        for request in &self.requests {
            if request.status == domain::Status::Pending {
                moments.push(request.created_at.plus_seconds(pending_ttl_seconds));
            }
            moments.extend(request.expires_at);
            moments.extend(request.making.as_ref().map(|claim| claim.until));
        }
        moments
    }
}

/// When a schedule of the form `at(2026-11-23T10:00:00)` is due.
pub(crate) fn due_at(schedule: &ScheduleView) -> Option<UnixSeconds> {
    let time = schedule.expression.strip_prefix("at(")?.strip_suffix(')')?;
    UnixSeconds::from_rfc3339(&format!("{time}Z"))
}
