//! A request: the one record that says what was asked, decided and done.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::as_read::AsRead;
use crate::audit::{History, Inputs};
use crate::duration::GrantDuration;
use crate::ids::{ProjectName, RequestId, RoleName, SlackUserId};
use crate::job::MessageRef;
use crate::outbox::Outbox;
use crate::project::RoleKind;
use crate::time::UnixSeconds;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Waits for an approver.
    Pending,
    /// An approver said no. Final.
    Denied,
    /// Nobody decided in time. Final.
    Lapsed,
    /// Approved; the credential is being made.
    Approved,
    /// The credential is out and works until `expires_at`.
    Active,
    /// Its time is over. Final.
    Expired,
    /// Ended early. Final.
    Revoked,
    /// The credential could not be made; nothing is left behind. Final.
    Failed,
}

/// One request, as its table record has it. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its key.
    pub request_id: RequestId,
    /// How far it has come.
    pub status: Status,
    /// The project that was asked for.
    pub project: ProjectName,
    /// The role that was asked for.
    pub role: RoleName,
    /// How long access lasts, from the decision.
    pub duration_seconds: u32,
    /// Why, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// Who asked.
    pub requester_slack_id: SlackUserId,
    /// What they are called.
    #[serde(default)]
    pub requester_name: String,
    /// Where the credential was sent, from Slack's own profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_email: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver_slack_id: Option<SlackUserId>,
    /// When it was asked.
    pub created_at: UnixSeconds,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<UnixSeconds>,
    /// When access ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UnixSeconds>,
    /// IAM user name or assumed-role ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The access key's id; never its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// When access ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixSeconds>,
    /// When everything that was made for it had been read back as gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<UnixSeconds>,
    /// Why it failed, in plain words. Set before everything is undone, so that nobody goes on making it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Grows by one with each write; a write is conditional on the version that was read.
    #[serde(default)]
    pub version: u64,

    /// The ask that made it, so that a second delivery is recognised.
    #[serde(rename = "intake_id", default)]
    pub idempotency_key: String,
    /// Who agreed so far, where a role needs several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<SlackUserId>,
    /// Who ended it early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Actor>,
    /// What the decision granted, copied from the catalogue when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    /// The worker that is making the credential, and until when nobody else may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub making: Option<Claim>,
    /// What the making of its credential waits for until an operator has repaired it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// The worker that is telling people, and until when nobody else may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telling: Option<Claim>,
    /// When the sweep last sent the job that brings Slack up to date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resent: Option<Resent>,
    /// The session's unique id, `AROA…:keylease-…`: what ends one session early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed_role_id: Option<String>,
    /// Messages in Slack that show this request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Posted>,
    /// What the requester has been told: the statuses.
    #[serde(rename = "told", default, skip_serializing_if = "Vec::is_empty")]
    pub notified_statuses: Vec<Status>,
    /// Jobs that follow from the last changes and are not known to be on their queues yet.
    #[serde(default, skip_serializing_if = "Outbox::is_empty")]
    pub outbox: Outbox,
    /// Every change: who, what, when. Only ever appended to, by `Request::record`.
    #[serde(default)]
    pub history: History,
    /// The hash of the last event, so that one that is cut off is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_head: Option<String>,
    /// The whole record as it was read, for what this version does not know of it.
    #[serde(skip)]
    pub as_read: AsRead,
}

/// What was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// How the credential is made.
    pub role: RoleKind,
    /// The role in another account to act through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_role_arn: Option<String>,
}

/// A claim on a task: one worker at a time, and only until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The worker's own random name for this try.
    pub by: String,
    /// After this, another worker may take over.
    pub until: UnixSeconds,
}

/// A credential that cannot be made until an operator has repaired something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When that was found first.
    pub since: UnixSeconds,
    /// When it was tried last.
    pub tried_at: UnixSeconds,
    /// What is to be repaired.
    pub why: String,
}

impl Waiting {
    /// Whoever asked is told of a wait that has lasted for so many seconds. A shorter one passes by itself, such as that
    /// for a permission that IAM does not know everywhere yet.
    pub const TOLD_AFTER_SECONDS: i64 = 20;

