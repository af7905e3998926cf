//! To somebody whose click did nothing: why, and who could.

use crate::SlackMessageContent;
use crate::blocks::{message, section};
use domain::authorization::who_may_deny;
use domain::end_reason::who_can_end;
use domain::project::{MayNotDecide, Project};
use domain::{GrantDuration, Phase, Request, UnixSeconds};

use crate::ids::field;
use crate::messages::status_words::{current_state, reviewed};
use crate::messages::{access, mention, mentions, when};

/// The field of the form that was submitted in which it can be put right; none where nothing in a form puts it right.
#[must_use]
pub fn at_field(why: &ClickRefused) -> Option<&'static str> {
    match why {
        ClickRefused::NowTooLong { .. }
        | ClickRefused::LongerThanAsked
        | ClickRefused::TooShort { .. }
        | ClickRefused::NotLongerThanSessions { .. } => Some(field::DURATION),
        ClickRefused::MayNotDecide(_)
        | ClickRefused::MayNotEnd
        | ClickRefused::NotAPerson
        | ClickRefused::RequesterLeft
        | ClickRefused::RequesterMayNotAsk
        | ClickRefused::TooLate
        | ClickRefused::NoLongerOffered
        | ClickRefused::HasAgreed { .. }
        | ClickRefused::Stale { .. }
        | ClickRefused::NotLive
        | ClickRefused::OwnReview
        | ClickRefused::Reviewed
        | ClickRefused::NothingToReview => None,
    }
}

/// Why a click did nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ClickRefused {
    MayNotDecide(MayNotDecide),
    /// They may not end this access.
    MayNotEnd,
    /// Their account in Slack is deactivated or a bot's.
    NotAPerson,
    /// The requester's account is deactivated.
    RequesterLeft,
    /// The requester is no longer among those who may ask.
    RequesterMayNotAsk,
    /// It was decided or is over.
    TooLate,
    /// The catalogue no longer has the project or the role.
    NoLongerOffered,
    /// The role's limit was lowered since.
    NowTooLong {
        /// The limit today.
        longest: GrantDuration,
    },
    /// They want to grant more than was asked for.
    LongerThanAsked,
    /// They want to grant less than is granted at all.
    TooShort {
        shortest: GrantDuration,
    },
    /// It is taken away so long before the end that no session outlives it, and would last no longer than that.
    NotLongerThanSessions {
        /// How long the sessions go on.
        sessions: GrantDuration,
    },
    /// They have agreed already, and it takes more.
    HasAgreed {
        /// How many approvals count.
        counted: u32,
        /// How many it takes.
        required: u32,
    },
    /// The approval was worked on too late to mean what it meant.
    Stale {
        clicked_at: UnixSeconds,
        /// When it was worked on.
        now: UnixSeconds,
    },
    /// It cannot be ended, because it is not live.
    NotLive,
    /// It is their own, which somebody else has to review.
    OwnReview,
    /// Somebody else reviewed it before.
    Reviewed,
    /// It was not granted by break-glass.
    NothingToReview,
}

/// The direct message.
#[must_use]
pub fn click_refused(
    request: &Request,
    project: Option<&Project>,
    why: &ClickRefused,
) -> SlackMessageContent {
    let approvers = mentions(&who_may_deny(request, project), "or");
    let requester = mention(&request.ask.requester_slack_id);
    let about = format!("{requester}'s request for {}", access(request));
    let text = match why {
        ClickRefused::MayNotDecide(MayNotDecide::NotAnApprover) => match (project, approvers.is_empty()) {
            (_, true) => format!("You cannot decide on {about}. Its project is no longer in the catalogue."),
            (None, false) => format!(
                "You cannot decide on {about}. Its project is no longer in the catalogue; {approvers} can deny it."
            ),
            (Some(_), false) => format!("You cannot decide on {about}. {approvers} can."),
        },
        ClickRefused::MayNotDecide(MayNotDecide::OwnRequest) => {
            format!("You cannot approve your own request for {}. Another approver has to.", access(request))
        }
        ClickRefused::MayNotEnd => {
            let who = mentions(&who_can_end(request, project), "or");
            format!("You cannot end {requester}'s access to {}. {who} can.", access(request))
        }
        ClickRefused::NotAPerson => {
            format!("Slack says that this account is deactivated or a bot, so it cannot decide on {about}.")
        }
        ClickRefused::RequesterMayNotAsk => format!(
            "{requester} is no longer among those who may ask for this, so {about} cannot be approved. You can deny it."
        ),
        ClickRefused::RequesterLeft => {
            format!(
                "{requester}'s Slack account is deactivated, so {about} cannot be approved. You can deny it."
            )
        }
        ClickRefused::TooLate => format!("Nothing to decide: {about} {}.", current_state(request)),
        ClickRefused::NoLongerOffered => {
            let why = match project {
                Some(_) => "the project no longer offers that role",
                None => "its project is no longer in the catalogue, or cannot be read",
            };
            format!("{about} cannot be approved: {why}. You can deny it.")
        }
        ClickRefused::NowTooLong { longest } => format!(
            "{about} cannot be approved: it asks for {}, and the role's limit is now {longest}. You can deny it.",
            request.ask.duration
        ),
        ClickRefused::LongerThanAsked => format!(
            "{about} is for {} by now, and you cannot approve it for longer. Nothing was approved.",
            request.ask.duration
        ),
        ClickRefused::TooShort { shortest } => {
            format!("{about} cannot be approved for less than {shortest}. Nothing was approved.")
        }
        ClickRefused::NotLongerThanSessions { sessions } => format!(
            "{about} cannot be approved for {sessions} or less: it is taken away {sessions} before the end, so that no session \
             goes on after it. Nothing was approved."
        ),
        ClickRefused::HasAgreed { counted, required } => format!(
            "Your approval of {about} counts already. It has {counted} of the {required} that it needs; \
             {approvers} can decide."
        ),
        ClickRefused::Stale { clicked_at, now } => {
            let next = match request.status.phase() {
                Phase::Undecided => "If you still want to approve it, click *Approve* again.".to_owned(),
                Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => {
                    format!("By now it {}.", current_state(request))
                }
            };
            format!(
                "You approved {about} {}, but your click reached me only {}, too late to be acted on. \
                 Nothing was granted by it. {next}",
                when(*clicked_at),
                when(*now)
            )
        }
        ClickRefused::NotLive => format!("Nothing to end: {about} {}.", current_state(request)),
        ClickRefused::OwnReview => {
            format!("You cannot review your own access to {}. Another approver has to.", access(request))
        }
        ClickRefused::Reviewed => {
            format!("Nothing to review: {about} was {}.", reviewed(request).unwrap_or_default())
        }
        ClickRefused::NothingToReview => {
            format!("Nothing to review: {about} {}.", current_state(request))
        }
    };
    message(&text, vec![section(&text)])
}
