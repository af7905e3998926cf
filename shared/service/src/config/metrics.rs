//! Where CloudWatch keeps what a program measures.

use super::reader::{Lookup, Parsed};
use super::variables as var;
use crate::metrics::emf::NAMESPACE;

/// The longest namespace that CloudWatch takes, in characters.
const NAMESPACE_MAX_CHARS: usize = 255;

/// The namespace, once the settings have found it legal.
#[must_use]
pub fn metrics_namespace(lookup: Lookup<'_>) -> String {
    let given = lookup(var::METRICS_NAMESPACE.name).and_then(|text| namespace(text.trim()).ok());
    given.unwrap_or_else(|| NAMESPACE.to_owned())
}

/// What CloudWatch takes, less the prefix that it keeps for AWS itself.
pub(super) fn namespace(text: &str) -> Parsed<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._/#:-".contains(c);
    if (1..=NAMESPACE_MAX_CHARS).contains(&text.len())
        && text.chars().all(allowed)
        && !text.starts_with("AWS/")
    {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a namespace of CloudWatch like Keylease/staging"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: Option<&str>) -> String {
        metrics_namespace(&|name| value.filter(|_| name == "METRICS_NAMESPACE").map(str::to_owned))
    }

    #[test]
    fn it_is_ours_unless_another_is_given() {
        assert_eq!(given(None), "Keylease");
        assert_eq!(given(Some(" Keylease/staging ")), "Keylease/staging");
    }

    #[test]
    fn what_cloudwatch_refuses_is_refused() {
        for text in ["", "AWS/Lambda", "a b", "ü", &"x".repeat(NAMESPACE_MAX_CHARS + 1)] {
            assert!(namespace(text).is_err(), "{text}");
        }
    }
}
