//! What one check found.

use aws::dynamodb::StoreError;
use serde::Serialize;
use service::CallError;

/// Error codes of a service that does not know a call, as stand-ins for AWS answer.
const UNKNOWN_CALL: [&str; 6] = [
    "InvalidAction",
    "NotImplemented",
    "UnknownOperationException",
    "UnknownOperation",
    "UnsupportedOperation",
    "NotImplementedException",
];

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is in order.
    Ok,
    /// It works, or it could not be checked; somebody should look.
    Warn,
    /// Keylease cannot work so, or not safely.
    Fail,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's name.
    pub check: String,
    /// How it went.
    pub outcome: Outcome,
    /// What was found.
    pub detail: String,
    // The name that the JSON form has had from the start.
    /// What to do, where there is something.
    #[serde(rename = "mend")]
    pub fix: Option<String>,
}

impl Finding {
    pub(crate) fn ok(check: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { check: check.into(), outcome: Outcome::Ok, detail: detail.into(), fix: None }
    }

    pub(crate) fn warn(check: impl Into<String>, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { outcome: Outcome::Warn, fix: Some(fix.into()), ..Self::ok(check, detail) }
    }

    pub(crate) fn fail(check: impl Into<String>, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { outcome: Outcome::Fail, fix: Some(fix.into()), ..Self::ok(check, detail) }
    }

    /// What has to be known for the check is not set in this shell.
    pub(crate) fn unchecked(check: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::warn(check, "could not be checked", fix)
    }

    /// What a check found, unless a call that it makes failed.
    pub(crate) fn of(check: &str, found: Result<Self, impl Into<StoreError>>) -> Self {
        found.unwrap_or_else(|error| Self::unreadable(check, &error.into()))
    }

    /// The call that should have told failed. What this shell may not ask can still be well.
    pub(crate) fn unknown(check: impl Into<String>, error: &CallError) -> Self {
        if error.is_denied() {
            let detail = format!("could not be checked: these credentials may not call {}", error.call);
            return Self::warn(check, detail, "docs/operations.md lists what an operator's identity needs");
        }
        if UNKNOWN_CALL.iter().any(|code| error.is(code)) {
            let detail = format!("could not be checked: {} is not known here", error.call);
            return Self::warn(check, detail, "nothing, where this is a stand-in for AWS");
        }
        Self::fail(
            check,
            error.to_string(),
            "check AWS_REGION, the credentials and the network of this shell",
        )
    }

    /// The table could not be read.
    pub(crate) fn unreadable(check: impl Into<String>, error: &StoreError) -> Self {
        match error {
            StoreError::Call(call) => Self::unknown(check, call),
            other => Self::fail(check, other.to_string(), "fix the record in the table"),
        }
    }
}
