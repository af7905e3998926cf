//! What YAML reads otherwise than it looks, or than other readers of YAML do: each without quotes.

use super::fault::{Fault, quoted};

/// Words that are true or false in YAML 1.1, and texts in YAML 1.2.
const WORDS: [&str; 6] = ["yes", "no", "on", "off", "y", "n"];
/// The key by which YAML 1.1 merges maps.
const MERGE: &str = "<<";

/// What is said of a field without a value, besides its name.
pub(super) const EMPTY: &str =
    "has no value, so it counts as left out: what follows a # is a comment, unless it is in quotes";

/// A field that has no value, at the line of its key.
pub(super) fn empty(key: &str, line: usize) -> Fault {
    Fault::at(line, format!("{} {EMPTY}", quoted(key)))
}

/// What is said of a `${NAME}` that a shell or a pipeline would fill in, in quotes or not. AWS's own variables have a colon, and those
/// of the catalogue are in small letters.
pub(super) fn variable(text: &str) -> Option<String> {
    let is_of_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_of_name);
    let mut rests = text.split("${").skip(1);
    let is_there = rests.any(|rest| rest.split_once('}').is_some_and(|(name, _)| is_name(name)));
    is_there.then(|| {
        format!("{} is a text here: no variable is filled in, so write what it stands for", quoted(text))
    })
}

/// Why this plain scalar may not be meant; nothing where everybody reads it alike.
pub(super) fn warning(text: &str, is_key: bool) -> Option<String> {
    let shown = quoted(text);
    let quotes = "put it in quotes";
    if is_key && text == MERGE {
        return Some(format!(
            "{shown} merges nothing here: it is a key like any other; write the fields out"
        ));
    }
    if WORDS.contains(&text.to_ascii_lowercase().as_str()) {
        return Some(format!(
            "{shown} is a text here, and true or false to other readers of YAML; write true or false, or put it in quotes if it is a text"
        ));
    }
    let is_empty = text == "~" || matches!(text, "Null" | "NULL") || (is_key && text == "null");
    if is_empty {
        let here = if is_key { "is a text here, and nothing to other readers" } else { "counts as absent" };
        return Some(format!("{shown} {here}; {quotes}, or leave it out"));
    }
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let is = |allowed: &[char]| number.chars().all(|c| c.is_ascii_digit() || allowed.contains(&c));
    if number.contains(':') && is(&[':']) && !number.ends_with(':') {
        return Some(format!(
            "{shown} is a text here, and a number to base 60 to other readers of YAML; {quotes} if it is a text"
        ));
    }
    if number.contains('_') && is(&['_']) {
        return Some(format!("{shown} is a text here, and a number to other readers of YAML; {quotes}"));
    }
    if is_key {
        return None;
    }
    let is_octal = number.len() > 1 && number.starts_with('0') && is(&[]);
    let is_other_base = ["0x", "0o"].iter().any(|prefix| number.starts_with(prefix));
    let is_exponent =
        number.contains(['e', 'E']) && is(&['e', 'E', '.', '+', '-']) && number.parse::<f64>().is_ok();
    let digits_max = 18;
    if is_octal || (is_other_base && number.len() > 2) || is_exponent {
        return Some(format!(
            "{shown} is read as a number, and loses how it is written; {quotes} if it is a text"
        ));
    }
    if is(&[]) && number.len() > digits_max {
        return Some(format!("{shown} is too long for a number, and is not kept exactly; {quotes}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_nobody_fills_in_is_told() {
        for text in ["${PROJECT}", "team-${ENV_2}", "${aws:username} ${TEAM}"] {
            assert!(variable(text).is_some(), "{text}");
        }
        for text in ["${aws:username}", "user/${requester_email}", "${}", "${A", "$A", "{A}"] {
            assert_eq!(variable(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_read_otherwise_than_it_looks_is_told_and_the_rest_is_not() {
        for text in "no Off YES y ~ NULL 1:30 0123 012345678901 1e3 12E5 0x1F 0o17 1_000 12345678901234567890"
            .split(' ')
        {
            assert!(warning(text, false).is_some(), "{text}");
        }
        for text in "null true false 0 12 8h 1h30m 1.5 U0OWNER 2012-10-17 note one yes! arn:aws:iam::012345678901:role/x 111122223333 0h 00: 1:30pm".split(' ') {
            assert_eq!(warning(text, false), None, "{text}");
        }
        for key in ["<<", "no", "null", "1:30"] {
            assert!(warning(key, true).is_some(), "{key}");
        }
        for key in ["ReadOnly", "2024", "0123", "on call"] {
            assert_eq!(warning(key, true), None, "{key}");
        }
    }
}
