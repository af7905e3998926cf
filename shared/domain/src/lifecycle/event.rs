//! The events of a request's life, each with what it was decided from.

use crate::actor::Actor;
use crate::authorization::People;
use crate::claim::ConfirmedMachine;
use crate::delivery::Undelivered;
use crate::duration::GrantDuration;
use crate::end_reason::EndReason;
use crate::ids::{ClickId, RequestId, SlackUserId};
use crate::lifecycle::extension_event::ExtensionEvent;
use crate::request::Grant;
use crate::rule::{Rule, RuleName};
use crate::status::Status;
use crate::time::UnixSeconds;

/// Something that happened, or that somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub enum Event {
    /// An approver, who may, agreed.
    Approve {
        by: SlackUserId,
        /// When their click reached the ingress: access lasts from then.
        at: UnixSeconds,
        /// Which click it was, where it says so.
        click_id: Option<ClickId>,
        /// Who is on the catalogue's list of approvers.
        approvers: Vec<SlackUserId>,
        /// How many different approvers must agree, from the catalogue.
        approvals_required: u32,
        /// Whether the catalogue lets an approver approve a request of their own.
        self_approval_allowed: bool,
        /// What is granted, from the catalogue.
        grant: Grant,
        /// Whoever counts, as Slack has them: looked up for this decision.
        people: People,
        /// How long access may last at most, where they grant less than was asked for.
        shorter: Option<GrantDuration>,
    },
    /// The catalogue's rule grants it, and nobody has to decide.
    ApproveByRule {
        name: RuleName,
        /// As the catalogue has it.
        rule: Rule,
        /// What is granted, from the catalogue.
        grant: Grant,
        /// Whoever asked, as Slack has them, and the members of the user groups that the rule names.
        people: People,
    },
    /// An approver, who may, said no.
    Deny {
        by: SlackUserId,
        /// When their click reached the ingress.
        at: UnixSeconds,
        /// Who is on the catalogue's list of approvers.
        approvers: Vec<SlackUserId>,
        /// Why, as typed.
        reason: Option<String>,
    },
    /// An approver, who may, reviewed what was granted by break-glass.
    Review {
        by: SlackUserId,
        /// When their click reached the ingress.
        at: UnixSeconds,
        /// Who is on the catalogue's list of approvers.
        approvers: Vec<SlackUserId>,
        /// What they say of it, as typed.
        note: Option<String>,
    },
    /// Nobody has decided for a while: others are asked besides, and may decide from now on.
    Escalate {
        /// Who, from the catalogue.
        to: Vec<SlackUserId>,
    },
    /// Nobody decided in time.
    Lapse {
        /// How long a request stays open undecided.
        pending_ttl: GrantDuration,
    },
    /// Nobody could be asked to decide: Slack took no message to any approver.
    AskFailed { why: String },
    /// The credential exists and was sent.
    Activate,
    /// Everything but the credential is there; its requester may claim that.
    Ready,
    /// The credential exists, and is sealed to the machine that its requester confirmed.
    Claimed { machine: ConfirmedMachine },
    /// Its requester said that a machine that asked for it is not theirs.
    ClaimRefused {
        by: SlackUserId,
        /// When their click reached the ingress.
        at: UnixSeconds,
        /// What the machine called itself.
        label: String,
        /// Names its public key.
        key_fingerprint: String,
    },
    /// Nobody claimed it in time, and what was made for it was read back as gone.
    Unclaimed,
    /// The credential cannot be made, and whatever was made of it was taken away again.
    Fail {
        why: String,
        /// Whether everything was taken away; otherwise that is still to be done.
        removed: bool,
    },
    /// The grant's time is over.
    Expire,
    /// Somebody, who may, ended the grant early. From an operator, it also closes a request that is still pending.
    EndEarly {
        by: Actor,
        /// When their click reached the ingress, or the operator typed the command.
        at: UnixSeconds,
        ends_as: EndReason,
        /// Who is on the catalogue's list of approvers; nobody when the project is gone from it.
        approvers: Vec<SlackUserId>,
    },
    /// The email with the credential did not arrive, or was marked as spam.
    Undelivered {
        /// What SES reports.
        why: Undelivered,
    },
    /// Its session was ended together with another one on the same role, which could not be ended alone.
    CutOff {
        /// The request whose session was to end, where that is known.
        with: Option<RequestId>,
    },
    /// Slack says that the requester's account is deactivated.
    RequesterLeft,
    /// Everything that was made for it was read back as gone.
    Gone,
    /// Something about an extension of the grant.
    Extension(ExtensionEvent),
}

