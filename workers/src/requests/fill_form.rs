//! Fills a form that the ingress has opened: with what the catalogue offers, and anew whenever something is chosen in it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use aws::dynamodb::StoreError;
use domain::command::{in_part, named, partial};
use domain::job::{Form, FormFill};
use domain::{GrantDuration, Project, ProjectName, Request, SlackUserId, ViewId, names};
use serde_json::Value;
use slack::messages;
use slack::messages::refused_extension::{ExtensionRefused, why_not};
use slack::modals::request_access::{self, Again, Offer};
use slack::modals::{About, approve_shorter, extend};
use slack::text::shorten;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::ask_extension::{can_be_asked_for, is_theirs};
use crate::requests::authorization::catalogue;
use crate::requests::identity;
use crate::requests::people::Lookups;
use crate::requests::visible::{self, Visible};

/// Forms whose latest choice is remembered, at most.
const FORMS_MAX: usize = 1_000;
/// Of a name that is not known, so much is shown, in characters.
const TYPED_SHOWN_CHARS: usize = 80;

const UNREADABLE: &str = "This project is not set up correctly, so nothing can be asked for. Ask whoever runs Keylease to repair it.";
const GONE: &str = "That project is not in the catalogue any more.";

/// The latest choice that each form shows, so that an older one that comes late does not replace it. It lives in this
/// process: where another worker shows an older one, what is submitted is checked all the same.
#[derive(Debug, Default)]
pub(crate) struct LatestChoices(Mutex<VecDeque<(ViewId, i64)>>);

impl LatestChoices {
    /// Whether the form shows this choice, or a later one, already.
    fn covers(&self, fill: &FormFill) -> bool {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.iter().any(|(view_id, at)| *view_id == fill.view_id && *at >= fill.asked_at_ms)
    }

    fn remember(&self, fill: &FormFill) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.retain(|(view_id, _)| *view_id != fill.view_id);
        if latest.len() == FORMS_MAX {
            latest.pop_front();
        }
        latest.push_back((fill.view_id.clone(), fill.asked_at_ms));
    }
}

/// Handles the job `fill_form`.
pub(crate) async fn fill_form(
    context: &Context,
    latest: &LatestChoices,
    fill: &FormFill,
) -> Result<(), Failure> {
    if fill.is_over(context.now()) || latest.covers(fill) {
        return Ok(());
    }
    let view = match &fill.form {
        Form::RequestAccess { project, role, typed } => {
            let wanted = Wanted { project: project.clone(), role: role.clone(), duration: None };
            let mut lookups = Lookups::new(context);
            access_form(context, &mut lookups, &fill.user_id, (wanted, typed.as_deref()), None).await?
        }
        Form::Extend { request_id, message } => {
            let Some(request) = context.store.request(request_id).await? else { return Ok(()) };
            let about = About::new(request_id.clone(), message.clone());
            extension_form(context, fill, &request, &about).await?
        }
        Form::ApproveShorter { request_id, message } => {
            // One that is not there any more stays as it was opened, and its submission is answered.
            let Some(request) = context.store.request(request_id).await? else { return Ok(()) };
            let about = About::new(request_id.clone(), message.clone());
            let project = catalogue(context, &request).await?;
            let role = project.as_ref().and_then(|project| project.roles.get(&request.ask.role));
            let kind = role.map(|role| &role.kind);
            approve_shorter::filled(&request, kind, &about, context.min_duration)
        }
    };
    match context.slack.update_view(&fill.view_id, fill.hash.as_deref(), &view).await {
        Ok(()) => {
            latest.remember(fill);
            Ok(())
        }
        // Whoever opened it has closed it, or chosen something since, which has a job of its own.
        Err(error) if slack::is_view_over(&error) => {
            info!(view_id = %fill.view_id, %error, "the form is not filled");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// What somebody has chosen or typed so far.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) project: Option<String>,
    pub(super) role: Option<String>,
    pub(super) duration: Option<GrantDuration>,
}

/// The form by which somebody asks, as it is after so much was chosen; `again` where it was refused.
pub(super) async fn access_form(
    context: &Context,
    lookups: &mut Lookups<'_>,
    person: &SlackUserId,
    (mut wanted, typed): (Wanted, Option<&str>),
    again: Option<&Again>,
) -> Result<Value, Failure> {
    let projects = visible::project_names(context, lookups, person).await?;
    let mut note = None;
    if let Some(typed) = typed {
        wanted = understood(context, lookups, person, (typed, &projects)).await?;
        note = unknown_project(&wanted, typed, &projects);
    }
    // The only project need not be chosen.
    let only = projects.first().filter(|_| projects.len() == 1).cloned();
    let name = match &wanted.project {
        Some(typed) => names::find(&context.store.project_names().await?, typed).cloned(),
        None => only,
    };
    let (project, said) = match name {
        Some(name) => load(context, lookups, person, &name).await?,
        None => (None, wanted.project.as_ref().map(|_| GONE)),
    };
    if let (Some(project), Some(role)) = (&project, wanted.role.as_deref()) {
        note = refused(context, lookups, person, project, role).await.or(note);
    }
    let break_glass = match &project {
        Some(project) => break_glass(lookups, person, project, wanted.role.as_deref()).await,
        None => None,
    };
    Ok(request_access::filled(&Offer {
        projects: &projects,
        project: project.as_ref(),
        role: wanted.role.as_deref(),
        shortest: context.min_duration,
        requester: person,
        break_glass,
        // What is wrong stands at its field.
        note: said.or(note.as_deref()).filter(|_| again.is_none()),
        duration: wanted.duration,
        again,
    }))
}

/// What is understood of the words of a command, among the projects that whoever typed them may know of.
async fn understood(
    context: &Context,
    lookups: &mut Lookups<'_>,
    person: &SlackUserId,
    (typed, projects): (&str, &[ProjectName]),
) -> Result<Wanted, Failure> {
    let mut readable = Vec::new();
    for name in named(typed, projects) {
        if let (Some(project), _) = load(context, lookups, person, name).await? {
            readable.push(project);
        }
    }
    let read = in_part(typed);
    Ok(match partial(typed, &readable) {
        Some(partial) => Wanted {
            project: Some(partial.project.to_string()),
            role: partial.role.map(|role| role.to_string()),
            duration: partial.duration,
        },
        None => Wanted { duration: read.duration, ..Wanted::default() },
    })
}

/// What is said of words of which none names a project.
fn unknown_project(wanted: &Wanted, typed: &str, projects: &[ProjectName]) -> Option<String> {
    let read = in_part(typed).project.filter(|_| wanted.project.is_none())?;
    let near: Vec<&str> = names::closest(projects, &read).into_iter().map(ProjectName::as_str).collect();
    let meant = if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(" or ")) };
    Some(format!("There is no project “{}” that you can ask for.{meant}", shorten(&read, TYPED_SHOWN_CHARS)))
}

