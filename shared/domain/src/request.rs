//! A request: the one record that says what was asked, decided and done.

mod by_rule;
mod entitlement;
mod extension;
mod review;
mod slack_state;
mod work;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::as_read::AsRead;
use crate::claim::{ConfirmedMachine, CredentialClaim};
use crate::duration::GrantDuration;
use crate::history::History;
use crate::ids::{ProjectName, RequestId, RoleName, SlackUserId};
use crate::kind::RoleKind;
use crate::project::{Project, Role};
use crate::status::Status;
use crate::time::UnixSeconds;

pub use entitlement::RoleEntitlement;
pub use extension::{
    EXTEND_MARGIN_SECONDS, EXTENSION_REASON_MAX_CHARS, Extending, Extension, ExtensionOutcome, Extensions,
    ShownExtension, UNGRANTED_MAX,
};
pub(crate) use review::{ESCALATE, REVIEW, is_note};
pub use slack_state::{Audience, ExtensionMessage, Posted, Shown, SlackState, ToldExtension, Warning};
pub use work::{Claim, Recipient, Resent, Waiting, Work};

/// One request, as its table record has it: grouped here, flat there. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Request {
    pub request_id: RequestId,
    pub status: Status,
    /// Grows by one with each write; a write is conditional on the version that was read.
    #[serde(default)]
    pub version: u64,
    #[serde(flatten)]
    pub ask: Ask,
    #[serde(flatten)]
    pub decision: Decision,
    #[serde(flatten)]
    pub access: Access,
    #[serde(flatten)]
    pub extensions: Extensions,
    #[serde(flatten)]
    pub slack: SlackState,
    #[serde(flatten)]
    pub work: Work,
    #[serde(flatten)]
    pub audit: AuditTrail,
    /// The whole record as it was read, for what this version does not know of it.
    #[serde(skip)]
    pub as_read: AsRead,
}

/// What was asked for, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Ask {
    pub project: ProjectName,
    pub role: RoleName,
    /// How long access lasts, from the decision.
    #[serde(rename = "duration_seconds", with = "crate::duration::seconds")]
    pub duration: GrantDuration,
    /// Why, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    pub requester_slack_id: SlackUserId,
    /// What they are called.
    #[serde(default)]
    pub requester_name: String,
    pub created_at: UnixSeconds,
    /// Names the submission that made it, so that a second delivery is recognised.
    #[serde(rename = "intake_id", default)]
    pub idempotency_key: String,
}

/// Who decided, and what was granted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Decision {
    /// Who agreed so far, where a role needs several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<SlackUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver_slack_id: Option<SlackUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<UnixSeconds>,
    /// Why it was denied, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_reason: Option<String>,
    /// How long was asked for, in seconds, where an approver granted less; `duration_seconds` is what was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_duration_seconds: Option<u32>,
    /// What the decision granted, copied from the catalogue when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
}

/// What was made in AWS, until when, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Access {
    /// A live record always has it, written with the decision. One that lost it, by hand or by a tool, is still read, because
    /// what cannot be read cannot be ended: it counts as over, and the next sweep takes its access away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UnixSeconds>,
    /// IAM user name, assumed-role ARN, role ARN, or the user's id in Identity Center.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The access key's id; never its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// The session's unique id, `AROA…:keylease-…`: what ends one session early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed_role_id: Option<String>,
    /// How long a session that is opened by it goes on, in seconds, where nothing ends one: as it was when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_seconds: Option<u32>,
    /// Until when a session may go on that was opened just before the end, where nothing ends one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions_until: Option<UnixSeconds>,
    /// Where its person signs in, where access is not by a credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
    /// How account access manager opens its role, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<RoleEntitlement>,
    /// Its person had it before, so it stays after the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub had_before: bool,
    /// Where the credential was sent, from Slack's own profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester_email: Option<String>,
    /// The claim of its credential, where that is not emailed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<CredentialClaim>,
    /// Why it failed, in plain words. Set before everything is undone, so that nobody goes on making it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixSeconds>,
    /// When everything that was made for it had been read back as gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<UnixSeconds>,
}

/// Where and as what a person signs in by IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct SignIn {
    /// The AWS access portal.
    pub portal_url: String,
    pub region: String,
    /// The permission set's name; none for a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
}

