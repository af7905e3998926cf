//! Takes a request in: check it against the catalogue, store it, and have the approvers asked.

use aws::dynamodb::{Created, StoreError};
use domain::identity::IdentityFault;
use domain::job::AccessRequest;
use domain::step::Step;
use domain::validation::{Refusal, Validated, admit, enough_are_listed, is_same_submission};
use domain::{ExecutionId, Project, Request, RequestId, RoleName};
use slack::SlackMessageContent;
use slack::messages::delayed;
use slack::messages::refusal::refusal;
use tracing::{info, warn};

use crate::consumer::Attempt;
use crate::context::Context;
use crate::failure::Failure;
use crate::requests::answered::{Answer, Answered};
use crate::requests::contacts;
use crate::requests::form_again;
use crate::requests::identity::{self, Seen};
use crate::requests::people::Lookups;
use crate::requests::resolve::resolve;
use crate::requests::rules::{Ruled, apply_rules};
use crate::requests::steps;
use crate::slack_sync::direct::post_direct;
use crate::unit_of_work::change::{count, send_following};

/// Requests of one person for one role that are looked through, at most.
const ORDINAL_MAX: u32 = 1 << 20;
/// Earlier requests among which an ask is looked for that is older than the latest of them, at most.
const EARLIER_MAX: usize = 32;
/// How often the next free place is sought, when others take it first.
const PLACES_MAX: u32 = 5;

/// When a request cannot be looked at for so many seconds, its requester is told that it takes long.
const SLOW_AFTER_SECONDS: i64 = 10;

/// Handles the jobs `intake` and, of a workflow's step, `workflow_step`.
pub(crate) async fn submit(
    context: &Context,
    answered: &Answered,
    (ask, step): (&AccessRequest, Option<&ExecutionId>),
    attempt: Attempt,
) -> Result<(), Failure> {
    let outcome = try_submit(context, answered, ask, step).await;
    let waited = context.now().seconds_since(ask.received_at);
    let is_slow = attempt.number > 1 && waited >= SLOW_AFTER_SECONDS;
    match &outcome {
        Err(Failure::Reject { .. }) => on_exhausted(context, answered, ask, step).await,
        Ok(()) => {}
        Err(Failure::Retry { .. } | Failure::Later { .. }) if !is_slow => {}
        // An operator takes minutes at least, and the job then comes as if it were the first time.
        Err(Failure::Retry { .. } | Failure::Later { .. } | Failure::NeedsOperator { .. }) => {
            answer_once(context, answered, ask, Answer::StillTrying, delayed::still_trying(ask)).await;
        }
    }
    outcome
}

/// The job goes to the DLQ: the requester does not wait for what an operator makes of it.
pub(crate) async fn on_exhausted(
    context: &Context,
    answered: &Answered,
    ask: &AccessRequest,
    step: Option<&ExecutionId>,
) {
    let told = delayed::gave_up(ask);
    answer_once(context, answered, ask, Answer::GaveUp, told.clone()).await;
    if let Some(step) = step
        && let Err(failure) = steps::say_what_was_told(context, step, &told).await
    {
        warn!(?failure, "the workflow could not be told");
    }
}

/// Beside a failure that decides about the job already, one that keeps the requester from being told is logged only.
async fn answer_once(
    context: &Context,
    answered: &Answered,
    ask: &AccessRequest,
    answer: Answer,
    content: SlackMessageContent,
) {
    if answered.contains(&answer, ask) {
        return;
    }
    match post_direct(context, &ask.user_id, content).await {
        Ok(()) => answered.remember(answer, ask, context.now()),
        Err(failure) => warn!(?failure, "the requester could not be told"),
    }
}

