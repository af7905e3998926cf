//! The word by which a command asks for access in an emergency.

use super::parts::InOrder;
use super::words::{is_between, plain};
use crate::duration::GrantDuration;
use crate::names::one_kind;

/// The words, as compared: without case, and with one kind of dash.
const WORDS: [&str; 2] = ["break-glass", "breakglass"];
/// Such a word at the very beginning only: within a reason it is an ordinary one.
const FIRST_WORDS: [&str; 3] = ["break-glass", "breakglass", "emergency"];

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
    let why = read(text).and_then(|read| read.why);
    let place = why.as_deref().and_then(|why| text.rfind(why).map(|at| (at, why)));
    if let Some((at, why)) = place
        && let Some(rest) = after(why, &WORDS)
    {
        return (format!("{}{rest}", text.get(..at).unwrap_or_default()), true);
    }
    (text.to_owned(), false)
}

/// What follows one of these words, without what leads on to it.
fn after<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let word = plain(text);
    let bare = word.trim_end_matches([':', '.', '!']);
    let compared: String = bare.chars().map(one_kind).collect::<String>().to_lowercase();
    let rest = text.get(word.len()..).unwrap_or_default();
    let lead = |c: char| is_between(c) || matches!(c, ':' | '.' | '!');
    words.contains(&compared.as_str()).then(|| rest.trim_start_matches(lead))
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
        ] {
            assert_eq!(without_break_glass(typed, in_order), (left.to_owned(), true), "{typed}");
        }
        for typed in [
            "payments Admin 30m emergency fix of the ledger",
            "payments Admin 30m no break-glass needed",
            "payments Admin 30m",
            "emergency Admin 30m why",
            "break-glass",
            "",
        ] {
            assert_eq!(without_break_glass(typed, in_order), (typed.to_owned(), false), "{typed}");
        }
    }
}
