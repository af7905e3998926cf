//! The roles of the catalogue whose credentials are claimed.

use domain::{Project, ProjectName, RoleName};

/// Each of them, with its project.
pub(crate) fn claimed_roles(projects: &[Project]) -> impl Iterator<Item = (&ProjectName, &RoleName)> {
    projects.iter().flat_map(|project| {
        let roles = project.roles.iter().filter(|(_, role)| role.delivery.claim_within().is_some());
        roles.map(|(name, _)| (&project.project, name))
    })
}
