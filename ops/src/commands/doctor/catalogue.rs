//! The catalogue: whether what it promises can be kept. Faults of its form are refused when it is applied; these come
//! later, when a policy is deleted or somebody leaves.

mod people;
mod promises;

use domain::Project;

use super::finding::{Finding, Outcome};
use super::ground::Ground;

pub(super) const CHECK: &str = "catalogue";

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let Some(store) = ground.store() else {
        return vec![Finding::warn(CHECK, "could not be checked", "name both tables in this shell")];
    };
    let records = match store.catalogue().await {
        Ok(records) => records,
        Err(error) => return vec![Finding::unreadable(CHECK, &error)],
    };
    if records.is_empty() {
        let mend = "keylease projects apply -f FILE";
        return vec![Finding::warn(CHECK, "there is no project: nobody can ask for anything", mend)];
    }
    let (mut found, mut projects): (Vec<Finding>, Vec<Project>) = Default::default();
    for record in records {
        match record.project {
            Ok(project) => projects.push(project),
            Err(why) => found.push(Finding::fail(
                CHECK,
                format!("{} cannot be read: {why}", record.name),
                "keylease projects apply -f FILE writes it anew",
            )),
        }
    }
    found.extend(promises::check(ground, &projects).await);
    found.extend(people::check(ground, &projects).await);
    if found.iter().all(|finding| finding.outcome == Outcome::Ok) {
        let roles: usize = projects.iter().map(|project| project.roles.len()).sum();
        found.insert(0, Finding::ok(CHECK, format!("projects: {}, roles: {roles}", projects.len())));
    }
    found
}
