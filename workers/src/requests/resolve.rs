//! Which project and role somebody means: by their exact names, by names that look the same, and where a command is
//! not in the documented order, by what the catalogue has.

use aws::dynamodb::StoreError;
use domain::command::{interpret, is_as_documented, named, partial};
use domain::job::AccessRequest;
use domain::validation::Refusal;
use domain::{GrantDuration, Project, ProjectName, names};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::people::Lookups;
use crate::requests::visible::{self, Visible};

/// What somebody means, with the names as the catalogue spells them where they were found, and the project or why there
/// is none.
pub(crate) async fn resolve(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
) -> Result<(AccessRequest, Result<Visible, Refusal>), Failure> {
    let found = by_name(context, lookups, ask).await?;
    let Some(text) = &ask.command else { return Ok((ask.clone(), found)) };
    if is_as_documented(text)
        && let Ok(seen) = &found
        && names::find(seen.project.roles.keys(), &ask.role).is_some()
        && GrantDuration::parse(&ask.duration).is_ok()
    {
        return Ok((ask.clone(), found));
    }
    let seen = named_projects(context, lookups, ask, text).await?;
    let projects: Vec<Project> = seen.iter().map(|seen| seen.project.clone()).collect();
    let (project, understood) = match interpret(text, &projects) {
        Ok(meaning) => {
            let understood = AccessRequest {
                project: meaning.project.to_string(),
                role: meaning.role.to_string(),
                duration: meaning.duration.compact(),
                justification: meaning.why.filter(|why| !names::shows_nothing(why)),
                ..ask.clone()
            };
            (meaning.project, understood)
        }
        Err(readings) if readings.is_empty() => match partial(text, &projects) {
            Some(partial) => {
                let missing = |found: Option<String>| found.unwrap_or_else(|| partial.rest.clone());
                let duration = partial.duration.map(GrantDuration::compact);
                let understood = AccessRequest {
                    project: partial.project.to_string(),
                    duration: if partial.role.is_some() {
                        missing(duration)
                    } else {
                        duration.unwrap_or_default()
                    },
                    role: missing(partial.role.as_ref().map(ToString::to_string)),
                    ..ask.clone()
                };
                (partial.project, understood)
            }
            None => return Ok((ask.clone(), found)),
        },
        Err(readings) => return Ok((ask.clone(), Err(Refusal::SeveralMeanings { readings }))),
    };
    let project = seen.into_iter().find(|seen| seen.project.project == project);
    Ok(project.map_or_else(|| (ask.clone(), found), |project| (understood, Ok(project))))
}

/// A project by its exact name, or else by the only name that looks the same.
async fn by_name(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
) -> Result<Result<Visible, Refusal>, Failure> {
    let typed = ask.project.trim();
    if let Ok(name) = ProjectName::parse(typed)
        && let Some(found) = load(context, lookups, ask, &name).await?
    {
        return Ok(found);
    }
    let all = context.store.project_names().await?;
    if let Some(name) = names::find(&all, typed)
        && let Some(found) = load(context, lookups, ask, name).await?
    {
        return Ok(found);
    }
    Ok(Err(Refusal::UnknownProject {
        projects: visible::project_names(context, lookups, &ask.user_id).await?,
    }))
}

/// The readable projects that the words of a command may name, as whoever asks sees them.
async fn named_projects(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
    text: &str,
) -> Result<Vec<Visible>, Failure> {
    let projects = context.store.project_names().await?;
    let mut readable = Vec::new();
    for name in named(text, &projects) {
        if let Some(Ok(project)) = load(context, lookups, ask, name).await? {
            readable.push(project);
        }
    }
    Ok(readable)
}

async fn load(
    context: &Context,
    lookups: &mut Lookups<'_>,
    ask: &AccessRequest,
    name: &ProjectName,
) -> Result<Option<Result<Visible, Refusal>>, Failure> {
    match context.store.project(name).await {
        Ok(None) => Ok(None),
        Ok(Some(project)) => {
            let seen = Visible::to(lookups, &ask.user_id, project).await?;
            Ok(Some(if seen.is_hidden() { Err(Refusal::MayNotAsk) } else { Ok(seen) }))
        }
        Err(StoreError::Unreadable { why, .. }) => Ok(Some(Err(Refusal::BrokenProject { why }))),
        Err(error) => Err(error.into()),
    }
}
