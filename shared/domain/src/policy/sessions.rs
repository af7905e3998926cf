//! Denials of role sessions that ended before their time, to be put on their role.

use serde_json::{Value, json};

use super::document;
use crate::time::UnixSeconds;

/// Denies everything to these sessions, by their unique ids (`AROA…:session-name`).
#[must_use]
pub fn deny_sessions(ids: &[&str]) -> String {
    deny(&json!({ "StringEquals": { "aws:userid": ids } }))
}

/// Denies everything to every session of Keylease's that began before this moment.
#[must_use]
pub fn deny_issued_before(at: UnixSeconds) -> String {
    deny(&json!({
        "StringLike": { "aws:userid": "*:keylease-*" },
        "DateLessThan": { "aws:TokenIssueTime": at.rfc3339() },
    }))
}

/// The ids of the sessions that a denial is about; none where it is something else.
#[must_use]
pub fn sessions_denied(denial: &str) -> Vec<String> {
    let denial: Value = serde_json::from_str(denial).unwrap_or_default();
    let Some(ids) = denial.pointer("/Statement/0/Condition/StringEquals/aws:userid") else {
        return Vec::new();
    };
    match ids {
        Value::String(id) => vec![id.clone()],
        Value::Array(ids) => ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn deny(condition: &Value) -> String {
    document(&[json!({
        "Sid": "KeyleaseEnded",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": condition,
    })])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_says_whom_it_denies() {
        let ids = ["AROAEXAMPLE:keylease-r-0", "AROAEXAMPLE:keylease-r-1"];
        assert_eq!(sessions_denied(&deny_sessions(&ids)), ids);
        let of_an_earlier_release =
            deny_sessions(&["x"]).replace(r#"["x"]"#, r#""AROAEXAMPLE:keylease-r-2""#);
        assert_eq!(sessions_denied(&of_an_earlier_release), ["AROAEXAMPLE:keylease-r-2"]);
        for other in ["", "{}", &deny_issued_before(UnixSeconds(1_795_442_607))] {
            assert!(sessions_denied(other).is_empty(), "{other}");
        }
    }
}
