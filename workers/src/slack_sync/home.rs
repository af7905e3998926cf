//! The App Home: drawn when somebody opens it, and again when something on it changes while they may still look.

use std::collections::BTreeSet;

use domain::job::PublishHome;
use domain::{Job, Project, ProjectName, Request, SlackUserId, Status};
use slack::home::{Home, home};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::open::open_requests;
use crate::requests::people::Lookups;

/// A page is drawn so many seconds after a change, so that several changes are one drawing.
const DRAWN_AFTER_SECONDS: u32 = 2;

/// Handles the job `publish_home`.
pub(crate) async fn publish(context: &Context, asked: &PublishHome) -> Result<(), Failure> {
    if asked.is_over(context.now()) || context.viewers.covers(asked) {
        return Ok(());
    }
    let person = &asked.user_id;
    context.viewers.begin(person);
    let read_from_ms = asked.asked_at_ms;
    let mut lookups = Lookups::new(context);
    let (mut approves, mut owns) = (Vec::new(), BTreeSet::new());
    for record in context.store.catalogue().await? {
        let Ok(project) = record.project else { continue };
        if project.owner_slack_id.is_same(person) {
            owns.insert(project.project.clone());
        }
        if is_approver(&mut lookups, &project, person).await? {
            approves.push(project);
        }
    }
    let mut watched: BTreeSet<ProjectName> = approves.iter().map(|project| project.project.clone()).collect();
    watched.extend(owns.iter().cloned());
    let shown = |request: &Request| {
        let is_own = request.ask.requester_slack_id.is_same(person);
        is_own || watched.contains(&request.ask.project)
    };
    let requests = open_requests(context, shown).await?;
    let (own, others): (Vec<Request>, Vec<Request>) =
        requests.into_iter().partition(|request| request.ask.requester_slack_id.is_same(person));
    let mut waiting = Vec::new();
    for request in others.iter().chain(&own).filter(|request| request.status == Status::Pending) {
        if can_decide(&mut lookups, &approves, request, person).await? {
            waiting.push(request.clone());
        }
    }
    let live: Vec<Request> = others
        .into_iter()
        .filter(|request| request.status.is_live() && owns.contains(&request.ask.project))
        .collect();
    let page = home(&Home { own: &own, waiting: &waiting, live: &live }, context.now());
    match context.slack.publish_home(person, &page).await {
        Ok(()) => context.viewers.drawn(asked, watched, read_from_ms),
        Err(error) if error.is_retryable() => return Err(error.into()),
        // The tab is switched off, or they left: opening it anew asks again.
        Err(error) => warn!(%person, %error, "somebody's App Home cannot be drawn"),
    }
    Ok(())
}

/// Has the pages drawn anew on which a request stands that has changed. That a page is a moment behind is no failure.
pub(crate) async fn refresh(context: &Context, request: &Request) {
    for asked in context.viewers.due(request, context.now()) {
        info!(person = %asked.user_id, "what their App Home shows has changed");
        let job = Job::PublishHome(asked);
        if let Err(error) = context.jobs.send_body(job.queue(), job.encode(), DRAWN_AFTER_SECONDS).await {
            warn!(%error, "an App Home stays as it is until it is opened anew");
        }
    }
}

/// Whether somebody approves any role of a project.
async fn is_approver(
    lookups: &mut Lookups<'_>,
    project: &Project,
    person: &SlackUserId,
) -> Result<bool, Failure> {
    for role in project.roles.keys() {
        if lookups.is_listed(project.approvers(role), person).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it waits for them: they approve its role, did not agree yet, and did not ask for it themselves unless they may.
async fn can_decide(
    lookups: &mut Lookups<'_>,
    approves: &[Project],
    request: &Request,
    person: &SlackUserId,
) -> Result<bool, Failure> {
    let Some(project) = approves.iter().find(|project| project.project == request.ask.project) else {
        return Ok(false);
    };
    let is_own = request.ask.requester_slack_id.is_same(person) && !project.allow_self_approval;
    if is_own || person.is_in(&request.decision.approvals) {
        return Ok(false);
    }
    lookups.is_listed(project.approvers(&request.ask.role), person).await
}
