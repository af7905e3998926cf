//! To somebody who asked for an extension, or decided on one, and nothing came of it: why, and what they can do.

use domain::authorization::who_may_deny;
use domain::lifecycle::ExtensionFault;
use domain::project::Project;
use domain::request::{Extension, ExtensionOutcome};
use domain::{GrantDuration, Request, UnixSeconds};

use crate::SlackMessageContent;
use crate::blocks::{message, section};
use crate::ids::field;
use crate::messages::{access, actor, ended, mention, mentions, when};

/// The field of the form by which somebody asked in which it can be put right; none where nothing in it does.
#[must_use]
pub fn at_field(why: &ExtensionRefused) -> Option<&'static str> {
    match why {
        ExtensionRefused::TooLong { .. }
        | ExtensionRefused::TooShort { .. }
        | ExtensionRefused::Fault(ExtensionFault::NotLonger { .. }) => Some(field::DURATION),
        ExtensionRefused::NotTheirs
        | ExtensionRefused::NotAnApprover
        | ExtensionRefused::OwnRequest
        | ExtensionRefused::NotAPerson
        | ExtensionRefused::RequesterLeft
        | ExtensionRefused::RequesterMayNotAsk
        | ExtensionRefused::NotLive
        | ExtensionRefused::NotOfThisKind
        | ExtensionRefused::NoLongerOffered
        | ExtensionRefused::HasAgreed { .. }
        | ExtensionRefused::Stale { .. }
        | ExtensionRefused::Fault(
            ExtensionFault::OneIsPending { .. }
            | ExtensionFault::NoneLeft { .. }
            | ExtensionFault::AskedTooOften
            | ExtensionFault::TooLate
            | ExtensionFault::NotPending
            | ExtensionFault::NotByRule
            | ExtensionFault::MayNotApprove(_),
        ) => None,
    }
}

/// Why nothing came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ExtensionRefused {
    /// Only whoever has the access asks for more of it.
    NotTheirs,
    /// They may not decide.
    NotAnApprover,
    OwnRequest,
    /// Their account in Slack is deactivated or a bot's.
    NotAPerson,
    /// The requester's account is deactivated.
    RequesterLeft,
    /// The requester is no longer among those who may ask.
    RequesterMayNotAsk,
    NotLive,
    /// It is a session, whose end AWS fixes.
    NotOfThisKind,
    /// The catalogue no longer has the project or the role.
    NoLongerOffered,
    /// The role's limit is shorter.
    TooLong {
        /// The limit today.
        longest: GrantDuration,
    },
    /// Shorter than anything that is granted.
    TooShort {
        shortest: GrantDuration,
    },
    /// They have agreed already, and it takes more.
    HasAgreed {
        /// How many approvals count.
        counted: u32,
        /// How many it takes.
        required: u32,
    },
    /// It was worked on too late to mean what it meant.
    Stale {
        clicked_at: UnixSeconds,
        /// When it was worked on.
        now: UnixSeconds,
    },
    /// The grant's record says why.
    Fault(ExtensionFault),
}

