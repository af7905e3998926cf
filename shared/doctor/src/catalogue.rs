//! The catalogue: whether what it promises can be kept. Faults of its form are refused when it is applied; these come
//! later, when a policy is deleted or somebody leaves.

mod claims;
mod identity;
mod people;
mod promises;

use domain::Project;

use crate::context::Context;
use crate::finding::{Finding, Outcome};
use promises::CHECK;

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let Some(store) = ctx.store() else {
        return vec![Finding::unchecked(CHECK, "name both tables in this shell")];
    };
    let records = match store.catalogue().await {
        Ok(records) => records,
        Err(error) => return vec![Finding::unreadable(CHECK, &error)],
    };
    if records.is_empty() {
        let fix = "keylease projects apply -f FILE";
        return vec![Finding::warn(CHECK, "there is no project: nobody can ask for anything", fix)];
    }
    let (mut found, mut projects): (Vec<Finding>, Vec<Project>) = Default::default();
    for record in records {
        match record.project {
            Ok(project) => projects.push(project),
            Err(why) => found.push(Finding::fail(
                CHECK,
                format!("{} cannot be read: {why}", record.name),
                "keylease projects apply -f FILE replaces it",
            )),
        }
    }
    found.extend(promises::check(ctx, &projects).await);
    found.extend(claims::check(ctx, &projects));
    found.extend(identity::check(ctx, &projects).await);
    found.extend(people::check(ctx, &projects).await);
    if found.iter().all(|finding| finding.outcome == Outcome::Ok) {
        let roles: usize = projects.iter().map(|project| project.roles.len()).sum();
        found.insert(0, Finding::ok(CHECK, format!("projects: {}, roles: {roles}", projects.len())));
    }
    found
}
