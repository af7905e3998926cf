//! What a schema cannot say: how the fields of a project go together, and how projects do.

mod accounts;
mod approvals;
mod by_rule;
mod claim;
mod door;
mod nobody;
mod policy;
mod role;
mod waiting;

use std::collections::BTreeMap;

use domain::{GrantDuration, names};

use self::approvals::Approvers;
use super::fault::{Findings, quoted, within};
use super::node::Node;

/// Largest record of a project, in bytes as JSON. DynamoDB takes 400 KB; the rest is left for how it counts.
const RECORD_MAX_BYTES: usize = 358_400;

/// Checks one project. `shortest` is the shortest grant that the workers make.
pub(super) fn project(node: &Node, shortest: GrantDuration, found: &mut Findings) {
    let bytes = node.to_json().to_string().len();
    if bytes > RECORD_MAX_BYTES {
        let what =
            format!("the project takes {bytes} bytes, and a record of the table {RECORD_MAX_BYTES} at most");
        found.fault(node.line, "", what);
    }
    let roles = node.get("roles").map(Node::entries).unwrap_or_default();
    alike(roles.iter().map(|role| (role.key.as_str(), role.line)), |name| within("roles", name), found);
    waiting::check(node, found);
    nobody::check(node, "", found);
    accounts::partitions(node, found);
    let approvers = Approvers::of(node);
    for role in roles {
        let field = within("roles", &role.key);
        if GrantDuration::parse(&role.key).is_ok() {
            let what = "looks like a duration, which people write beside the role; give it another name";
            found.warn(role.line, &field, what);
        }
        role::check(&role.node, &field, shortest, found);
        nobody::check(&role.node, &field, found);
        approvers.check(&role.node, &field, found);
        by_rule::check(&role.node, &field, shortest, found);
        accounts::check(node, &role.node, &field, found);
    }
}

/// Checks that no two projects have one name.
pub(super) fn names(projects: &[&Node], found: &mut Findings) {
    let named = projects.iter().filter_map(|project| project.get("project"));
    let named: Vec<(&str, usize)> = named.filter_map(|name| Some((name.text()?, name.line))).collect();
    let mut exact = BTreeMap::new();
    for (name, line) in &named {
        match exact.get(name) {
            None => drop(exact.insert(*name, *line)),
            Some(first) => {
                found.fault(
                    *line,
                    "project",
                    format!("{} stands here twice, first on line {first}", quoted(name)),
                );
            }
        }
    }
    alike(named.into_iter(), |_| "project".to_owned(), found);
}

/// What people type is compared as they see it, so names that look alike cannot be told apart.
fn alike<'a>(
    names: impl Iterator<Item = (&'a str, usize)>,
    field: impl Fn(&str) -> String,
    found: &mut Findings,
) {
    let mut seen: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for (name, line) in names {
        let folded = names::fold(name);
        match seen.get(&folded) {
            None => drop(seen.insert(folded, (name, line))),
            // The same name twice is told of elsewhere.
            Some((first, _)) if *first == name => {}
            Some((first, at)) => {
                let how = how_alike(name, first);
                let what = format!("{} {how} {} on line {at}; name them apart", quoted(name), quoted(first));
                found.fault(line, &field(name), what);
            }
        }
    }
}

/// What makes two names alike that are not the same.
pub(super) fn how_alike(name: &str, other: &str) -> &'static str {
    if name.to_lowercase() == other.to_lowercase() { "differs only in case from" } else { "looks like" }
}
