//! What the events of an extension make of a grant that lives.

use crate::authorization::{People, Refused, Rules};
use crate::duration::GrantDuration;
use crate::ids::{ClickId, SlackUserId};
use crate::job::Job;
use crate::request::{EXTEND_MARGIN_SECONDS, Extending, Extension, ExtensionOutcome, Request, UNGRANTED_MAX};
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
pub enum ExtensionFault {
    /// Another one waits for a decision, or is being carried out.
    OneIsPending {
        /// When it was asked for.
        asked_at: UnixSeconds,
    },
    /// The role allows no more.
    NoneLeft {
        /// How many it allows.
        allowed: u32,
    },
    /// Too many asks for this grant came to nothing.
    AskedTooOften,
    /// Access would not last longer by it.
    NotLonger {
        /// The end that would be.
        until: UnixSeconds,
        /// The end that there is.
        ends_at: UnixSeconds,
    },
    /// It is not waiting for that any more.
    NotPending,
    /// The grant is over, or all but over.
    TooLate,
    /// Whoever approves may not, or it has to be looked up whether they may.
    MayNotApprove(Refused),
}

impl ExtensionEvent {
    /// Its name, for the history and for errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "extension_asked",
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
            Self::Ask { by, at, .. } | Self::Approve { by, at, .. } | Self::Deny { by, at, .. } => {
                Some((by, *at))
            }
            Self::Lapse { .. } | Self::Extend { .. } | Self::Fail { .. } => None,
        }
    }

    pub(super) fn note(&self) -> Option<String> {
        match self {
            Self::Lapse { why, .. } => why.clone(),
            Self::Fail { why, .. } => Some(why.clone()),
            Self::Ask { .. } | Self::Approve { .. } | Self::Deny { .. } | Self::Extend { .. } => None,
        }
    }
}

/// The grant after the event; nothing where the event was taken in before. `at` is when the click counts.
pub(super) fn apply(
    request: &Request,
    event: &ExtensionEvent,
    at: UnixSeconds,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    match event {
        ExtensionEvent::Ask { by, at: _, click_id, duration, justification, max_extensions } => {
            let asked = Extension {
                number: next_number(request),
                outcome: ExtensionOutcome::Open,
                asked_at: at,
                by: by.clone(),
                duration: *duration,
                justification: justification.clone(),
                click_id: click_id.clone(),
                approvals: Vec::new(),
                decided_by: None,
                decided_at: None,
                until: None,
                why: None,
            };
            ask(request, asked, *max_extensions, now)
        }
        ExtensionEvent::Approve { number, .. } => approve(request, event, *number, at, now),
        ExtensionEvent::Deny { number, by, .. } => {
            let extension = request.extensions.get(*number).ok_or(ExtensionFault::NotPending)?;
            if extension.outcome == ExtensionOutcome::Denied && extension.decided_by.as_ref() == Some(by) {
                return Ok(None);
            }
            edit(request, *number, ExtensionOutcome::Open, |extension| {
                extension.outcome = ExtensionOutcome::Denied;
                extension.decided_by = Some(by.clone());
                extension.decided_at = Some(at.max(extension.asked_at));
            })
        }
        ExtensionEvent::Lapse { number, why } => {
            edit(request, *number, ExtensionOutcome::Open, |extension| {
                extension.outcome = ExtensionOutcome::Lapsed;
                extension.why.clone_from(why);
            })
        }
        ExtensionEvent::Extend { number } => extend(request, *number, now),
        ExtensionEvent::Fail { number, why } => fail(request, *number, why),
    }
}

fn next_number(request: &Request) -> u32 {
    request.extensions.list.last().map_or(1, |last| last.number.saturating_add(1))
}

fn ask(
    request: &Request,
    asked: Extension,
    allowed: u32,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    let before = &request.extensions;
    if asked.click_id.is_some() && before.list.iter().any(|known| known.click_id == asked.click_id) {
        return Ok(None);
    }
    if let Some(pending) = before.pending() {
        return Err(ExtensionFault::OneIsPending { asked_at: pending.asked_at });
    }
    if before.granted() >= allowed {
        return Err(ExtensionFault::NoneLeft { allowed });
    }
    if before.list.iter().filter(|known| !known.outcome.is_granted()).count() >= UNGRANTED_MAX {
        return Err(ExtensionFault::AskedTooOften);
    }
    longer(request, asked.asked_at, asked.duration, now)?;
    let mut next = request.clone();
    next.extensions.list.push(asked);
    Ok(Some(next))
}

