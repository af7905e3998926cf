//! A command in which a word is missing, read in the documented order as far as it goes: what a form begins with.

use super::parts::duration_at;
use super::ways;
use super::words::{Apart, words};
use crate::duration::GrantDuration;

/// What stands in a command that is no whole request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct InPart {
    /// The first word that is no duration, as typed.
    pub project: Option<String>,
    /// The second one, as typed.
    pub role: Option<String>,
    pub duration: Option<GrantDuration>,
}

/// Reads a command as far as it goes.
#[must_use]
pub fn in_part(text: &str) -> InPart {
    let Some((text, _)) = ways(text).into_iter().next() else { return InPart::default() };
    let spaced = words(&text, Apart::Space);
    let words = if spaced.len() > 1 { spaced } else { words(&text, Apart::Signs) };
    let found = words.iter().find_map(|word| {
        let (duration, end) = duration_at(&text, word.start)?;
        Some((duration, word.start, end))
    });
    let is_name = |start: usize| found.is_none_or(|(_, from, end)| start < from || start >= end);
    let mut names = words.iter().filter(|word| is_name(word.start)).map(|word| word.text.to_owned());
    InPart { project: names.next(), role: names.next(), duration: found.map(|(duration, _, _)| duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_is_there() {
        for (text, project, role, duration) in [
            ("payments", "payments", "", ""),
            ("payments ReadOnly", "payments", "ReadOnly", ""),
            ("payments/ReadOnly", "payments", "ReadOnly", ""),
            ("payments 90 min", "payments", "", "1h30m"),
            ("2h", "", "", "2h"),
            ("\"Data Lake\" ReadOnly", "Data Lake", "ReadOnly", ""),
            ("\"list\"", "list", "", ""),
            ("project=payments", "payments", "", ""),
            ("project=payments duration=2h", "payments", "", "2h"),
            ("", "", "", ""),
            ("/", "", "", ""),
        ] {
            let read = in_part(text);
            let duration_read = read.duration.map(GrantDuration::compact).unwrap_or_default();
            assert_eq!(
                (
                    read.project.as_deref().unwrap_or_default(),
                    read.role.as_deref().unwrap_or_default(),
                    duration_read.as_str()
                ),
                (project, role, duration),
                "{text}"
            );
        }
    }
}
