//! Words that say which part of a command follows.

use super::words::{Apart, Word, is_between, words};
use crate::names::{fold, one_kind};

/// What a label says of what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Project,
    Role,
    Duration,
    Reason,
}

/// A label in a text. Offsets are bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) label: Label,
    /// Where the label begins.
    pub(super) start: usize,
    /// Where its value begins.
    pub(super) value: usize,
}

/// The reason, without the word that says that it is one.
pub(super) fn without_label_of_reason(text: &str) -> &str {
    let word = words(text, Apart::Space).into_iter().next();
    match word.and_then(|word| label_at(text, word)) {
        Some(Found { label: Label::Reason, value, .. }) => trimmed(text.get(value..).unwrap_or_default()),
        Some(_) | None => text,
    }
}

/// The label with which a word begins: `project=payments`, `project: payments`, `project = payments`, `--project payments`.
pub(super) fn label_at(text: &str, word: Word<'_>) -> Option<Found> {
    let rest = text.get(word.start..)?;
    let bare = rest.trim_start_matches(|c| one_kind(c) == '-');
    let is_option = bare.len() < rest.len();
    let letters = bare.find(|c: char| !c.is_alphabetic()).unwrap_or(bare.len());
    let name = bare.get(..letters)?;
    let label = label(name).or_else(|| option(name).filter(|_| is_option))?;
    let after = bare.get(letters..)?;
    let signs = after.trim_start();
    let value = match signs.chars().next() {
        Some(sign @ (':' | '=' | '\u{FF1A}' | '\u{FF1D}')) => signs.get(sign.len_utf8()..)?,
        Some(_) if is_option && signs.len() < after.len() => signs,
        Some(_) | None => return None,
    };
    let start = word.start;
    Some(Found { label, start, value: text.len() - value.trim_start().len() })
}

fn label(word: &str) -> Option<Label> {
    match fold(word).as_str() {
        "project" => Some(Label::Project),
        "role" => Some(Label::Role),
        "duration" | "time" | "for" | "length" => Some(Label::Duration),
        "reason" | "why" | "justification" | "because" => Some(Label::Reason),
        _ => None,
    }
}

/// The letter of an option: `-p payments -r ReadOnly -d 2h`.
fn option(letter: &str) -> Option<Label> {
    match letter {
        "p" => Some(Label::Project),
        "r" => Some(Label::Role),
        "d" | "t" => Some(Label::Duration),
        _ => None,
    }
}

pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_between)
}
