//! What follows `/access`: a project, a role, how long, and why.
//!
//! `PROJECT ROLE DURATION why` is read without the catalogue. Anything else, such as names with spaces or another order,
//! is read against it, and taken where the names allow one reading only.

mod against;

pub use against::{Meaning, Partial, interpret, named, partial};

use crate::duration::{DURATION_MAX_WORDS, GrantDuration};
use crate::names::{is_quote, one_kind};

/// Words of a command that may name a project, a role and a duration; what follows them is the reason.
pub const HEAD_WORDS_MAX: usize = 32;

/// A word, or several in quotes. Offsets are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word<'a> {
    /// Without the quotes.
    text: &'a str,
    /// Where it begins, with its quote.
    start: usize,
    /// Where it ends, with its quote.
    end: usize,
}

/// A command that was read in the documented order, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InOrder {
    /// The project.
    pub project: String,
    /// The role.
    pub role: String,
    /// How long: as [`GrantDuration::compact`] writes it if it is a duration, else as typed.
    pub duration: String,
    /// Why.
    pub why: Option<String>,
}

/// Reads `PROJECT ROLE DURATION why`, if there are three words.
#[must_use]
pub fn in_order(text: &str) -> Option<InOrder> {
    let text = unwrapped(text);
    let words = words(text);
    let [project, role, third, ..] = words.as_slice() else { return None };
    let (duration, end) = match duration_at(text, third.start) {
        Some((duration, end)) => (duration.compact(), end),
        None => {
            let end = unreadable_duration_end(text, third.start);
            (text.get(third.start..end).unwrap_or(third.text).to_owned(), end)
        }
    };
    let (project, role) = (project.text.to_owned(), role.text.to_owned());
    Some(InOrder { project, role, duration, why: why(text, end) })
}

/// Without quotes around the whole, which come along when somebody copies an example.
fn unwrapped(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some((inner, _)) = quoted(rest).filter(|(_, length)| *length == rest.len()) {
        rest = inner.trim();
    }
    rest
}

/// The first words of a text, each with its quotes around it taken off.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < HEAD_WORDS_MAX {
        let Some(start) =
            text.get(at..).and_then(|rest| rest.find(|c: char| !is_between(c))).map(|skip| at + skip)
        else {
            break;
        };
        let rest = text.get(start..).unwrap_or_default();
        let word = quoted(rest).unwrap_or_else(|| (plain(rest), plain(rest).len()));
        at = start + word.1;
        if !word.0.chars().all(is_divider) {
            words.push(Word { text: word.0, start, end: at });
        }
    }
    words
}

/// What may stand alone between the parts of a command: `payments / ReadOnly / 2h`.
fn is_divider(c: char) -> bool {
    matches!(c, '/' | '|' | '>' | '→') || one_kind(c) == '-'
}

/// What stands between words.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';')
}

/// The text within the quotes at the beginning, and its length with them. A quote that nothing closes is none.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let open = text.chars().next().filter(|c| is_quote(*c))?;
    let inner = text.get(open.len_utf8()..)?;
    let mut closing = inner.char_indices().filter(|(_, c)| one_kind(*c) == one_kind(open));
    closing.find_map(|(at, close)| {
        let after = inner.get(at + close.len_utf8()..)?;
        // An apostrophe within a name closes nothing.
        let ends = after.chars().next().is_none_or(|c| is_between(c) || matches!(c, '.' | ':'));
        let within = inner.get(..at).filter(|within| !within.trim().is_empty())?;
        ends.then(|| (within, open.len_utf8() + at + close.len_utf8()))
    })
}

/// The word at the beginning: up to white space, or to a comma that is not a decimal one.
fn plain(text: &str) -> &str {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let after = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        let is_decimal = before.is_ascii_digit() && after.is_some_and(|c| c.is_ascii_digit());
        // `R&amp;D`, typed so, is one word.
        let is_entity = c == ';' && text.get(..at).is_some_and(|word| word.contains('&'));
        let is_within = (c == ',' && is_decimal) || (is_entity && after.is_some_and(|c| !c.is_whitespace()));
        if at > 0 && is_between(c) && !is_within {
            return text.get(..at).unwrap_or(text);
        }
        before = c;
    }
    text
}

/// The duration at an offset, and where it ends.
fn duration_at(text: &str, start: usize) -> Option<(GrantDuration, usize)> {
    let raw = raw_words(text, start, DURATION_MAX_WORDS + 2);
    let texts: Vec<&str> = raw.iter().map(|(word, _)| *word).collect();
    if let Ok((duration, used)) = GrantDuration::read_prefix(&texts) {
        return Some((duration, raw.get(used.checked_sub(1)?)?.1));
    }
    // `2h,fix it`: the reason follows without a space.
    let (word, whole) = (plain(text.get(start..)?), raw.first()?.0);
    let duration = GrantDuration::parse(word).ok().filter(|_| word.len() < whole.len())?;
    Some((duration, start + word.len()))
}

/// Where something ends that stands for a duration and is none: `1h 30`, `2 months`, `30m 1h` or `soon`.
fn unreadable_duration_end(text: &str, start: usize) -> usize {
    const WORDS_MAX: usize = 4;
    let raw = raw_words(text, start, WORDS_MAX);
    let counts = |word: &str| word.chars().any(|c| c.is_ascii_digit());
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let mut end = raw.first().map_or(text.len(), |(_, end)| *end);
    for pair in raw.windows(2) {
        let [(word, _), (next, next_end)] = pair else { break };
        if !counts(next) && !is_number(word) {
            break;
        }
        end = *next_end;
    }
    end
}

/// Words between white space alone, each with where it ends.
fn raw_words(text: &str, start: usize, most: usize) -> Vec<(&str, usize)> {
    let mut words = Vec::new();
    let mut at = start;
    for word in text.get(start..).unwrap_or_default().split_whitespace().take(most) {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(word)) else { break };
        at += found + word.len();
        words.push((word, at));
    }
    words
}

/// The reason: what follows, as it was typed, without the punctuation that led to it.
fn why(text: &str, end: usize) -> Option<String> {
    let rest = text.get(end..)?.trim_start_matches(is_led_in);
    let dash = rest.strip_prefix(is_divider).filter(|rest| rest.starts_with(char::is_whitespace));
    let rest = dash.unwrap_or(rest).trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn is_led_in(c: char) -> bool {
    is_between(c) || matches!(c, ':' | '.')
}

#[cfg(test)]
mod tests;
