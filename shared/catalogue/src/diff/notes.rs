//! What somebody should know before a file is applied, and no fault of the file.

use std::collections::{BTreeMap, BTreeSet};

use domain::Project;
use domain::names::fold;
use domain::project::CatalogueRecord;

use crate::rules::how_alike;

/// The notes on applying `file` to `table`, of whose records `left` are neither in the file nor removed.
pub(super) fn notes(file: &[Project], table: &[CatalogueRecord], left: &[&CatalogueRecord]) -> Vec<String> {
    let mut notes = Vec::new();
    let names: BTreeMap<String, &str> =
        file.iter().map(|project| (fold(project.project.as_str()), project.project.as_str())).collect();
    for record in left {
        if let Some(name) = names.get(&fold(&record.name)) {
            let how = how_alike(name, &record.name);
            notes.push(format!(
                "{name} {how} {}, which the table has and the file does not: people must type either exactly",
                record.name
            ));
        }
    }
    let stay = left.iter().filter_map(|record| record.project.as_ref().ok());
    let after: BTreeSet<&str> = file.iter().chain(stay).filter_map(account).collect();
    let readable = table.iter().filter_map(|record| record.project.as_ref().ok());
    let before: BTreeSet<&str> = readable.filter_map(account).collect();
    for arn in before.difference(&after) {
        notes.push(format!(
            "no project acts through {arn} any more, so the sweep no longer looks into its account: \
             let the grants there end first, or end them with keylease grants revoke --project"
        ));
    }
    notes
}

fn account(project: &Project) -> Option<&str> {
    project.account_role_arn.as_deref()
}