/// Every change: who, what, when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditTrail {
    /// The changes, oldest first. Only ever appended to, by `Request::record`.
    #[serde(default)]
    pub history: History,
    /// The hash of the last event, so that one that is cut off is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_head: Option<String>,
}

/// What was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// How the credential is made.
    pub role: RoleKind,
    /// The role in another account to act through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_role_arn: Option<String>,
    /// How often it may be extended, for the buttons that people see; the catalogue of the moment decides.
    #[serde(default, skip_serializing_if = "slack_state::is_zero")]
    pub max_extensions: u32,
    /// How long its credential may be claimed, in seconds; it is emailed where this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_within_seconds: Option<u32>,
}

impl Grant {
    /// What a decision grants now, by the catalogue.
    #[must_use]
    pub fn of(project: &Project, role: &Role) -> Self {
        Self {
            role: role.kind.clone(),
            account_role_arn: project.account_role_arn.clone(),
            max_extensions: role.extensions(),
            // What has no secret is not delivered.
            claim_within_seconds: role
                .delivery
                .claim_within()
                .filter(|_| role.kind.has_secret())
                .map(GrantDuration::seconds),
        }
    }
}

impl Request {
    /// A new one, which waits for a decision; `record` appends how it came about.
    #[must_use]
    pub fn new(request_id: RequestId, ask: Ask) -> Self {
        Self {
            request_id,
            status: Status::Pending,
            version: 0,
            ask,
            decision: Decision::default(),
            access: Access::default(),
            extensions: Extensions::default(),
            slack: SlackState::default(),
            work: Work::default(),
            audit: AuditTrail::default(),
            as_read: AsRead::default(),
        }
    }

    /// How long was asked for, where an approver granted less.
    #[must_use]
    pub fn shortened_from(&self) -> Option<GrantDuration> {
        GrantDuration::from_seconds(u64::from(self.decision.asked_duration_seconds?)).ok()
    }

    /// The claim of it, where its credential waits for one.
    #[must_use]
    pub fn waiting_claim(&self) -> Option<&CredentialClaim> {
        self.access.claim.as_ref().filter(|_| self.status == Status::Ready)
    }

    /// The machine that its credential is to be made for.
    #[must_use]
    pub fn confirmed_machine(&self) -> Option<&ConfirmedMachine> {
        self.access.claim.as_ref()?.confirmed.as_ref()
    }

    /// Until when its credential may be claimed, where it waits for that; until its end once a machine was confirmed.
    #[must_use]
    pub fn claim_deadline(&self) -> Option<UnixSeconds> {
        let claim = self.waiting_claim()?;
        let ends = self.access.expires_at.unwrap_or(claim.until);
        Some(if claim.confirmed.is_some() && !claim.closed { ends } else { claim.until.min(ends) })
    }

    /// The name of the profile that people are told to make for it. It takes no brackets and no spaces.
    #[must_use]
    pub fn profile_name(&self) -> String {
        let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        format!("keylease-{}-{}", self.ask.project, self.ask.role).chars().map(safe).collect()
    }

    /// The name of its IAM user or role, schedule and role session.
    #[must_use]
    pub fn aws_name(&self) -> String {
        aws_name(&self.request_id)
    }

    /// A session that is opened by it goes on for so long after it was taken away; without any, what stands there stays.
    pub fn note_sessions_until(&mut self, taken_away: UnixSeconds) {
        if let Some(seconds) = self.access.session_seconds {
            self.access.sessions_until = Some(taken_away.plus_seconds(i64::from(seconds)));
        }
    }

    /// It lasts until then, and so do its sessions where they are over by the end.
    pub fn set_end(&mut self, end: UnixSeconds) {
        self.access.expires_at = Some(end);
        self.note_sessions_until(self.taken_away_for(end));
    }

    /// When it is taken away: at its end, or so long before it that no session outlives the end.
    #[must_use]
    pub fn taken_away_at(&self) -> Option<UnixSeconds> {
        self.access.expires_at.map(|end| self.taken_away_for(end))
    }