async fn try_submit(
    context: &Context,
    answered: &Answered,
    ask: &AccessRequest,
    step: Option<&ExecutionId>,
) -> Result<(), Failure> {
    let mut lookups = Lookups::new(context);
    let (ask, found) = resolve(context, &mut lookups, ask).await?;
    let ask = &ask;
    let outcome = match found {
        Ok(seen) => match admit(ask, &seen.project, context.min_duration) {
            Ok(admitted) if context.claims.is_none() && is_claimed(&seen.project, &admitted.role) => {
                Err(Refusal::CannotBeClaimed)
            }
            Ok(admitted) => store(context, &mut lookups, (ask, step), &seen.project, &admitted).await?,
            Err(Refusal::UnknownRole { .. }) if seen.hides(&ask.role) => Err(Refusal::MayNotAsk),
            Err(refused) => Err(refused),
        },
        Err(refused) => Err(refused),
    };
    match outcome {
        Ok(Some(request)) => send_following(context, &request).await,
        Ok(None) => Ok(()),
        Err(refused) => {
            info!(requester = %ask.user_id, reason = ?refused, "the request is refused");
            let answer = Answer::Refused(format!("{refused:?}"));
            let told = refusal(ask, &refused);
            if !answered.contains(&answer, ask) {
                form_again::show(context, &mut lookups, ask, &refused).await;
                post_direct(context, &ask.user_id, told.clone()).await?;
                answered.remember(answer, ask, context.now());
            }
            match step {
                Some(step) => steps::say_what_was_told(context, step, &told).await,
                None => Ok(()),
            }
        }
    }
}

/// Whether the credential of the role that was asked for has to be claimed.
fn is_claimed(project: &Project, role: &RoleName) -> bool {
    let role = project.roles.get(role);
    role.is_some_and(|role| role.delivery.claim_within().is_some())
}

/// Stores the request in the next place of its sequence, unless the one before it is open.
///
/// The place is taken by a conditional write, so two that arrive together cannot both be stored. A second delivery
/// finds what the first one stored. `None` when this ask was handled and overtaken long ago.
async fn store(
    context: &Context,
    lookups: &mut Lookups<'_>,
    (ask, step): (&AccessRequest, Option<&ExecutionId>),
    project: &Project,
    admitted: &Validated,
) -> Result<Result<Option<Request>, Refusal>, Failure> {
    let (mut checked, mut are_approvers_checked) = (None, false);
    for _ in 0..PLACES_MAX {
        let (ordinal, last) = next_place(context, ask, project, &admitted.role).await?;
        if let Some(last) = last {
            if is_same_submission(ask, &last) {
                return Ok(Ok(Some(last)));
            }
            // A workflow asks once, and Slack says so again minutes later where it was not answered.
            if let Some(step) = step
                && let Some(same) = stored_for(context, ask, project, admitted, ordinal, step).await?
            {
                return Ok(Ok(Some(same)));
            }
            if !last.status.is_final() {
                return Ok(Err(Refusal::AlreadyOpen { request_id: last.request_id, status: last.status }));
            }
            // By another host's clock a new ask may be older than what was handled last, so the clock alone decides nothing.
            if last.ask.created_at > ask.received_at
                && was_stored(context, ask, project, admitted, ordinal).await?
            {
                info!(request_id = %last.request_id, "a later request was handled already; this ask is an old delivery");
                return Ok(Ok(None));
            }
        }
        // Only now, so that a second delivery finds what the first one stored, whatever became of people since.
        let seen = match checked {
            Some(seen) => seen,
            None => match check_requester(context, lookups, ask, project, &admitted.role).await? {
                Ok(seen) => seen,
                Err(refused) => return Ok(Err(refused)),
            },
        };
        checked = Some(seen);
        let mut request = match apply_rules(context, lookups, ask, project, admitted, ordinal).await {
            Ruled::Granted(request) => request,
            Ruled::Undecided(request) => {
                if !are_approvers_checked {
                    if let Err(refused) = approvers(lookups, ask, project, &admitted.role).await? {
                        return Ok(Err(refused));
                    }
                    are_approvers_checked = true;
                }
                request
            }
        };
        request.access.session_seconds = seen.session_seconds;
        if let Some(end) = request.access.expires_at {
            request.set_end(end);
        }
        let kind = project.roles.get(&admitted.role).map(|role| &role.kind);
        // By a rule they may get less than they asked for.
        if let Some(sessions) =
            kind.and_then(|kind| request.too_short_for_sessions(kind, request.ask.duration))
        {
            return Ok(Err(Refusal::Identity(IdentityFault::NotLongerThanSessions { sessions })));
        }
        request.slack.step = step.map(|id| Step { execution_id: id.clone(), is_answered: false });
        if context.store.create(&mut request).await? == Created::New {
            info!(request_id = %request.request_id, project = %request.ask.project, role = %request.ask.role, "stored");
            count(context, request.status);
            return Ok(Ok(Some(request)));
        }
    }
    Err(Failure::retry("others stored requests for the same role at the same moment"))
}