impl Event {
    /// The name of [`Event::Undelivered`], by which it is found in the history.
    pub(crate) const UNDELIVERED: &str = "undelivered";
    /// The name of [`Event::CutOff`], by which it is found in the history.
    pub(crate) const CUT_OFF: &str = "cut_off";
    /// The name of [`Event::Review`], by which it is found in the history.
    pub(crate) const REVIEW: &str = crate::request::REVIEW;
    /// The name of [`Event::Escalate`], by which it is found in the history.
    pub(crate) const ESCALATE: &str = crate::request::ESCALATE;
    /// The name of [`Event::AskFailed`], by which it is found in the history.
    pub(crate) const ASK_FAILED: &str = "ask_failed";
    /// The name of [`Event::ClaimRefused`], by which it is found in the history.
    pub(crate) const CLAIM_REFUSED: &str = "claim_refused";
    /// The name of [`Event::Unclaimed`], by which it is found in the history.
    pub(crate) const UNCLAIMED: &str = "unclaimed";

    /// The name of [`Event::RequesterLeft`], by which it is found in the history.
    pub(crate) const REQUESTER_LEFT: &str = "requester_left";

    /// Its name, for the history and for errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::ApproveByRule { .. } => "approve_by_rule",
            Self::Review { .. } => Self::REVIEW,
            Self::Escalate { .. } => Self::ESCALATE,
            Self::Deny { .. } => "deny",
            Self::Lapse { .. } => "lapse",
            Self::AskFailed { .. } => Self::ASK_FAILED,
            Self::Activate => "activate",
            Self::Ready => "ready",
            Self::Claimed { .. } => "claimed",
            Self::ClaimRefused { .. } => Self::CLAIM_REFUSED,
            Self::Unclaimed => Self::UNCLAIMED,
            Self::Fail { .. } => "fail",
            Self::Expire => "expire",
            Self::EndEarly { .. } => "revoke",
            Self::Undelivered { .. } => Self::UNDELIVERED,
            Self::CutOff { .. } => Self::CUT_OFF,
            Self::RequesterLeft => Self::REQUESTER_LEFT,
            Self::Gone => "gone",
            Self::Extension(event) => event.name(),
        }
    }

    pub(super) fn by(&self) -> Option<Actor> {
        match self {
            Self::Approve { by, .. }
            | Self::Deny { by, .. }
            | Self::Review { by, .. }
            | Self::ClaimRefused { by, .. } => Some(by.clone().into()),
            Self::Claimed { machine } => Some(machine.by.clone().into()),
            Self::EndEarly { by, .. } => Some(by.clone()),
            Self::ApproveByRule { name, .. } => Some(Actor::Rule(*name)),
            Self::Extension(event) => event.by(),
            Self::Escalate { .. }
            | Self::Lapse { .. }
            | Self::AskFailed { .. }
            | Self::Activate
            | Self::Ready
            | Self::Unclaimed
            | Self::Fail { .. }
            | Self::Expire
            | Self::Undelivered { .. }
            | Self::CutOff { .. }
            | Self::RequesterLeft
            | Self::Gone => None,
        }
    }

    /// When the click reached the ingress, or the operator typed the command, for what a person does.
    pub(crate) fn clicked_at(&self) -> Option<UnixSeconds> {
        match self {
            Self::Approve { at, .. }
            | Self::Deny { at, .. }
            | Self::Review { at, .. }
            | Self::EndEarly { at, .. }
            | Self::ClaimRefused { at, .. } => Some(*at),
            Self::Claimed { machine } => Some(machine.at),
            Self::Extension(event) => event.clicked().map(|(_, at)| at),
            Self::ApproveByRule { .. }
            | Self::Escalate { .. }
            | Self::Lapse { .. }
            | Self::AskFailed { .. }
            | Self::Activate
            | Self::Ready
            | Self::Unclaimed
            | Self::Fail { .. }
            | Self::Expire
            | Self::Undelivered { .. }
            | Self::CutOff { .. }
            | Self::RequesterLeft
            | Self::Gone => None,
        }
    }

    pub(super) fn note(&self, from: Status) -> Option<String> {
        match self {
            Self::Fail { why, .. } | Self::AskFailed { why } => Some(why.clone()),
            Self::CutOff { with } => Some(match with {
                Some(other) => {
                    format!("cut off together with the session of {other}, which could not be ended alone")
                }
                None => "cut off together with another session on its role, which could not be ended alone"
                    .to_owned(),
            }),
            Self::Undelivered { why } => Some(format!("the email with the credential: {}", why.says()?)),
            Self::EndEarly { .. } if from == Status::Pending => {
                Some("an operator closed it before it was decided".to_owned())
            }
            Self::Approve { shorter, .. } => shorter.map(|shorter| format!("for {shorter} at most")),
            Self::RequesterLeft => Some("the requester left Slack".to_owned()),
            Self::Deny { reason, .. } => reason.clone(),
            Self::Claimed { machine } => Some(format!("on {}", machine.label)),
            Self::ClaimRefused { label, .. } => Some(format!("a machine that calls itself {label}")),
            Self::Review { note, .. } => note.clone(),
            Self::ApproveByRule { .. }
            | Self::Escalate { .. }
            | Self::EndEarly { .. }
            | Self::Lapse { .. }
            | Self::Activate
            | Self::Ready
            | Self::Unclaimed
            | Self::Expire
            | Self::Gone => None,
            Self::Extension(event) => event.note(),
        }
    }
}
