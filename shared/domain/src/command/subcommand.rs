//! Words that stand for themselves after `/access`, and name no project: `list`, `end`, `extend` and `help`.

use super::is_as_documented;
use crate::names::{fold, is_invisible, is_quote};

/// Longest text after `end` that is compared with what somebody has, in characters: a project and a role.
const WHICH_MAX_CHARS: usize = 256;

/// What somebody wants who does not ask for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subcommand {
    /// See their own open requests and live grants.
    List,
    /// End one of their live grants.
    End {
        /// Which, as typed; empty where nothing was.
        which: String,
    },
    /// Have one of their live grants for longer.
    Extend,
    /// Read what can be typed.
    Help,
}

/// The subcommand that a command is. A project of that name is asked for in quotes, or, unless it is `extend`, by a whole
/// request: `list ReadOnly 2h` has a project, a role and a duration, and is one.
#[must_use]
pub fn subcommand(text: &str) -> Option<Subcommand> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if text.starts_with(is_quote) {
        return None;
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let folded = fold(word);
    let bare = folded.trim_start_matches('-');
    match bare.trim_end_matches(['!', '?', '.', ':']) {
        // Whoever wants more time says how much: `extend payments 2h`.
        "extend" | "extension" | "prolong" => Some(Subcommand::Extend),
        _ if is_as_documented(text) => None,
        "list" => Some(Subcommand::List),
        "end" | "stop" | "revoke" => {
            let which = rest.trim().chars().take(WHICH_MAX_CHARS).collect();
            Some(Subcommand::End { which })
        }
        "help" => Some(Subcommand::Help),
        "" if bare.starts_with('?') => Some(Subcommand::Help),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_words_stand_for_themselves_however_they_are_written() {
        for text in ["list", " List ", "LIST.", "\u{200B}list", "list my grants", "--list"] {
            assert_eq!(subcommand(text), Some(Subcommand::List), "{text}");
        }
        for text in ["help", "Help!", "?", "help me", "--help"] {
            assert_eq!(subcommand(text), Some(Subcommand::Help), "{text}");
        }
        for text in [
            "extend",
            "Extend!",
            "extend payments ReadOnly",
            "extend payments for 2h",
            "extend ReadOnly 2h",
            "--extend",
        ] {
            assert_eq!(subcommand(text), Some(Subcommand::Extend), "{text}");
        }
        for (text, which) in [
            ("end", ""),
            ("Stop!", ""),
            ("revoke payments", "payments"),
            ("End ", ""),
            ("end payments ReadOnly", "payments ReadOnly"),
            ("end\u{A0}r-0", "r-0"),
        ] {
            assert_eq!(subcommand(text), Some(Subcommand::End { which: which.to_owned() }), "{text}");
        }
        let long = format!("end {}", "x".repeat(4_000));
        let Some(Subcommand::End { which }) = subcommand(&long) else { panic!("no end") };
        assert_eq!(which.len(), WHICH_MAX_CHARS);
    }

    #[test]
    fn a_project_of_such_a_name_can_be_asked_for() {
        for text in [
            "\"list\"",
            "\"list\" ReadOnly",
            "“end” ReadOnly 2h",
            "`help` ReadOnly 2h why",
            "list ReadOnly 2h",
            "end ReadOnly 2 hours a bug",
            "\"extend\" ReadOnly 2h",
            "listing",
            "ending ReadOnly",
            "payments list",
            "",
        ] {
            assert_eq!(subcommand(text), None, "{text}");
        }
    }
}