/// To whoever asked.
#[must_use]
pub fn ask_refused(request: &Request, why: &ExtensionRefused) -> SlackMessageContent {
    let access = access(request);
    let ends = request.access.expires_at.map(when).unwrap_or_default();
    let text = match why {
        ExtensionRefused::NotTheirs
        | ExtensionRefused::NotAnApprover
        | ExtensionRefused::OwnRequest
        | ExtensionRefused::HasAgreed { .. } => {
            let who = mention(&request.ask.requester_slack_id);
            format!("Only {who} can ask for an extension of their access to {access}.")
        }
        ExtensionRefused::NotAPerson | ExtensionRefused::RequesterLeft => {
            format!("Slack says that this account is deactivated or a bot, so {access} cannot be extended.")
        }
        ExtensionRefused::RequesterMayNotAsk => format!(
            "You are no longer among those who may ask for {access}, so it cannot be extended. It ends {ends}."
        ),
        ExtensionRefused::NotLive | ExtensionRefused::Fault(ExtensionFault::NotPending) => {
            over(request, &access)
        }
        ExtensionRefused::NotOfThisKind => format!(
            "Your access to {access} cannot be extended: it is a role session, and AWS fixes when that ends. It ends {ends}; \
             then you can ask for access anew."
        ),
        ExtensionRefused::NoLongerOffered => format!(
            "Your access to {access} cannot be extended: the catalogue no longer offers it, or cannot be read. It ends {ends}."
        ),
        ExtensionRefused::TooLong { longest } => {
            format!(
                "You can extend your access to {access} by {longest} from the decision at most. Nothing was asked."
            )
        }
        ExtensionRefused::TooShort { shortest } => format!(
            "An extension lasts for {shortest} from the decision at least. Nothing was asked; your access to {access} ends \
             {ends}."
        ),
        ExtensionRefused::Stale { clicked_at, now } => format!(
            "You asked {} to extend your access to {access}, but that reached me only {}, too late to be acted on. \
             Nothing was asked. If you still want it, ask again.",
            when(*clicked_at),
            when(*now)
        ),
        ExtensionRefused::Fault(fault) => match fault {
            ExtensionFault::OneIsPending { asked_at } => format!(
                "You asked for an extension of your access to {access} already, {}. That one is still open, so I did not ask \
                 again.",
                when(*asked_at)
            ),
            ExtensionFault::NoneLeft { allowed: 0 } => {
                format!(
                    "Access to {access} cannot be extended. It ends {ends}; then you can ask for access anew."
                )
            }
            ExtensionFault::NoneLeft { allowed } => format!(
                "Your access to {access} has been extended as often as the role allows ({allowed}). It ends {ends}; then you \
                 can ask for access anew."
            ),
            ExtensionFault::AskedTooOften => format!(
                "You asked for too many extensions of your access to {access}. It ends {ends}; then you can ask for access \
                 anew."
            ),
            ExtensionFault::NotLonger { until, ends_at } => not_longer(&access, *until, *ends_at),
            ExtensionFault::TooLate
            | ExtensionFault::NotPending
            | ExtensionFault::NotByRule
            | ExtensionFault::MayNotApprove(_) => too_late(request, &access),
        },
    };
    message(&text, vec![section(&text)])
}