    /// When it has to be taken away to be over by `end`.
    #[must_use]
    pub fn taken_away_for(&self, end: UnixSeconds) -> UnixSeconds {
        let closes_early = self.decision.grant.as_ref().is_some_and(|grant| grant.role.closes_early());
        let seconds = self.access.session_seconds.filter(|_| closes_early).unwrap_or(0);
        UnixSeconds(end.0.saturating_sub(i64::from(seconds)))
    }

    /// How long the sessions go on that a grant of `kind` for `duration` has to be longer than, where it is not.
    #[must_use]
    pub fn too_short_for_sessions(&self, kind: &RoleKind, duration: GrantDuration) -> Option<GrantDuration> {
        let seconds = self.access.session_seconds.filter(|_| kind.closes_early())?;
        GrantDuration::from_seconds(seconds.into()).ok().filter(|sessions| duration <= *sessions)
    }

    /// Whether the time that was granted is over.
    #[must_use]
    pub fn time_is_over(&self, now: UnixSeconds) -> bool {
        self.taken_away_at().is_some_and(|end| now >= end)
    }

    /// Whether it was this person who denied it.
    #[must_use]
    pub fn was_denied_by(&self, person: &SlackUserId) -> bool {
        self.status == Status::Denied && self.decision.approver_slack_id.as_ref() == Some(person)
    }

    /// What an up-to-date message about it shows.
    #[must_use]
    pub fn shown(&self) -> Shown {
        // Counted by the events: an approval that takes the place of one that no longer counts is a change too.
        let approved = self.audit.history.iter().filter(|change| change.event == "approve").count();
        Shown {
            status: self.status,
            approvals: u32::try_from(self.decision.approvals.len().max(approved)).unwrap_or(u32::MAX),
            gone: self.access.gone_at.is_some(),
            extended: self.extensions.in_force(),
            notes: self.notes(),
        }
    }

    /// How many more extensions its requester may ask for, by what was granted.
    #[must_use]
    pub fn extensions_left(&self) -> u32 {
        let allowed = self.decision.grant.as_ref().filter(|grant| grant.role.name().can_be_extended());
        let allowed = allowed.map_or(0, |grant| grant.max_extensions);
        if self.status == Status::Active { allowed.saturating_sub(self.extensions.granted()) } else { 0 }
    }

    /// Whether everybody has been told what it is, and every message shows it.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        let asked = self.slack.messages.iter().any(|posted| posted.audience != Audience::Requester);
        let shown = self.slack.messages.iter().all(|posted| posted.shows == Some(self.shown()));
        let waits_long = self.work.waiting.as_ref().is_some_and(Waiting::is_long);
        let told = self.slack.notified_statuses.contains(&self.status)
            || (self.status == Status::Approved && !waits_long);
        (asked || self.status != Status::Pending)
            && shown
            && told
            && self.step_answer().is_none()
            && !self.is_to_be_announced()
            && self.slack.shows_extensions(&self.extensions)
            && self
                .slack
                .warnings
                .iter()
                .all(|warning| !self.warning_is_due(warning) && !self.warning_is_over(warning))
    }

    /// Whether its requester is still to be warned of this end.
    #[must_use]
    pub fn warning_is_due(&self, warning: &Warning) -> bool {
        self.warning_is_current(warning) && warning.told_at.is_none()
    }

    /// Whether this warning still has its buttons, though it is not true any more.
    #[must_use]
    pub fn warning_is_over(&self, warning: &Warning) -> bool {
        !self.warning_is_current(warning) && warning.message.is_some() && !warning.is_closed
    }

    fn warning_is_current(&self, warning: &Warning) -> bool {
        self.status == Status::Active && self.taken_away_at() == Some(warning.ends_at)
    }

    /// When an undecided request lapses.
    #[must_use]
    pub fn lapses_at(&self, pending_ttl: GrantDuration) -> UnixSeconds {
        self.ask.created_at.after(pending_ttl)
    }
}

/// The request that an IAM user or role, schedule or role session of this name is for.
#[must_use]
pub fn request_id_of(aws_name: &str) -> Option<RequestId> {
    RequestId::parse(aws_name.strip_prefix("keylease-")?).ok()
}

/// The name of a request's IAM user or role, schedule and role session.
#[must_use]
pub fn aws_name(request_id: &RequestId) -> String {
    format!("keylease-{request_id}")
}
