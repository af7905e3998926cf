//! Jobs: what the queues carry. Ids and a version, never a body that another step decides by, never a secret.

mod access_request;
mod claim;
mod click;
mod extension;
mod form;
mod own_access;
mod person_left;
mod publish_home;
mod queue;
mod time_of_click;
mod workflow_step;

use serde::{Deserialize, Serialize};

use crate::delivery::Undelivered;
use crate::ids::{ExecutionId, OperatorName, RequestId};
use crate::time::UnixSeconds;

pub use access_request::AccessRequest;
pub use claim::{ClaimAsk, ClaimClick, Renewal};
pub use click::{Click, MessageRef, ShorterApproval, Submitted};
pub use extension::{ExtensionAsk, ExtensionClick};
pub use form::{Form, FormFill};
pub use own_access::OwnAccess;
pub use person_left::PersonLeft;
pub use publish_home::PublishHome;
pub use queue::QueueName;
pub use workflow_step::{FailedStep, WorkflowStep};

/// The version that this code writes and reads.
pub const JOB_VERSION: u32 = 1;

/// Everything that a worker can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub enum Job {
    /// Take in what somebody asked for.
    #[serde(rename = "intake")]
    Submit(AccessRequest),
    /// Take in what a workflow's step asks for.
    WorkflowStep(WorkflowStep),
    /// Tell a workflow that its step asked for nothing that could be looked at.
    FailedStep(FailedStep),
    /// Fill a form that somebody opened, or that has to show something else by what they chose.
    FillForm(FormFill),
    /// Tell somebody what access they have, or end one of their grants.
    OwnAccess(OwnAccess),
    /// Draw somebody's App Home.
    PublishHome(PublishHome),
    /// Somebody clicked "deny".
    Deny(Click),
    /// Bring Slack up to date with what a request has become.
    #[serde(rename = "tell")]
    SyncSlack { request_id: RequestId },
    /// Somebody reviewed what was granted by break-glass.
    Review(Click),
    /// Remind people of a request that waits for them, or ask others besides. The sweep sends this.
    Remind { request_id: RequestId },
    /// Somebody clicked "approve".
    Approve(Click),
    /// Somebody approved for less time than was asked for.
    ApproveShorter(ShorterApproval),
    /// Make the credential of an approved request.
    Provision { request_id: RequestId },
    /// Somebody asks to have access for longer.
    #[serde(rename = "extend")]
    AskExtension(ExtensionAsk),
    /// Somebody clicked "approve" for an extension.
    ApproveExtension(ExtensionClick),
    /// Somebody clicked "deny" for an extension.
    DenyExtension(ExtensionClick),
    /// Give a grant the later end of an extension that was approved.
    ExtendGrant { request_id: RequestId },
    /// A machine asks for the credential of a request that waits to be claimed.
    Claim(ClaimAsk),
    /// The requester clicked that a machine is theirs.
    ConfirmClaim(ClaimClick),
    /// The requester clicked that a machine is not theirs.
    RefuseClaim(ClaimClick),
    /// The machine that claimed a credential asks for the next one.
    RenewClaim(Renewal),
    /// The grant is over: what is sealed for it is handed out no more.
    CloseClaim { request_id: RequestId },
    /// Somebody clicked "end access".
    #[serde(rename = "end")]
    EndGrant(Click),
    /// An operator ends a grant early, or closes a request that is still pending. `keylease grants revoke` sends this.
    EndByOperator {
        request_id: RequestId,
        by: OperatorName,
        /// When the operator asked for it; absent in bodies from before jobs carried it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requested_at: Option<UnixSeconds>,
    },
    /// The email with the credential did not arrive, or was marked as spam. SES sends this, through `EventBridge`.
    Undelivered {
        /// Which request, from the email's tag.
        request_id: RequestId,
        /// What SES reports.
        why: Undelivered,
    },
    /// Somebody's account in Slack is deactivated: what they have ends.
    PersonLeft(PersonLeft),
    /// A grant's time is over. `EventBridge` Scheduler sends this.
    #[serde(rename = "revoke")]
    ExpireGrant { request_id: RequestId },
    /// A credential was not claimed in time. Sent when it begins to wait, and put off until then.
    LapseUnclaimed { request_id: RequestId },
    /// Find and finish what was left over. `EventBridge` Scheduler sends this every 5 minutes.
    Sweep,
    /// The same for every request in the table, whether or not it bears a mark, some at a time. `EventBridge` Scheduler
    /// sends this once a day, and `revoke` sends itself the rest.
    SweepAll {
        /// The key of the record after which to go on; absent at the beginning. It is a key as it stands, since one that
        /// was put there by hand may be no request's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
}

