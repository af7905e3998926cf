//! Inline policies: whether IAM would take them, and whether they fit beside the guard.

use domain::kind::KindName;
use serde_json::Value as Json;

use crate::fault::{Findings, quoted, within};
use crate::node::{Entry, Node, Value};

/// The elements of a policy document (IAM's policy grammar).
const DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
/// The elements of a statement of an identity's policy.
const STATEMENT: [&str; 7] = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
/// The versions of the grammar.
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// Checks a policy, as a map or as JSON text.
pub(super) fn check(written: &Node, kind: Option<KindName>, field: &str, found: &mut Findings) {
    let Some(document) = document(written, field, found) else { return };
    let before = found.faults.len();
    if written.text().is_some() && document.get("Statement").is_none() {
        found.fault(written.line, &within(field, "Statement"), "is missing");
    }
    grammar(&document, field, found);
    if found.faults.len() > before || document.get("Statement").is_none() {
        return;
    }
    let text = document.to_json().to_string();
    if let Some(Err(why)) = kind.map(|kind| kind.check_policy(&text)) {
        found.fault(written.line, field, why);
    }
}

fn document(written: &Node, field: &str, found: &mut Findings) -> Option<Node> {
    match &written.value {
        Value::Map(_) => Some(written.clone()),
        Value::Text(text) => match serde_json::from_str::<Json>(text) {
            Ok(json @ Json::Object(_)) => Some(Node::from_json(&json, written.line)),
            Ok(_) => {
                found.fault(
                    written.line,
                    field,
                    "the text is JSON, and no object: a policy is {\"Statement\": [...]}",
                );
                None
            }
            Err(error) => {
                found.fault(written.line, field, format!("the text is not JSON: {error}"));
                None
            }
        },
        _ => None,
    }
}

fn grammar(document: &Node, field: &str, found: &mut Findings) {
    whole(document, field, found);
    elements(document.entries(), &DOCUMENT, field, found);
    if let Some(version) =
        document.get("Version").filter(|v| !v.text().is_some_and(|v| VERSIONS.contains(&v)))
    {
        let what = format!("should be the text {}", quoted(VERSIONS[0]));
        found.fault(version.line, &within(field, "Version"), what);
    }
    let field = within(field, "Statement");
    // The schema tells where there is none.
    let Some(statement) = document.get("Statement") else { return };
    let statements = match &statement.value {
        Value::List(items) if items.is_empty() => {
            return found.fault(statement.line, &field, "is empty, so the policy allows nothing");
        }
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(statement),
    };
    for statement in statements {
        one_statement(statement, &field, found);
    }
}

fn one_statement(statement: &Node, field: &str, found: &mut Findings) {
    let Value::Map(entries) = &statement.value else {
        return found.fault(
            statement.line,
            field,
            format!("is {}, and should be a map", statement.value.kind()),
        );
    };
    elements(entries, &STATEMENT, field, found);
    if !statement.get("Effect").and_then(Node::text).is_some_and(|effect| matches!(effect, "Allow" | "Deny"))
    {
        found.fault(statement.line, &within(field, "Effect"), "should be `Allow` or `Deny`");
    }
    for (one, other) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        match (statement.get(one), statement.get(other)) {
            (None, None) => {
                found.fault(statement.line, &within(field, one), "is missing: a text or a list of texts");
            }
            (Some(_), Some(both)) => {
                found.fault(
                    both.line,
                    &within(field, other),
                    format!("stands beside {one}: only one of them may"),
                );
            }
            (Some(node), None) | (None, Some(node)) => texts(node, &within(field, one), found),
        }
    }
    if let Some(condition) = statement.get("Condition").filter(|node| !matches!(node.value, Value::Map(_))) {
        let what = format!("is {}, and should be a map", condition.value.kind());
        found.fault(condition.line, &within(field, "Condition"), what);
    }
}

fn texts(node: &Node, field: &str, found: &mut Findings) {
    let right = match &node.value {
        Value::List(items) => !items.is_empty() && items.iter().all(|item| item.text().is_some()),
        value => matches!(value, Value::Text(_)),
    };
    if !right {
        found.fault(node.line, field, "should be a text or a list of texts");
    }
}

/// An empty value would be lost, and so would one of two that stand under one key: the policy would say something else.
fn whole(node: &Node, field: &str, found: &mut Findings) {
    let mut seen = std::collections::BTreeSet::new();
    for Entry { key, line, node } in node.entries() {
        let field = within(field, key);
        if !seen.insert(key) {
            found.fault(*line, &field, "stands here twice");
        }
        if node.value == Value::Null {
            found.fault(*line, &field, "is empty");
        }
        whole(node, &field, found);
    }
    for item in node.items() {
        whole(item, field, found);
    }
}

fn elements(entries: &[Entry], known: &[&str], field: &str, found: &mut Findings) {
    for Entry { key, line, .. } in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        found.fault(
            *line,
            &within(field, key),
            format!("is no element here; these are: {}", known.join(", ")),
        );
    }
}
