//! What happens to an extension, and why it may not.

use crate::actor::Actor;
use crate::authorization::{People, Refused};
use crate::duration::GrantDuration;
use crate::ids::{ClickId, SlackUserId};
use crate::rule::{Rule, RuleName};
use crate::time::UnixSeconds;

/// Something that happened to an extension, or that somebody wants to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub enum ExtensionEvent {
    /// Whoever has the access asks for more time.
    Ask {
        by: SlackUserId,
        /// When their form reached the ingress.
        at: UnixSeconds,
        /// Which form it was, where it says so.
        click_id: Option<ClickId>,
        /// How long access is to last, from the decision.
        duration: GrantDuration,
        justification: Option<String>,
        /// How many extensions the role allows, from the catalogue.
        max_extensions: u32,
    },
    /// They ask for more time, and a rule of the role grants it at once.
    ApproveByRule {
        by: SlackUserId,
        /// When their form reached the ingress: access lasts from then.
        at: UnixSeconds,
        /// Which form it was, where it says so.
        click_id: Option<ClickId>,
        /// How long access is to last, from then.
        duration: GrantDuration,
        justification: Option<String>,
        /// How many extensions the role allows, from the catalogue.
        max_extensions: u32,
        /// The role's rule, from the catalogue.
        rule: Rule,
        /// Whoever asks, as Slack has them: looked up for this decision.
        people: People,
    },
    /// An approver, who may, agreed.
    Approve {
        number: u32,
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
        /// How many extensions the role allows, from the catalogue.
        max_extensions: u32,
        /// Whoever counts, as Slack has them: looked up for this decision.
        people: People,
    },
    /// An approver, who may, said no.
    Deny {
        number: u32,
        by: SlackUserId,
        /// When their click reached the ingress.
        at: UnixSeconds,
        /// Which click it was, where it says so.
        click_id: Option<ClickId>,
        /// Who is on the catalogue's list of approvers.
        approvers: Vec<SlackUserId>,
        /// What they said of it.
        reason: Option<String>,
    },
    /// Nobody decided in time, or nobody could be asked.
    Lapse { number: u32, why: Option<String> },
    /// The later schedule and tag are in place: the record has the later end from now on.
    Extend { number: u32 },
    /// The later end cannot be put in place.
    Fail { number: u32, why: String },
}

/// Why an extension cannot be asked for, decided or carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ExtensionFault {
    /// Another one waits for a decision, or is being carried out.
    OneIsPending { asked_at: UnixSeconds },
    /// The role allows no more.
    NoneLeft { allowed: u32 },
    /// Too many asks for this grant came to nothing.
    AskedTooOften,
    /// Access would not last longer by it.
    NotLonger {
        /// The end that would be.
        until: UnixSeconds,
        ends_at: UnixSeconds,
    },
    /// It is not waiting for that any more.
    NotPending,
    /// The grant is over, or all but over.
    TooLate,
    /// Whoever approves may not, or it has to be looked up whether they may.
    MayNotApprove(Refused),
    /// No rule grants it, so that people decide.
    NotByRule,
}

impl ExtensionEvent {
    /// Its name, for the history and for errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "extension_asked",
            Self::ApproveByRule { .. } => "extension_approved_by_rule",
            Self::Approve { .. } => "extension_approved",
            Self::Deny { .. } => "extension_denied",
            Self::Lapse { .. } => "extension_lapsed",
            Self::Extend { .. } => "extended",
            Self::Fail { .. } => "extension_failed",
        }
    }

    /// Who did it, where it was a person, and when their click reached the ingress.
    #[must_use]
    pub const fn clicked(&self) -> Option<(&SlackUserId, UnixSeconds)> {
        match self {
            Self::Ask { by, at, .. }
            | Self::ApproveByRule { by, at, .. }
            | Self::Approve { by, at, .. }
            | Self::Deny { by, at, .. } => Some((by, *at)),
            Self::Lapse { .. } | Self::Extend { .. } | Self::Fail { .. } => None,
        }
    }

    /// Who decided it: whoever clicked, or the rule.
    pub(super) fn by(&self) -> Option<Actor> {
        match self {
            Self::ApproveByRule { .. } => Some(Actor::Rule(RuleName::AutoApprove)),
            Self::Ask { by, .. } | Self::Approve { by, .. } | Self::Deny { by, .. } => {
                Some(by.clone().into())
            }
            Self::Lapse { .. } | Self::Extend { .. } | Self::Fail { .. } => None,
        }
    }

    pub(super) fn note(&self) -> Option<String> {
        match self {
            Self::Lapse { why, .. } => why.clone(),
            Self::Fail { why, .. } => Some(why.clone()),
            Self::Ask { .. }
            | Self::ApproveByRule { .. }
            | Self::Approve { .. }
            | Self::Deny { .. }
            | Self::Extend { .. } => None,
        }
    }
}
