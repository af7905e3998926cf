//! What somebody may ask for. Of anything else they learn no name.

use domain::{Project, ProjectName, RoleName, SlackUserId, names};

use crate::context::Context;
use crate::failure::Failure;
use crate::requests::people::Lookups;

/// A project, as one person sees it.
#[derive(Debug, Clone)]
pub(crate) struct Visible {
    /// With the roles only that they may ask for.
    pub(crate) project: Project,
    /// The roles that they may not ask for.
    hidden: Vec<RoleName>,
}

impl Visible {
    /// The project as this person sees it. Slack is asked only where the catalogue says who may ask.
    pub(crate) async fn to(
        lookups: &mut Lookups<'_>,
        person: &SlackUserId,
        mut project: Project,
    ) -> Result<Self, Failure> {
        let mut hidden = Vec::new();
        for name in project.roles.keys() {
            let listed = project.requesters(name);
            if !listed.is_empty() && !lookups.is_listed(listed, person).await? {
                hidden.push(name.clone());
            }
        }
        project.roles.retain(|name, _| !hidden.contains(name));
        Ok(Self { project, hidden })
    }

    /// Whether there is nothing in it that they may ask for, though others may.
    pub(crate) fn is_hidden(&self) -> bool {
        self.project.roles.is_empty() && !self.hidden.is_empty()
    }

    /// Whether what somebody typed is a role that they may not ask for.
    pub(crate) fn hides(&self, typed: &str) -> bool {
        names::find(&self.hidden, typed).is_some()
    }
}

/// The names of the projects that somebody may know of. A record that cannot be read does not say that they may.
pub(crate) async fn project_names(
    context: &Context,
    lookups: &mut Lookups<'_>,
    person: &SlackUserId,
) -> Result<Vec<ProjectName>, Failure> {
    let mut names = Vec::new();
    for record in context.store.catalogue().await? {
        let Ok(project) = record.project else { continue };
        let seen = Visible::to(lookups, person, project).await?;
        if !seen.is_hidden() {
            names.push(seen.project.project);
        }
    }
    Ok(names)
}