/// Why Identity Center cannot give the role that was chosen, or need not. What cannot be found out now is said after the form.
async fn refused(
    context: &Context,
    lookups: &mut Lookups<'_>,
    person: &SlackUserId,
    project: &Project,
    role: &str,
) -> Option<String> {
    let name = names::find(project.roles.keys(), role)?;
    let kind = &project.roles.get(name)?.kind;
    if !kind.needs_identity_center() {
        return None;
    }
    let found = async {
        let profile = lookups.profile(person).await?;
        let address = profile.as_ref().and_then(|profile| profile.email.as_deref());
        identity::check(context, kind, address).await
    };
    match found.await {
        Ok(seen) => seen.err().map(|fault| messages::identity::note(name.as_str(), &fault)),
        Err(failure) => {
            warn!(?failure, "whether the role that was chosen can be given is not known yet");
            None
        }
    }
}

async fn extension_form(
    context: &Context,
    fill: &FormFill,
    request: &Request,
    about: &About,
) -> Result<Value, Failure> {
    let project = catalogue(context, request).await?;
    let can = if is_theirs(&mut Lookups::new(context), request, &fill.user_id).await? {
        can_be_asked_for(request, project.as_ref())
    } else {
        Err(ExtensionRefused::NotTheirs)
    };
    Ok(match can {
        Ok(role) => extend::filled(request, about, context.min_duration, role.longest(), context.now()),
        Err(why) => extend::cannot(&why_not(request, &why)),
    })
}

/// How long they can have the role that they chose at once in an emergency. Where Slack does not say who is in a group, the form
/// does not wait for that.
async fn break_glass(
    lookups: &mut Lookups<'_>,
    person: &SlackUserId,
    project: &Project,
    role: Option<&str>,
) -> Option<GrantDuration> {
    let name = match role {
        Some(typed) => names::find(project.roles.keys(), typed)?,
        None => project.roles.keys().next().filter(|_| project.roles.len() == 1)?,
    };
    let role = project.roles.get(name)?;
    let rule = role.break_glass.as_ref()?;
    let is_named = lookups.is_listed(&rule.named, person).await.unwrap_or(false);
    is_named.then(|| rule.max_duration.min(role.longest()))
}

/// The project, or what is said instead.
async fn load(
    context: &Context,
    lookups: &mut Lookups<'_>,
    person: &SlackUserId,
    name: &ProjectName,
) -> Result<(Option<Project>, Option<&'static str>), Failure> {
    match context.store.project(name).await {
        Ok(Some(project)) => {
            let seen = Visible::to(lookups, person, project).await?;
            Ok(if seen.is_hidden() { (None, Some(GONE)) } else { (Some(seen.project), None) })
        }
        Ok(None) => Ok((None, Some(GONE))),
        Err(error @ StoreError::Unreadable { .. }) => {
            warn!(%error, "the project cannot be read");
            Ok((None, Some(UNREADABLE)))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(view_id: &str, asked_at_ms: i64) -> FormFill {
        FormFill {
            view_id: ViewId::parse(view_id).unwrap(),
            hash: None,
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            asked_at_ms,
            form: Form::RequestAccess { project: None, role: None, typed: None },
        }
    }

    #[test]
    fn a_later_choice_stays_and_the_oldest_forms_are_forgotten() {
        let latest = LatestChoices::default();
        latest.remember(&fill("V1", 20));
        assert!(latest.covers(&fill("V1", 10)) && latest.covers(&fill("V1", 20)));
        assert!(!latest.covers(&fill("V1", 21)) && !latest.covers(&fill("V2", 10)));
        latest.remember(&fill("V1", 30));
        assert!(latest.covers(&fill("V1", 21)));
        for number in 0..FORMS_MAX {
            latest.remember(&fill(&format!("W{number}"), 1));
        }
        assert!(!latest.covers(&fill("V1", 10)));
    }
}
