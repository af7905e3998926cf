//! Why a command did not do what it should: a sentence, its cause, and what to do next.

use aws::dynamodb::StoreError;
use service::CallError;
use service::config::ConfigError;

/// Exit status of a command that did what it should.
pub const DONE: u8 = 0;
/// Exit status of a command that did not.
pub const FAILED: u8 = 1;
/// Exit status of a command line that was not understood.
pub const WRONG_USAGE: u8 = 2;
/// Exit status of a command that was told to stop a second time, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// A command's failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    what: String,
    cause: Option<String>,
    hint: Option<String>,
    status: u8,
}

impl Failure {
    /// Something went wrong: a sentence without its full stop.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), cause: None, hint: None, status: FAILED }
    }

    /// What was typed cannot be meant.
    pub fn wrong_usage(what: impl Into<String>) -> Self {
        Self { status: WRONG_USAGE, ..Self::new(what) }
    }

    /// With what lies behind it.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is written of it: the sentence, then its cause and its hint on lines of their own.
    pub(crate) fn text(&self, error: &str) -> String {
        let part = |name: &str, text: &Option<String>| {
            let text = text.as_ref().map(|text| text.replace('\n', "\n         "));
            text.map(|text| format!("\n  {name:<6} {text}")).unwrap_or_default()
        };
        format!("{error} {}{}{}", self.what, part("cause:", &self.cause), part("hint:", &self.hint))
    }

    pub(crate) fn status(&self) -> u8 {
        self.status
    }
}

impl From<claimer::Failure> for Failure {
    fn from(failure: claimer::Failure) -> Self {
        let claimer::Failure { what, cause, hint, is_wrong_usage } = failure;
        Self { what, cause, hint, status: if is_wrong_usage { WRONG_USAGE } else { FAILED } }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error.to_string())
            .hint("keylease reads the same variables as the workers: set them in this shell; keylease doctor checks each")
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        let failure = Self::new(format!("{} failed", error.call)).because(&error.message);
        match error.code.as_deref() {
            _ if error.is_denied() => failure
                .hint("the AWS credentials of this shell may not do that; docs/operations.md lists what an operator needs"),
            Some("ResourceNotFoundException" | "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue") => {
                failure.hint("it is not there: check AWS_REGION, the account of these credentials, and the variable that names it; keylease doctor checks everything")
            }
            _ if error.is_retryable() => failure.hint("this may pass: try again"),
            _ => failure.hint("check AWS_REGION and the credentials of this shell; keylease doctor checks everything"),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Call(call) => call.into(),
            StoreError::Unreadable { .. } => {
                Self::new(error.to_string()).hint("fix the record in the table, or replace it")
            }
            StoreError::Newer { .. } => {
                Self::new(error.to_string()).hint("use the version of keylease that is deployed")
            }
            StoreError::Conflict(_) => Self::new(error.to_string()).hint("try again"),
        }
    }
}
