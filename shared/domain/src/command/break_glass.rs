//! The word by which a command asks for access in an emergency.

use super::parts::InOrder;
use super::words::{is_between, plain};
use crate::duration::GrantDuration;
use crate::names::{is_invisible, one_kind};

/// The word, as compared: in small letters, and without what stands between its halves.
const WORD: [&str; 1] = ["breakglass"];
/// Such a word at the very beginning only: within a reason it is an ordinary one.
const FIRST_WORDS: [&str; 2] = ["breakglass", "emergency"];

/// A command without the word by which it asks for access in an emergency, and whether it had one: as its first word, or
/// right after how long.
#[must_use]
pub fn without_break_glass(text: &str, read: impl Fn(&str) -> Option<InOrder>) -> (String, bool) {
    let trimmed = text.trim_start();
    if let Some(rest) = after(trimmed, &FIRST_WORDS) {
        // Without it there has to be a request: a project may be called so.
        if read(rest).is_some_and(|read| GrantDuration::parse(&read.duration).is_ok()) {
            return (rest.to_owned(), true);
        }
    }
    if let Some(rest) = after(trimmed, &WORD).filter(|_| !is_whole(text, &read)) {
        // What is missing is asked for without the word in its place.
        return (rest.to_owned(), true);
    }
    let why = read(text).and_then(|read| read.why);
    let place = why.as_deref().and_then(|why| text.rfind(why).map(|at| (at, why)));
    if let Some((at, why)) = place
        && let Some(rest) = after(why, &WORD)
    {
        let before = text.get(..at).unwrap_or_default().trim_end_matches(|c| one_kind(c) == '-');
        return (format!("{before}{rest}"), true);
    }
    (text.to_owned(), false)
}

/// Whether it is a request as it is, by whatever names.
fn is_whole(text: &str, read: impl Fn(&str) -> Option<InOrder>) -> bool {
    read(text).is_some_and(|read| GrantDuration::parse(&read.duration).is_ok())
}

/// What follows one of these words, without what leads on to it. The word may be two: `break glass`.
fn after<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let word = plain(text);
    let rest = text.get(word.len()..).unwrap_or_default();
    let second = plain(rest.trim_start());
    let both = rest.trim_start().get(second.len()..).unwrap_or_default();
    let found = [(compared(word), rest), (format!("{}{}", compared(word), compared(second)), both)];
    let (_, rest) = found.into_iter().find(|(word, _)| words.contains(&word.as_str()))?;
    let lead = |c: char| is_between(c) || matches!(c, ':' | '.' | '!');
    Some(rest.trim_start_matches(lead))
}

/// In small letters, without the dashes and signs that people put into it and around it.
fn compared(word: &str) -> String {
    let bare = word.trim_end_matches([':', '.', '!']);
    let kept = bare.chars().filter(|c| !is_invisible(*c)).map(one_kind).filter(|c| !matches!(c, '-' | '_'));
    kept.collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::in_order;
    use super::*;

    #[test]
    fn the_word_is_found_where_it_asks_and_nowhere_else() {
        for (typed, left) in [
            ("break-glass payments Admin 30m the ledger is down", "payments Admin 30m the ledger is down"),
            ("  BreakGlass: payments Admin 30m why", "payments Admin 30m why"),
            ("Emergency! payments Admin 30m why", "payments Admin 30m why"),
            ("payments Admin 30m break‑glass the ledger is down", "payments Admin 30m the ledger is down"),
            ("payments Admin 30m breakglass: the ledger is down", "payments Admin 30m the ledger is down"),
            ("30m payments Admin break-glass", "30m payments Admin "),
            ("break glass payments Admin 30m why", "payments Admin 30m why"),
            ("Break Glass: payments Admin 30m why", "payments Admin 30m why"),
            ("break_glass payments Admin 30m why", "payments Admin 30m why"),
            ("--break-glass payments Admin 30m why", "payments Admin 30m why"),
            ("payments Admin 30m BREAK GLASS the ledger is down", "payments Admin 30m the ledger is down"),
            ("payments Admin 30m --break-glass: the ledger is down", "payments Admin 30m the ledger is down"),
            // A word is missing: what is asked for is not in the place of the project.
            ("break-glass", ""),
            ("break glass payments", "payments"),
            ("break-glass payments Admin", "payments Admin"),
            ("break-glass payments Admin soon", "payments Admin soon"),
        ] {
            assert_eq!(without_break_glass(typed, in_order), (left.to_owned(), true), "{typed}");
        }
        for typed in [
            "payments Admin 30m emergency fix of the ledger",
            "payments Admin 30m no break-glass needed",
            "payments Admin 30m",
            "emergency Admin 30m why",
            "emergency",
            "break glass 30m why",
            "payments Admin 30m break the glass",
            "",
        ] {
            assert_eq!(without_break_glass(typed, in_order), (typed.to_owned(), false), "{typed}");
        }
    }
}