/// Whether the requester can get it: by Slack, and by Identity Center where the role is given there.
async fn check_requester(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
    project: &Project,
    role: &RoleName,
) -> Result<Result<Seen, Refusal>, Failure> {
    let kind = project.roles.get(role).map(|role| &role.kind);
    if let Err(fault) =
        contacts::check_requester(context, lookups, &ask.user_id, kind, is_claimed(project, role)).await?
    {
        return Ok(Err(Refusal::Contact(fault)));
    }
    let Some(kind) = kind else { return Ok(Ok(Seen::default())) };
    let address = lookups.address(&ask.user_id);
    Ok(identity::check(context, kind, address.as_deref()).await?.map_err(Refusal::Identity))
}

/// Whether enough people could decide on it.
async fn approvers(
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
    project: &Project,
    role: &RoleName,
) -> Result<Result<(), Refusal>, Failure> {
    if let Err(refused) = enough_are_listed(&ask.user_id, project, role) {
        return Ok(Err(refused));
    }
    contacts::check_approvers(lookups, &ask.user_id, project, role).await
}

/// Whether this very ask was stored before, among the latest requests of its sequence.
async fn was_stored(
    context: &Context,
    ask: &AccessRequest,
    project: &Project,
    admitted: &Validated,
    free: u32,
) -> Result<bool, Failure> {
    for ordinal in (0..free).rev().take(EARLIER_MAX) {
        let earlier = at_place(context, ask, project, &admitted.role, ordinal).await?;
        if earlier.is_some_and(|earlier| is_same_submission(ask, &earlier)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What was stored for this run of a workflow's step, among the latest requests of its sequence.
async fn stored_for(
    context: &Context,
    ask: &AccessRequest,
    project: &Project,
    admitted: &Validated,
    free: u32,
    step: &ExecutionId,
) -> Result<Option<Request>, Failure> {
    for ordinal in (0..free).rev().take(EARLIER_MAX) {
        let earlier = at_place(context, ask, project, &admitted.role, ordinal).await?;
        if let Some(same) = earlier.filter(|earlier| earlier.is_of_step(step)) {
            return Ok(Some(same));
        }
    }
    Ok(None)
}

/// The first place of the sequence that is free, and the request before it.
///
/// Places are taken in order and never freed, so doubling and then halving finds the first free one in a few reads.
async fn next_place(
    context: &Context,
    ask: &AccessRequest,
    project: &Project,
    role: &RoleName,
) -> Result<(u32, Option<Request>), Failure> {
    let at = async |ordinal: u32| at_place(context, ask, project, role, ordinal).await;
    let (mut taken, mut last) = match at(0).await? {
        None => return Ok((0, None)),
        Some(first) => (0, first),
    };
    let mut free = 1;
    while let Some(request) = at(free).await? {
        (taken, last) = (free, request);
        free *= 2;
        if free > ORDINAL_MAX {
            return Err(Failure::retry("the sequence of requests has no end"));
        }
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        match at(middle).await? {
            Some(request) => (taken, last) = (middle, request),
            None => free = middle,
        }
    }
    Ok((free, Some(last)))
}

/// The request at one place of the sequence.
async fn at_place(
    context: &Context,
    ask: &AccessRequest,
    project: &Project,
    role: &RoleName,
    ordinal: u32,
) -> Result<Option<Request>, StoreError> {
    let id = RequestId::nth(&context.deployment, &ask.user_id, &project.project, role, ordinal);
    context.store.request(&id).await
}
