//! What follows `/access`: a project, a role, how long, and why.
//!
//! `PROJECT ROLE DURATION why` is read without the catalogue. Anything else, such as names with spaces or another order,
//! is read against it, and taken where the names allow one reading only.

mod against;
mod break_glass;
mod in_part;
mod label;
mod parts;
mod rewritten;
mod subcommand;
mod words;

use std::borrow::Cow;

pub use against::{Meaning, Partial, interpret, named, partial};
pub use break_glass::without_break_glass;
pub use in_part::{InPart, in_part};
pub use parts::InOrder;
pub use subcommand::{Subcommand, subcommand};
pub use words::HEAD_WORDS_MAX;

use crate::duration::GrantDuration;
use parts::{duration_at, read};
use rewritten::{labelled, without_outer_quotes};
use words::{Apart, unwrapped, words};

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

#[cfg(test)]
mod tests;
