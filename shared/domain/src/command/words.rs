//! The words of a command, and what stands between them.

use crate::names::{is_quote, one_kind};

/// Words of a command that may name a project, a role and a duration; what follows them is the reason.
pub const HEAD_WORDS_MAX: usize = 32;

/// Quotes around quotes that are taken off, at most: each is looked for in the whole text.
const QUOTED_DEEP_MAX: usize = 8;

/// A word, or several in quotes. Offsets are bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// Without the quotes.
    pub(super) text: &'a str,
    /// Where it begins, with its quote.
    pub(super) start: usize,
    /// Where it ends, with its quote.
    pub(super) end: usize,
}

/// What keeps words apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// White space, commas and semicolons.
    Space,
    /// Signs too: `payments/ReadOnly`, `payments->ReadOnly`, `payments:ReadOnly`. A name may contain them, so what is read
    /// this way is read against the catalogue.
    Signs,
}

impl Apart {
    fn is_between(self, c: char) -> bool {
        is_between(c) || (self == Self::Signs && is_sign(c))
    }

    /// A word up to its first sign.
    fn cut(self, word: &str) -> &str {
        match self {
            Self::Space => word,
            Self::Signs => {
                let end = word.find(is_sign).unwrap_or(word.len());
                let (cut, sign) = word.split_at(end);
                // The arrow in `payments->ReadOnly`.
                let cut =
                    if sign.starts_with('>') { cut.trim_end_matches(|c| one_kind(c) == '-') } else { cut };
                if cut.is_empty() { word.get(..1).unwrap_or(word) } else { cut }
            }
        }
    }
}

/// A sign by which people put a role beside its project.
fn is_sign(c: char) -> bool {
    matches!(c, '/' | '\\' | '|' | '>' | '→' | '⇒' | ':' | '=' | '@' | '\u{FF1A}' | '\u{FF1D}')
}

/// Without quotes around the whole, which come along when somebody copies an example.
pub(super) fn unwrapped(text: &str) -> &str {
    let mut rest = text.trim();
    for _ in 0..QUOTED_DEEP_MAX {
        let Some((inner, _)) = quoted(rest).filter(|(_, length)| *length == rest.len()) else { break };
        rest = inner.trim();
    }
    rest
}

/// The first words of a text, each with its quotes around it taken off.
pub(super) fn words(text: &str, apart: Apart) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < HEAD_WORDS_MAX {
        let Some(start) =
            text.get(at..).and_then(|rest| rest.find(|c: char| !apart.is_between(c))).map(|skip| at + skip)
        else {
            break;
        };
        let rest = text.get(start..).unwrap_or_default();
        let word = quoted(rest).unwrap_or_else(|| {
            let word = apart.cut(plain(rest));
            (word, word.len())
        });
        at = start + word.1;
        if !word.0.chars().all(is_divider) {
            words.push(Word { text: word.0, start, end: at });
        }
    }
    words
}

/// What may stand alone between the parts of a command: `payments / ReadOnly / 2h`.
pub(super) fn is_divider(c: char) -> bool {
    matches!(c, '/' | '|' | '>' | '→' | '•') || one_kind(c) == '-'
}

/// What stands between words.
pub(super) fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';')
}

/// The text within the quotes at the beginning, and its length with them. A quote that nothing closes is none.
pub(super) fn quoted(text: &str) -> Option<(&str, usize)> {
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
pub(super) fn plain(text: &str) -> &str {
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

/// Words between white space alone, each with where it ends.
pub(super) fn raw_words(text: &str, start: usize, most: usize) -> Vec<(&str, usize)> {
    let mut words = Vec::new();
    let mut at = start;
    for word in text.get(start..).unwrap_or_default().split_whitespace().take(most) {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(word)) else { break };
        at += found + word.len();
        words.push((word, at));
    }
    words
}
