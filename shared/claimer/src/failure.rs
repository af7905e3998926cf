//! Why nothing was claimed, kept or renewed: a sentence, its cause, and what to do next.

/// A failure, for whoever claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A sentence without its full stop.
    pub what: String,
    /// What lies behind it.
    pub cause: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
    /// Whether what was typed cannot be meant.
    pub is_wrong_usage: bool,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), cause: None, hint: None, is_wrong_usage: false }
    }

    pub(crate) fn wrong_usage(what: impl Into<String>) -> Self {
        Self { is_wrong_usage: true, ..Self::new(what) }
    }

    pub(crate) fn because(self, cause: impl std::fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
