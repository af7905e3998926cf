//! What is wrong with a file, and where.

use domain::names::is_invisible;
use serde::Serialize;

/// Characters of a wrong value that a fault quotes, at most.
const QUOTED_MAX_CHARS: usize = 60;

/// One thing that is wrong, with what would be right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The field, from its project on: `roles.Admin.max_duration`. Empty where no field is at fault.
    pub field: String,
    /// What is wrong, and what would be right.
    pub what: String,
}

/// What a check found: faults, which refuse the file, and warnings, which do not.
#[derive(Debug, Default, Serialize)]
pub struct Findings {
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What is right, and may not be meant.
    pub warnings: Vec<Fault>,
}

impl Fault {
    pub(crate) fn new(line: usize, field: &str, what: impl Into<String>) -> Self {
        Self { line, field: field.to_owned(), what: what.into() }
    }

    /// The field, and what is wrong with it.
    #[must_use]
    pub fn text(&self) -> String {
        if self.field.is_empty() { self.what.clone() } else { format!("{}: {}", self.field, self.what) }
    }

    /// A fault of a line, and of no field.
    pub(crate) fn at(line: usize, what: impl Into<String>) -> Self {
        Self::new(line, "", what)
    }
}

impl Findings {
    /// Something is wrong.
    pub(crate) fn fault(&mut self, line: usize, field: &str, what: impl Into<String>) {
        self.faults.push(Fault::new(line, field, what));
    }

    /// Something may not be meant.
    pub(crate) fn warn(&mut self, line: usize, field: &str, what: impl Into<String>) {
        self.warnings.push(Fault::new(line, field, what));
    }

    /// In the file's order. What is used in several places by an alias is told once.
    pub(crate) fn in_order(mut self) -> Self {
        for list in [&mut self.faults, &mut self.warnings] {
            list.sort_by_key(|fault| fault.line);
            let mut seen = std::collections::BTreeSet::new();
            list.retain(|fault| seen.insert(fault.clone()));
        }
        self
    }
}

/// `12: roles.Admin.max_duration: what`.
impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.line, self.text())
    }
}

/// A field of a field.
pub(crate) fn within(field: &str, name: &str) -> String {
    let name = visible(name);
    if field.is_empty() { name } else { format!("{field}.{name}") }
}

/// A value as a fault quotes it: on one line, and not too long.
#[must_use]
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED_MAX_CHARS).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{more}`", visible(&short))
}

/// Text in which whatever nobody sees is escaped: what is wrong may be just that.
fn visible(text: &str) -> String {
    let escape = |c: char| match c {
        c if c.is_control() => c.escape_debug().to_string(),
        c if is_invisible(c) || (c.is_whitespace() && c != ' ') => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}