/// To whoever decided.
#[must_use]
pub fn decision_refused(
    request: &Request,
    extension: Option<&Extension>,
    project: Option<&Project>,
    why: &ExtensionRefused,
) -> SlackMessageContent {
    let access = access(request);
    let about = format!("the extension of {}'s access to {access}", mention(&request.ask.requester_slack_id));
    let approvers = mentions(&who_may_deny(request, project), "or");
    let text = match why {
        ExtensionRefused::NotAnApprover | ExtensionRefused::NotTheirs if approvers.is_empty() => {
            format!("You cannot decide on {about}. Its project is no longer in the catalogue.")
        }
        ExtensionRefused::NotAnApprover | ExtensionRefused::NotTheirs => {
            format!("You cannot decide on {about}. {approvers} can.")
        }
        ExtensionRefused::OwnRequest => {
            format!(
                "You cannot approve an extension of your own access to {access}. Another approver has to."
            )
        }
        ExtensionRefused::NotAPerson => {
            format!("Slack says that this account is deactivated or a bot, so it cannot decide on {about}.")
        }
        ExtensionRefused::RequesterLeft => {
            format!("Their Slack account is deactivated, so {about} cannot be approved. You can deny it.")
        }
        ExtensionRefused::RequesterMayNotAsk => format!(
            "They are no longer among those who may ask for this, so {about} cannot be approved. You can deny it."
        ),
        ExtensionRefused::NotLive | ExtensionRefused::Fault(ExtensionFault::NotPending) => {
            format!("Nothing to decide: {about} {}.", state(request, extension))
        }
        ExtensionRefused::NotOfThisKind | ExtensionRefused::NoLongerOffered => format!(
            "{about} cannot be approved: the catalogue no longer offers it, or cannot be read. You can deny it."
        ),
        ExtensionRefused::TooLong { longest } => format!(
            "{about} cannot be approved: it asks for more than the role's limit, which is now {longest}. You can deny it."
        ),
        ExtensionRefused::TooShort { shortest } => {
            format!("{about} cannot be approved for less than {shortest}. You can deny it.")
        }
        ExtensionRefused::HasAgreed { counted, required } => format!(
            "Your approval of {about} counts already. It has {counted} of the {required} that it needs; {approvers} can \
             decide."
        ),
        ExtensionRefused::Stale { clicked_at, now } => format!(
            "You approved {about} {}, but your click reached me only {}, too late to be acted on. Nothing was extended by it. \
             If you still want to approve it, click *Approve* again.",
            when(*clicked_at),
            when(*now)
        ),
        ExtensionRefused::Fault(fault) => match fault {
            ExtensionFault::NotLonger { until, ends_at } => format!(
                "{about} was not approved: from now on it would last until {}, and access lasts until {} as it is. It can be \
                 approved later.",
                when(*until),
                when(*ends_at)
            ),
            ExtensionFault::NoneLeft { allowed } => format!(
                "{about} cannot be approved: the role now allows {allowed} extensions. You can deny it."
            ),
            ExtensionFault::TooLate => {
                format!("{about} cannot be approved any more: access is about to end.")
            }
            ExtensionFault::NotByRule
            | ExtensionFault::OneIsPending { .. }
            | ExtensionFault::AskedTooOften
            | ExtensionFault::NotPending
            | ExtensionFault::MayNotApprove(_) => {
                format!("Nothing to decide: {about} {}.", state(request, extension))
            }
        },
    };
    message(&text, vec![section(&text)])
}

/// Why a form that asks for an extension has nothing to fill in; nothing where it has.
#[must_use]
pub fn why_not(request: &Request, why: &ExtensionRefused) -> String {
    let content = ask_refused(request, why);
    content.text.unwrap_or_default()
}

fn not_longer(access: &str, until: UnixSeconds, ends_at: UnixSeconds) -> String {
    format!(
        "Your access to {access} lasts until {} as it is, and the extension that you asked for would end {}. Nothing was \
         asked.",
        when(ends_at),
        when(until)
    )
}

fn over(request: &Request, access: &str) -> String {
    if request.status.is_final() {
        format!(
            "Your access to {access} ended {}, so it cannot be extended. You can ask for access anew.",
            ended(request)
        )
    } else {
        format!("Your access to {access} is not live yet, so it cannot be extended.")
    }
}

fn too_late(request: &Request, access: &str) -> String {
    if request.status.is_final() {
        over(request, access)
    } else {
        format!(
            "Your access to {access} is about to end, too soon to be extended. You can ask for access anew."
        )
    }
}

/// What has become of it, after its name.
fn state(request: &Request, extension: Option<&Extension>) -> String {
    let Some(extension) = extension else { return "is not known".to_owned() };
    let by = extension.decided_by.as_ref().map_or_else(|| "somebody".to_owned(), actor);
    let at = extension.decided_at.map(when).unwrap_or_default();
    match extension.outcome {
        ExtensionOutcome::Open => "is still waiting for a decision".to_owned(),
        ExtensionOutcome::Approved | ExtensionOutcome::Extended => {
            format!("was already approved by {by} {at}")
        }
        ExtensionOutcome::Denied => format!("was denied by {by} {at}"),
        ExtensionOutcome::Lapsed => "lapsed, because nobody decided in time".to_owned(),
        ExtensionOutcome::Void => format!("is void, because access ended {}", ended(request)),
        ExtensionOutcome::Failed => format!("was approved by {by} {at}, but could not be put in place"),
    }
}
