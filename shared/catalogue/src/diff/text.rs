//! A difference as people read it.

use serde_json::Value as Json;

use super::{Diff, FieldChange, fields};

/// A line of a difference, without colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// `+ payments`
    Created(String),
    /// `~ payments`
    Changed(String),
    /// `- payments`
    Removed(String),
    /// More about one of these, or the sum of all.
    Detail(String),
}

impl Diff {
    /// One paragraph for each project that is created, changed or removed, and the sum.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for project in &self.created {
            lines.push(Line::Created(format!("+ {}", shown(project.project.as_str()))));
            let field = |change: &FieldChange| format!("    {}: {}", shown(&change.field), value(&change.to));
            lines.extend(fields::all(project).iter().map(field).map(Line::Detail));
        }
        for changed in &self.changed {
            lines.push(Line::Changed(format!("~ {}", shown(&changed.project))));
            if let Some(why) = &changed.was_unreadable {
                let what = format!("    its record cannot be read, and is replaced: {}", shown(why));
                lines.push(Line::Detail(what));
            }
            lines.extend(changed.fields.iter().map(change).map(Line::Detail));
        }
        lines.extend(self.removed.iter().map(|name| Line::Removed(format!("- {}", shown(name)))));
        for unreadable in &self.unreadable {
            let (project, why) = (shown(&unreadable.project), shown(&unreadable.why));
            lines.push(Line::Detail(format!("! {project}")));
            lines.push(Line::Detail(format!("    its record cannot be read, and stays as it is: {why}")));
        }
        lines.push(Line::Detail(self.sum("to create", "to change", "to remove")));
        lines
    }

    /// `1 created, 2 changed, 0 removed, 3 unchanged`, in these words.
    #[must_use]
    pub fn sum(&self, created: &str, changed: &str, removed: &str) -> String {
        format!(
            "{} {created}, {} {changed}, {} {removed}, {} unchanged",
            self.created.len(),
            self.changed.len(),
            self.removed.len(),
            self.unchanged
        )
    }
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