/// Why a message's body is not a job.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UnreadableJob {
    #[error("the body is not JSON with a `version` number: {0}")]
    NotVersioned(serde_json::Error),
    /// A version that this code does not know.
    #[error("version {found} is not known; this program reads version {JOB_VERSION}")]
    UnknownVersion { found: u64 },
    /// A job that is not known, or a field that is missing or malformed.
    #[error("the body is not a job of version {JOB_VERSION}: {0}")]
    NotAJob(serde_json::Error),
}

impl UnreadableJob {
    /// A short, stable word for the DLQ's `reason` attribute.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotVersioned(_) => "not_json",
            Self::UnknownVersion { .. } => "unknown_version",
            Self::NotAJob(_) => "unknown_job",
        }
    }
}

/// What a job is about.
enum Subject<'a> {
    Click(&'a Click),
    Request(&'a RequestId),
    Other,
}

impl Job {
    /// The names of the jobs that the worker of this queue handles.
    #[must_use]
    pub fn names_on(queue: QueueName) -> &'static [&'static str] {
        match queue {
            QueueName::Notify => &[
                "intake",
                "workflow_step",
                "failed_step",
                "fill_form",
                "own_access",
                "publish_home",
                "deny",
                "extend",
                "deny_extension",
                "tell",
                "review",
                "remind",
            ],
            QueueName::Provision => &[
                "approve",
                "approve_shorter",
                "provision",
                "approve_extension",
                "extend_grant",
                "claim",
                "confirm_claim",
                "refuse_claim",
                "renew_claim",
                "close_claim",
            ],
            QueueName::Revoke => &[
                "end",
                "end_by_operator",
                "undelivered",
                "person_left",
                "revoke",
                "lapse_unclaimed",
                "sweep",
                "sweep_all",
            ],
        }
    }

    /// The queue whose worker handles it.
    #[must_use]
    pub fn queue(&self) -> QueueName {
        self.name_and_queue().1
    }

    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name_and_queue().0
    }

    fn name_and_queue(&self) -> (&'static str, QueueName) {
        match self {
            Self::Submit(_) => ("intake", QueueName::Notify),
            Self::WorkflowStep(_) => ("workflow_step", QueueName::Notify),
            Self::FailedStep(_) => ("failed_step", QueueName::Notify),
            Self::FillForm(_) => ("fill_form", QueueName::Notify),
            Self::OwnAccess(_) => ("own_access", QueueName::Notify),
            Self::PublishHome(_) => ("publish_home", QueueName::Notify),
            Self::Deny(_) => ("deny", QueueName::Notify),
            Self::SyncSlack { .. } => ("tell", QueueName::Notify),
            Self::Review(_) => ("review", QueueName::Notify),
            Self::Remind { .. } => ("remind", QueueName::Notify),
            Self::AskExtension(_) => ("extend", QueueName::Notify),
            Self::DenyExtension(_) => ("deny_extension", QueueName::Notify),
            Self::Approve(_) => ("approve", QueueName::Provision),
            Self::ApproveShorter(_) => ("approve_shorter", QueueName::Provision),
            Self::Provision { .. } => ("provision", QueueName::Provision),
            Self::ApproveExtension(_) => ("approve_extension", QueueName::Provision),
            Self::ExtendGrant { .. } => ("extend_grant", QueueName::Provision),
            Self::Claim(_) => ("claim", QueueName::Provision),
            Self::ConfirmClaim(_) => ("confirm_claim", QueueName::Provision),
            Self::RefuseClaim(_) => ("refuse_claim", QueueName::Provision),
            Self::RenewClaim(_) => ("renew_claim", QueueName::Provision),
            Self::CloseClaim { .. } => ("close_claim", QueueName::Provision),
            Self::LapseUnclaimed { .. } => ("lapse_unclaimed", QueueName::Revoke),
            Self::EndGrant(_) => ("end", QueueName::Revoke),
            Self::EndByOperator { .. } => ("end_by_operator", QueueName::Revoke),
            Self::Undelivered { .. } => ("undelivered", QueueName::Revoke),
            Self::PersonLeft(_) => ("person_left", QueueName::Revoke),
            Self::ExpireGrant { .. } => ("revoke", QueueName::Revoke),
            Self::Sweep => ("sweep", QueueName::Revoke),
            Self::SweepAll { .. } => ("sweep_all", QueueName::Revoke),
        }
    }

    /// The request that it is about, where it is about one that exists.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        match self.subject() {
            Subject::Click(click) => Some(&click.request_id),
            Subject::Request(request_id) => Some(request_id),
            Subject::Other => None,
        }
    }

    /// The click that it came from.
    pub(crate) fn click(&self) -> Option<&Click> {
        match self.subject() {
            Subject::Click(click) => Some(click),
            Subject::Request(_) | Subject::Other => None,
        }
    }

    fn subject(&self) -> Subject<'_> {
        match self {
            Self::Deny(click) | Self::Approve(click) | Self::EndGrant(click) | Self::Review(click) => {
                Subject::Click(click)
            }
            Self::ApproveShorter(shorter) => Subject::Click(&shorter.click),
            Self::AskExtension(ask) => Subject::Click(&ask.click),
            Self::ApproveExtension(decision) | Self::DenyExtension(decision) => {
                Subject::Click(&decision.click)
            }
            Self::ConfirmClaim(answer) | Self::RefuseClaim(answer) => Subject::Click(&answer.click),
            Self::Claim(ask) => Subject::Request(&ask.request_id),
            Self::RenewClaim(renewal) => Subject::Request(&renewal.request_id),
            Self::SyncSlack { request_id }
            | Self::Remind { request_id }
            | Self::Provision { request_id }
            | Self::ExtendGrant { request_id }
            | Self::EndByOperator { request_id, .. }
            | Self::Undelivered { request_id, .. }
            | Self::CloseClaim { request_id }
            | Self::LapseUnclaimed { request_id }
            | Self::ExpireGrant { request_id } => Subject::Request(request_id),
            Self::FillForm(fill) => fill.form.request_id().map_or(Subject::Other, Subject::Request),
            Self::Submit(_)
            | Self::WorkflowStep(_)
            | Self::FailedStep(_)
            | Self::OwnAccess(_)
            | Self::PublishHome(_)
            | Self::PersonLeft(_)
            | Self::Sweep
            | Self::SweepAll { .. } => Subject::Other,
        }
    }

    /// The run of the workflow's step that asks, where one does.
    #[must_use]
    pub fn execution_id(&self) -> Option<&ExecutionId> {
        if let Self::WorkflowStep(step) = self {
            return Some(&step.execution_id);
        }
        if let Self::FailedStep(failed) = self { Some(&failed.execution_id) } else { None }
    }

    /// The message body: `{"version":1,"job":"revoke","request_id":"…"}`.
    #[must_use]
    pub fn encode(&self) -> String {
        self.encode_with(&serde_json::Map::new())
    }

    /// The same, with fields that this code does not know.
    #[must_use]
    pub fn encode_with(&self, more: &serde_json::Map<String, serde_json::Value>) -> String {
        let mut body = serde_json::json!({ "version": JOB_VERSION });
        if let Some(body) = body.as_object_mut() {
            body.extend(more.clone());
        }
        // Every variant is a map of strings and numbers, so this cannot fail; a body without a job would be dead-lettered.
        if let (Ok(serde_json::Value::Object(fields)), Some(body)) =
            (serde_json::to_value(self), body.as_object_mut())
        {
            body.extend(fields);
        }
        body.to_string()
    }

    /// Reads a message body. Fields that are not known are passed over, so that a newer sender can add some.
    pub fn decode(body: &str) -> Result<Self, UnreadableJob> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u64,
        }
        let versioned: Versioned = serde_json::from_str(body).map_err(UnreadableJob::NotVersioned)?;
        if versioned.version != u64::from(JOB_VERSION) {
            return Err(UnreadableJob::UnknownVersion { found: versioned.version });
        }
        serde_json::from_str(body).map_err(UnreadableJob::NotAJob)
    }
}

#[cfg(test)]
mod tests;
