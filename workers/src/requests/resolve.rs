//! Which project and role somebody means: by their exact names, by names that look the same, and where a command is
//! not in the documented order, by what the catalogue has.

use aws::dynamodb::StoreError;
use domain::command::{interpret, is_as_documented, named, partial};
use domain::job::AccessRequest;
use domain::validation::Refusal;
use domain::{GrantDuration, Project, ProjectName, names};

use crate::context::Context;
use crate::failure::Failure;

/// What somebody means, with the names as the catalogue spells them where they were found, and the project or why there
/// is none.
pub(crate) async fn resolve(
    context: &Context,
    ask: &AccessRequest,
) -> Result<(AccessRequest, Result<Project, Refusal>), Failure> {
    let found = by_name(context, &ask.project).await?;
    let Some(text) = &ask.command else { return Ok((ask.clone(), found)) };
    if is_as_documented(text)
        && let Ok(project) = &found
        && names::find(project.roles.keys(), &ask.role).is_some()
        && GrantDuration::parse(&ask.duration).is_ok()
    {
        return Ok((ask.clone(), found));
    }
    let projects = named_projects(context, text).await?;
    let (project, understood) = match interpret(text, &projects) {
        Ok(meaning) => {
            let understood = AccessRequest {
                project: meaning.project.to_string(),
                role: meaning.role.to_string(),
                duration: meaning.duration.compact(),
                justification: meaning.why,
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
    let project = projects.into_iter().find(|known| known.project == project);
    Ok(project.map_or_else(|| (ask.clone(), found), |project| (understood, Ok(project))))
}

/// A project by its exact name, or else by the only name that looks the same.
async fn by_name(context: &Context, typed: &str) -> Result<Result<Project, Refusal>, Failure> {
    let typed = typed.trim();
    if let Ok(name) = ProjectName::parse(typed)
        && let Some(found) = load(context, &name).await?
    {
        return Ok(found);
    }
    let projects = context.store.project_names().await?;
    if let Some(name) = names::find(&projects, typed)
        && let Some(found) = load(context, name).await?
    {
        return Ok(found);
    }
    Ok(Err(Refusal::UnknownProject { projects }))
}

/// The readable projects that the words of a command may name.
async fn named_projects(context: &Context, text: &str) -> Result<Vec<Project>, Failure> {
    let projects = context.store.project_names().await?;
    let mut readable = Vec::new();
    for name in named(text, &projects) {
        if let Some(Ok(project)) = load(context, name).await? {
            readable.push(project);
        }
    }
    Ok(readable)
}

async fn load(context: &Context, name: &ProjectName) -> Result<Option<Result<Project, Refusal>>, Failure> {
    match context.store.project(name).await {
        Ok(project) => Ok(project.map(Ok)),
        Err(StoreError::Unreadable { why, .. }) => Ok(Some(Err(Refusal::BrokenProject { why }))),
        Err(error) => Err(error.into()),
    }
}
