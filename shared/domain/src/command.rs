//! What follows `/access`: a project, a role, how long, and why.
//!
//! `PROJECT ROLE DURATION why` is read without the catalogue. Anything else, such as names with spaces or another order,
//! is read against it, and taken where the names allow one reading only.

mod against;
mod rewritten;
mod words;

use std::borrow::Cow;

pub use against::{Meaning, Partial, interpret, named, partial};

use crate::duration::{DURATION_MAX_WORDS, GrantDuration};
use rewritten::{labelled, without_label_of_reason, without_outer_quotes};
use words::{Apart, is_between, is_divider, plain, raw_words, unwrapped, words};

/// Words of a command that may name a project, a role and a duration; what follows them is the reason.
pub const HEAD_WORDS_MAX: usize = 32;

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

/// Reads `PROJECT ROLE DURATION why`, if there are three words, or three parts that are marked otherwise: by labels
/// (`project=payments`), by quotes around them all, or by signs (`payments/ReadOnly 2h`).
#[must_use]
pub fn in_order(text: &str) -> Option<InOrder> {
    let ways = ways(text);
    let is_complete = |reading: &(InOrder, bool)| reading.1;
    let all = |apart| ways.iter().filter_map(move |(text, _)| read(text, apart));
    let certain = || all(Apart::Space).find(is_complete);
    let joined = || all(Apart::Signs).find(is_complete);
    // Three parts whose last is no duration are a request too, of which the worker says what is wrong with it.
    let of_three = ways.iter().filter(|(_, is_whole)| *is_whole).find_map(|(text, _)| {
        let is_several = words(text, Apart::Space).len() > 1;
        let of_words = read(text, Apart::Space).filter(|_| has_two_names(text));
        of_words.or_else(|| read(text, Apart::Signs).filter(|_| is_several && has_two_names(text)))
    });
    certain().or_else(joined).or(of_three).map(|(read, _)| read)
}

/// The first duration in a text, whatever else it is.
#[must_use]
pub fn duration_within(text: &str) -> Option<GrantDuration> {
    let text = unwrapped(text);
    words(text, Apart::Space)
        .iter()
        .find_map(|word| duration_at(text, word.start))
        .map(|(duration, _)| duration)
}

/// Whether more than one word is left beside the first duration: `payments 90 min` names no role.
fn has_two_names(text: &str) -> bool {
    let words = words(text, Apart::Signs);
    let is_name = |word: &words::Word<'_>, from: usize, end: usize| word.end <= from || word.start >= end;
    let duration = words.iter().find_map(|word| Some((word.start, duration_at(text, word.start)?.1)));
    duration.is_none_or(|(from, end)| words.iter().filter(|word| is_name(word, from, end)).count() > 1)
}

/// Whether a command is written as it is documented, so that its first two words are names whatever the catalogue has.
#[must_use]
pub fn is_as_documented(text: &str) -> bool {
    let text = unwrapped(text);
    labelled(text).is_none() && read(text, Apart::Space).is_some_and(|(_, has_duration)| has_duration)
}

/// The texts that a command may stand for, the likeliest first, and whether it is certain that each is a command.
fn ways(text: &str) -> Vec<(Cow<'_, str>, bool)> {
    let text = unwrapped(text);
    let labelled = labelled(text).map(|text| (Cow::Owned(text), true));
    let as_it_is = (Cow::Borrowed(text), labelled.is_none());
    let unquoted = without_outer_quotes(text).map(|text| (Cow::Owned(text), false));
    labelled.into_iter().chain([as_it_is]).chain(unquoted).collect()
}

/// The first three parts, if there are so many, and whether the third is a duration.
fn read(text: &str, apart: Apart) -> Option<(InOrder, bool)> {
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
fn duration_at(text: &str, start: usize) -> Option<(GrantDuration, usize)> {
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

/// Whether another duration to choose from follows: `2h or 3h` is a question.
fn is_one_of_two(text: &str, end: usize) -> bool {
    let raw = raw_words(text, end, DURATION_MAX_WORDS + 1);
    let texts: Vec<&str> = raw.iter().map(|(word, _)| *word).collect();
    match texts.as_slice() {
        [or, other @ ..] => is_or(or) && GrantDuration::read_prefix(other).is_ok(),
        [] => false,
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
        let is_choice = is_or(next) && raw.get(index + 2).is_some_and(|(other, _)| counts(other));
        if !counts(next) && !is_number(word) && !is_choice {
            break;
        }
        end = *next_end;
    }
    end
}

/// The reason: what follows, as it was typed, without the punctuation that led to it.
fn why(text: &str, end: usize) -> Option<String> {
    let rest = text.get(end..)?.trim_start_matches(is_led_in);
    let dash = rest.strip_prefix(is_divider).filter(|rest| rest.starts_with(char::is_whitespace));
    let rest = without_label_of_reason(dash.unwrap_or(rest).trim());
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn is_led_in(c: char) -> bool {
    is_between(c) || matches!(c, ':' | '.')
}

#[cfg(test)]
mod tests;