    /// Whether it has lasted for long enough that whoever asked is told.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.tried_at.seconds_since(self.since) >= Self::TOLD_AFTER_SECONDS
    }
}

/// When the sweep last sent the job that brings Slack up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resent {
    /// When.
    pub at: UnixSeconds,
    /// How often since the last change.
    pub times: u32,
}

/// A message in Slack that shows a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Where it is.
    pub message: MessageRef,
    /// Whom it is for.
    pub audience: Audience,
    /// The status, and the number of approvals, that it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<Shown>,
}

/// What a message shows, so that one that is up to date is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The status.
    pub status: Status,
    /// How many had agreed.
    #[serde(default)]
    pub approvals: u32,
    /// Whether everything had been read back as gone.
    #[serde(default)]
    pub gone: bool,
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// The project's channel.
    Channel,
    /// One approver, by direct message.
    Approver(SlackUserId),
    /// The requester, by direct message, about a grant that lives.
    Requester,
}

/// One change: an event of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When.
    pub at: UnixSeconds,
    /// What happened: the event's name.
    pub event: String,
    /// Who did it; absent when time did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// The status before; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Status>,
    /// The status after.
    pub to: Status,
    /// More about it, such as why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the decision was made from, as it stood at that moment.
    #[serde(default, skip_serializing_if = "Inputs::is_empty")]
    pub inputs: Inputs,
    /// Its place among the request's events, counted from 1; 0 for one from before the events were chained.
    #[serde(default)]
    pub position: u32,
    /// The hash of the event before it; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The hash of everything above and the request's id; absent for one from before the events were chained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Status {
    /// Every status, in the order of a request's way.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Denied,
        Self::Lapsed,
        Self::Approved,
        Self::Active,
        Self::Expired,
        Self::Revoked,
        Self::Failed,
    ];

    /// Whether nothing can happen to it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::Approved | Self::Active => false,
            Self::Denied | Self::Lapsed | Self::Expired | Self::Revoked | Self::Failed => true,
        }
    }

    /// Its name, as the table has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Denied => "DENIED",
            Self::Lapsed => "LAPSED",
            Self::Approved => "APPROVED",
            Self::Active => "ACTIVE",
            Self::Expired => "EXPIRED",
            Self::Revoked => "REVOKED",
            Self::Failed => "FAILED",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Request {
    /// How long access lasts.
    #[must_use]
    pub fn duration(&self) -> GrantDuration {
        // A record with a length outside the grammar was not written here; the shortest is the safe reading.
        GrantDuration::from_seconds(u64::from(self.duration_seconds)).unwrap_or(GrantDuration::SHORTEST)
    }

    /// The name of its IAM user, schedule and role session.
    #[must_use]
    pub fn aws_name(&self) -> String {
        aws_name(&self.request_id)
    }

    /// What an up-to-date message about it shows.
    #[must_use]
    pub fn shown(&self) -> Shown {
        // Counted by the events: an approval that takes the place of one that no longer counts is a change too.
        let approved = self.history.iter().filter(|change| change.event == "approve").count();
        Shown {
            status: self.status,
            approvals: u32::try_from(self.approvals.len().max(approved)).unwrap_or(u32::MAX),
            gone: self.gone_at.is_some(),
        }
    }

    /// Whether everybody has been told what it is, and every message shows it.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        let asked = self.messages.iter().any(|posted| posted.audience != Audience::Requester);
        let shown = self.messages.iter().all(|posted| posted.shows == Some(self.shown()));
        let waits_long = self.waiting.as_ref().is_some_and(Waiting::is_long);
        let told =
            self.notified_statuses.contains(&self.status) || (self.status == Status::Approved && !waits_long);
        (asked || self.status != Status::Pending) && shown && told
    }

    /// When an undecided request lapses.
    #[must_use]
    pub fn lapses_at(&self, pending_ttl: GrantDuration) -> UnixSeconds {
        self.created_at.after(pending_ttl)
    }
}

/// The name of a request's IAM user, schedule and role session.
#[must_use]
pub fn aws_name(request_id: &RequestId) -> String {
    format!("keylease-{request_id}")
}
