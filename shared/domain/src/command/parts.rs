//! The parts of a command in the documented order.

use super::label::without_label_of_reason;
use super::words::{Apart, is_between, is_divider, plain, raw_words, words};
use crate::duration::{DURATION_MAX_WORDS, GrantDuration};

/// A command that was read in the documented order, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct InOrder {
    pub project: String,
    pub role: String,
    /// How long: as [`GrantDuration::compact`] writes it if it is a duration, else as typed.
    pub duration: String,
    pub why: Option<String>,
}

/// The first three parts, if there are so many, and whether the third is a duration.
pub(super) fn read(text: &str, apart: Apart) -> Option<(InOrder, bool)> {
    let words = words(text, apart);
    let [project, role, third, ..] = words.as_slice() else { return None };
    let read = duration_at(text, third.start);
    let (duration, end) = match read {
        Some((duration, end)) => (duration.compact(), end),
        None => {
            let end = unreadable_duration_end(text, third.start);
            (text.get(third.start..end).unwrap_or(third.text).to_owned(), end)
        }
    };
    let (project, role) = (project.text.to_owned(), role.text.to_owned());
    Some((InOrder { project, role, duration, why: why(text, end) }, read.is_some()))
}

/// The duration at an offset, and where it ends.
pub(super) fn duration_at(text: &str, start: usize) -> Option<(GrantDuration, usize)> {
    let raw = raw_words(text, start, DURATION_MAX_WORDS + 2);
    let texts: Vec<&str> = raw.iter().map(|(word, _)| *word).collect();
    if let Ok((duration, used)) = GrantDuration::read_prefix(&texts) {
        let end = raw.get(used.checked_sub(1)?)?.1;
        return (!is_one_of_two(text, end)).then_some((duration, end));
    }
    // `2h,fix it`: the reason follows without a space.
    let (word, whole) = (plain(text.get(start..)?), raw.first()?.0);
    let duration = GrantDuration::parse(word).ok().filter(|_| word.len() < whole.len())?;
    Some((duration, start + word.len()))
}

/// Whether another duration to choose from follows: `2h or 3h` is a question, and so is `2h - 3h`, after which no reason
/// comes.
fn is_one_of_two(text: &str, end: usize) -> bool {
    let raw = raw_words(text, end, DURATION_MAX_WORDS + 2);
    let texts: Vec<&str> = raw.iter().map(|(word, _)| *word).collect();
    match texts.as_slice() {
        [or, other @ ..] if is_or(or) => GrantDuration::read_prefix(other).is_ok(),
        [sign, other @ ..] if sign.chars().all(is_divider) => GrantDuration::parse(&other.join(" ")).is_ok(),
        [_, ..] | [] => false,
    }
}

fn is_or(word: &str) -> bool {
    matches!(word, "or" | "to")
}

/// Where something ends that stands for a duration and is none: `1h 30`, `2 months`, `30m 1h` or `soon`.
fn unreadable_duration_end(text: &str, start: usize) -> usize {
    const WORDS_MAX: usize = 4;
    let raw = raw_words(text, start, WORDS_MAX);
    let counts = |word: &str| word.chars().any(|c| c.is_ascii_digit());
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    let mut end = raw.first().map_or(text.len(), |(_, end)| *end);
    for (index, pair) in raw.windows(2).enumerate() {
        let [(word, _), (next, next_end)] = pair else { break };
        let is_between_two = is_or(next) || (counts(word) && next.chars().all(is_divider));
        let is_choice = is_between_two && raw.get(index + 2).is_some_and(|(other, _)| counts(other));
        if !counts(next) && !is_number(word) && !is_choice {
            break;
        }
        end = *next_end;
    }
    end
}

/// The reason: what follows, as it was typed, without the punctuation that led to it.
pub(super) fn why(text: &str, end: usize) -> Option<String> {
    let rest = text.get(end..)?.trim_start_matches(is_led_in);
    let dash = rest.strip_prefix(is_divider).filter(|rest| rest.starts_with(char::is_whitespace));
    let rest = without_label_of_reason(dash.unwrap_or(rest).trim());
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn is_led_in(c: char) -> bool {
    is_between(c) || matches!(c, ':' | '.')
}
