//! A project as a flat list of fields, so that two can be compared field by field.

use std::collections::BTreeMap;

use domain::Project;
use serde::Serialize;
use serde_json::{Map, Value as Json};

const ROLES: &str = "roles";
const POLICY: &str = "inline_policy";

/// A field that is changed; `null` where there is none.
#[derive(Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field, such as `roles.Admin.max_duration`.
    pub field: String,
    /// As the table has it.
    pub from: Json,
    /// As the file has it.
    pub to: Json,
}

/// Every field of a project, as if nothing had been there.
pub(super) fn all(project: &Project) -> Vec<FieldChange> {
    let (fields, roles) = flat(project);
    let fields =
        fields.into_iter().chain(roles.into_iter().map(|(name, role)| (of_role(&name), Json::Object(role))));
    fields.map(|(field, to)| FieldChange { field, from: Json::Null, to }).collect()
}

/// What differs between two. A role that only one of them has is one field.
pub(super) fn between(now: &Project, then: &Project) -> Vec<FieldChange> {
    let ((from, mut roles), (to, new_roles)) = (flat(now), flat(then));
    let mut changes = compare(from, to, "");
    for (name, new) in new_roles {
        let field = of_role(&name);
        match roles.remove(&name) {
            Some(old) => changes.extend(compare(old, new, &field)),
            None => changes.push(FieldChange { field, from: Json::Null, to: Json::Object(new) }),
        }
    }
    let gone = roles.into_iter().map(|(name, old)| (of_role(&name), Json::Object(old)));
    changes.extend(gone.map(|(field, from)| FieldChange { field, from, to: Json::Null }));
    changes
}

fn compare(mut from: Map<String, Json>, to: Map<String, Json>, within: &str) -> Vec<FieldChange> {
    let field = |name: String| if within.is_empty() { name } else { format!("{within}.{name}") };
    let mut changes = Vec::new();
    for (name, to) in to {
        let from = from.remove(&name).unwrap_or_default();
        if from != to {
            changes.push(FieldChange { field: field(name), from, to });
        }
    }
    changes.extend(from.into_iter().map(|(name, from)| FieldChange {
        field: field(name),
        from,
        to: Json::Null,
    }));
    changes
}

/// The fields but the name and the roles, and the roles. A default that is not written counts as absent.
fn flat(project: &Project) -> (Map<String, Json>, BTreeMap<String, Map<String, Json>>) {
    let mut fields = serde_json::to_value(project).ok().and_then(object).unwrap_or_default();
    let roles = fields.remove(ROLES).and_then(object).unwrap_or_default();
    fields.remove("project");
    fields.retain(|_, value| *value != Json::Bool(false) && !value.as_array().is_some_and(Vec::is_empty));
    let roles = roles.into_iter().filter_map(|(name, role)| Some((name, with_policy(object(role)?))));
    (fields, roles.collect())
}

/// A policy is compared as what it says, not as how it is written.
fn with_policy(mut role: Map<String, Json>) -> Map<String, Json> {
    if let Some(policy) =
        role.get(POLICY).and_then(Json::as_str).and_then(|text| serde_json::from_str(text).ok())
    {
        role.insert(POLICY.to_owned(), policy);
    }
    role
}

fn object(value: Json) -> Option<Map<String, Json>> {
    if let Json::Object(map) = value { Some(map) } else { None }
}

fn of_role(name: &str) -> String {
    format!("{ROLES}.{name}")
}