fn approve(
    request: &Request,
    event: &ExtensionEvent,
    number: u32,
    at: UnixSeconds,
    now: UnixSeconds,
) -> Result<Option<Request>, ExtensionFault> {
    let ExtensionEvent::Approve {
        by,
        approvers,
        approvals_required,
        self_approval_allowed,
        max_extensions,
        people,
        ..
    } = event
    else {
        return Err(ExtensionFault::NotPending);
    };
    let extension = request.extensions.get(number).ok_or(ExtensionFault::NotPending)?;
    if extension.outcome != ExtensionOutcome::Open {
        return Err(ExtensionFault::NotPending);
    }
    let rules = Rules { approvers, self_approval_allowed: *self_approval_allowed, people };
    let counted = rules
        .tally_of(&request.ask.requester_slack_id, &extension.approvals, by)
        .map_err(ExtensionFault::MayNotApprove)?
        .counted;
    let has_enough = counted.len() >= *approvals_required as usize;
    if !has_enough && counted == extension.approvals {
        return Ok(None);
    }
    if request.extensions.granted() >= *max_extensions {
        return Err(ExtensionFault::NoneLeft { allowed: *max_extensions });
    }
    let at = at.max(extension.asked_at);
    let until = longer(request, at, extension.duration, now)?;
    let mut next = edit(request, number, ExtensionOutcome::Open, |extension| {
        extension.approvals = counted;
        if has_enough {
            extension.outcome = ExtensionOutcome::Approved;
            extension.decided_by = Some(by.clone());
            extension.decided_at = Some(at);
            extension.until = Some(until);
        }
    })?;
    if let Some(next) = next.as_mut().filter(|_| has_enough) {
        next.work.outbox.push(Job::ExtendGrant { request_id: request.request_id.clone() });
    }
    Ok(next)
}

/// The record gets the later end, which the schedule and the tag have already. The guard follows.
fn extend(request: &Request, number: u32, now: UnixSeconds) -> Result<Option<Request>, ExtensionFault> {
    let extension = request.extensions.get(number).ok_or(ExtensionFault::NotPending)?;
    if extension.outcome == ExtensionOutcome::Extended {
        return Ok(None);
    }
    let from = lasting(request, now)?;
    let until = extension.until.ok_or(ExtensionFault::NotPending)?;
    if until <= from {
        return Err(ExtensionFault::NotLonger { until, ends_at: from });
    }
    let mut next = edit(request, number, ExtensionOutcome::Approved, |extension| {
        extension.outcome = ExtensionOutcome::Extended;
    })?;
    if let Some(next) = next.as_mut() {
        next.set_end(until);
        next.extensions.extending = Some(Extending { number, from });
    }
    Ok(next)
}

/// Where the record has the later end and the guard could not get it, the guard's end is the grant's.
fn fail(request: &Request, number: u32, why: &str) -> Result<Option<Request>, ExtensionFault> {
    let extending = request.extensions.extending.filter(|extending| extending.number == number);
    let from = if extending.is_some() { ExtensionOutcome::Extended } else { ExtensionOutcome::Approved };
    let mut next = edit(request, number, from, |extension| {
        extension.outcome = ExtensionOutcome::Failed;
        extension.why = Some(why.to_owned());
    })?;
    if let (Some(next), Some(extending)) = (next.as_mut(), extending) {
        next.set_end(extending.from);
        next.extensions.extending = None;
    }
    Ok(next)
}

/// The end that a grant gets by `duration` from `at`, where that is later than the one that it has.
fn longer(
    request: &Request,
    at: UnixSeconds,
    duration: GrantDuration,
    now: UnixSeconds,
) -> Result<UnixSeconds, ExtensionFault> {
    let ends_at = lasting(request, now)?;
    let until = at.after(duration);
    if until > ends_at { Ok(until) } else { Err(ExtensionFault::NotLonger { until, ends_at }) }
}

/// The end of a grant that lasts for long enough to be extended.
fn lasting(request: &Request, now: UnixSeconds) -> Result<UnixSeconds, ExtensionFault> {
    let ends_at = request.access.expires_at.ok_or(ExtensionFault::TooLate)?;
    let is_lasting = now.plus_seconds(EXTEND_MARGIN_SECONDS) < request.taken_away_for(ends_at);
    if is_lasting { Ok(ends_at) } else { Err(ExtensionFault::TooLate) }
}

/// A copy in which this extension, which stands at `from`, is changed.
fn edit(
    request: &Request,
    number: u32,
    from: ExtensionOutcome,
    change: impl FnOnce(&mut Extension),
) -> Result<Option<Request>, ExtensionFault> {
    let mut next = request.clone();
    let extension = next.extensions.get_mut(number).filter(|extension| extension.outcome == from);
    change(extension.ok_or(ExtensionFault::NotPending)?);
    Ok(Some(next))
}
