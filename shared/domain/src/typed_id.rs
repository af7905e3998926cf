//! A request's id, as people type it.

use crate::ids::{InvalidId, RequestId};
use crate::names::{is_invisible, is_quote, one_kind};

/// What messages and commands put before an id.
const LABEL: &str = "request";

/// The id as it is typed or copied: the name of its IAM user or schedule will do, the user's ARN, and how a message in Slack
/// names it.
pub fn request_id(typed: &str) -> Result<RequestId, InvalidId> {
    let visible: String = typed.chars().filter(|c| !is_invisible(*c)).map(one_kind).collect();
    let bare = visible.trim_matches(is_around);
    let bare = match bare.split_once(char::is_whitespace) {
        Some((label, rest)) if label.eq_ignore_ascii_case(LABEL) => rest.trim_matches(is_around),
        _ => bare,
    };
    let bare = bare.trim_end_matches('.').trim_end_matches(is_around);
    let name = bare.rsplit('/').next().unwrap_or(bare);
    RequestId::parse(name.strip_prefix("keylease-").unwrap_or(name))
}

/// What copying adds around an id.
fn is_around(c: char) -> bool {
    c.is_whitespace()
        || is_quote(c)
        || matches!(c, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '<' | '>' | '*' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_however_it_is_copied() {
        for typed in [
            "dana-payments-readonly-0",
            " dana-payments-readonly-0\n",
            "`dana-payments-readonly-0`",
            "“dana-payments-readonly-0”,",
            "dana-payments\u{200B}-readonly-0",
            "keylease-dana-payments-readonly-0",
            "arn:aws:iam::111122223333:user/keylease/keylease-dana-payments-readonly-0",
            "Request `dana-payments-readonly-0`,",
            "Request dana-payments-readonly-0:",
            "(dana-payments-readonly-0).",
            "*dana‑payments–readonly-0*",
            "#dana-payments-readonly-0",
        ] {
            let id = request_id(typed).map(|id| id.to_string()).ok();
            assert_eq!(id.as_deref(), Some("dana-payments-readonly-0"), "{typed:?}");
        }
        for typed in ["", "``", "a b", "keylease-", "arn:aws:iam::111122223333:user/keylease/", "a,b", "a/"] {
            assert!(request_id(typed).is_err(), "{typed:?}");
        }
    }
}
