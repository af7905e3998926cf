//! A difference as people read it.

use catalogue::diff::{Diff, FieldChange, fields_of};
use serde_json::Value as Json;

use crate::terminal::Terminal;

/// One paragraph for each project that is created (`+`), changed (`~`) or removed (`-`), and the sum.
pub(super) fn text(diff: &Diff, terminal: &Terminal) -> String {
    let mut lines = Vec::new();
    for project in &diff.created {
        lines.push(terminal.green(&format!("+ {}", shown(project.project.as_str()))));
        lines.extend(
            fields_of(project)
                .iter()
                .map(|change| format!("    {}: {}", shown(&change.field), value(&change.to))),
        );
    }
    for changed in &diff.changed {
        lines.push(terminal.bold(&format!("~ {}", shown(&changed.project))));
        if let Some(why) = &changed.was_unreadable {
            lines.push(format!("    its record cannot be read, and is replaced: {}", shown(why)));
        }
        lines.extend(changed.fields.iter().map(change));
    }
    lines.extend(diff.removed.iter().map(|name| terminal.red(&format!("- {}", shown(name)))));
    for unreadable in &diff.unreadable {
        lines.push(format!("! {}", shown(&unreadable.project)));
        lines.push(format!("    its record cannot be read, and stays as it is: {}", shown(&unreadable.why)));
    }
    lines.push(sum(diff, "to create", "to change", "to remove"));
    lines.join("\n")
}

/// `1 created, 2 changed, 0 removed, 3 unchanged`, in these words.
pub(super) fn sum(diff: &Diff, created: &str, changed: &str, removed: &str) -> String {
    format!(
        "{} {created}, {} {changed}, {} {removed}, {} unchanged",
        diff.created.len(),
        diff.changed.len(),
        diff.removed.len(),
        diff.unchanged
    )
}

fn change(change: &FieldChange) -> String {
    format!("    {}: {} → {}", shown(&change.field), value(&change.from), value(&change.to))
}

fn value(value: &Json) -> String {
    match value {
        Json::Null => "(none)".to_owned(),
        Json::String(text) => shown(text),
        Json::Array(items) => items.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Json::Object(role) if role.contains_key("kind") => {
            let kind = role.get("kind").map(self::value);
            let rest = role.iter().filter(|(name, _)| *name != "kind");
            let rest = rest.map(|(name, inner)| format!("{name} {}", self::value(inner)));
            kind.into_iter().chain(rest).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// What was typed by somebody, without what would move the cursor.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}
