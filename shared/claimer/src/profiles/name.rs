//! The name of a profile: part of a file's name, of a section's heading and of a command line.

use crate::failure::Failure;
use domain::text::short;

/// Longest name, in characters.
const NAME_MAX_CHARS: usize = 64;
/// The name where none is given; the second is `keylease-2`.
const DEFAULT: &str = "keylease";
/// Profiles without a name of their own, at most.
const DEFAULTS_MAX: u32 = 99;

/// A profile's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProfileName(String);

impl ProfileName {
    /// Reads what was typed.
    pub(crate) fn parse(typed: &str) -> Result<Self, Failure> {
        let name = typed.trim();
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '@');
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if begins && name.len() <= NAME_MAX_CHARS && name.chars().all(inside) {
            return Ok(Self(name.to_owned()));
        }
        Err(Failure::wrong_usage(format!("`{}` cannot be the name of a profile", short(typed))).hint(format!(
            "use 1 to {NAME_MAX_CHARS} of a-z, A-Z, 0-9, `_`, `-`, `.`, `+` and `@`, beginning with a letter or a digit"
        )))
    }

    /// The names that are tried where none is given, in this order.
    pub(crate) fn defaults() -> impl Iterator<Item = Self> {
        let more = (2..=DEFAULTS_MAX).map(|number| format!("{DEFAULT}-{number}"));
        std::iter::once(DEFAULT.to_owned()).chain(more).map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProfileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_into_a_file_a_heading_and_a_command() {
        for name in ["default", "payments-ReadOnly", "_x", "a.b@c+d", " trimmed "] {
            assert!(ProfileName::parse(name).is_ok(), "{name}");
        }
        for name in ["", " ", "-x", ".x", "a b", "a/b", "a]", "a\nb", "ä", &"n".repeat(65)] {
            assert!(ProfileName::parse(name).is_err(), "{name}");
        }
        let defaults: Vec<_> = ProfileName::defaults().take(2).map(|name| name.to_string()).collect();
        assert_eq!(defaults, ["keylease", "keylease-2"]);
    }
}
