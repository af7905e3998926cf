//! What went wrong at another service, typed by what the caller should do about it.

/// A call to AWS or Slack that did not do what it should.
///
/// Its text names the call, the other side's error code and its message. It never holds what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{call} failed: {message}")]
pub struct CallError {
    /// The service and operation, such as `iam:CreateUser`.
    pub call: &'static str,
    /// The other side's error code, where it gave one.
    pub code: Option<String>,
    /// What it said.
    pub message: String,
    /// What to do about it.
    pub remedy: Remedy,
}

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try again; not before so many seconds, where the other side said so.
    Transient {
        /// Seconds to wait at least; 0 when nothing was said.
        after_seconds: u32,
    },
    /// Nothing is wrong with the work: it can be done once an operator has repaired something, such as an expired
    /// token, a missing permission or a full quota. Until then it waits.
    NeedsOperator,
    /// The same call will fail again: what it asks for is wrong.
    Permanent,
}

impl Remedy {
    /// Try again; the other side did not say when.
    pub const RETRY: Self = Self::Transient { after_seconds: 0 };
}

impl CallError {
    /// For an answer that lacks what the API promises.
    #[must_use]
    pub fn incomplete(call: &'static str, missing: &'static str) -> Self {
        let message = format!("the answer has no {missing}");
        Self { call, code: None, message, remedy: Remedy::RETRY }
    }

    /// For a call that was given up waiting for.
    #[must_use]
    pub fn no_answer(call: &'static str, waited: std::time::Duration) -> Self {
        let message = format!("no answer within {} s", waited.as_secs());
        Self { call, code: None, message, remedy: Remedy::RETRY }
    }

    /// For a call that cannot succeed as it is.
    #[must_use]
    pub fn permanent(call: &'static str, message: String) -> Self {
        Self { call, code: None, message, remedy: Remedy::Permanent }
    }

    /// Whether the other side answered with this error code.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the credentials may not make this call.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        let code = self.code.as_deref();
        matches!(
            code,
            Some(
                "AccessDenied" | "AccessDeniedException" | "AccessDenied.Exception" | "UnauthorizedOperation"
            )
        )
    }

    /// Whether trying again may help, without anybody's doing.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.remedy, Remedy::Transient { .. })
    }

    /// Whether what was asked for is wrong, so that neither time nor an operator's repair helps this very call.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.remedy, Remedy::Permanent)
    }
}

/// Takes an error code for success: what should be gone is gone, or what should be there is there.
pub fn ignore_code<T: Default>(result: Result<T, CallError>, code: &str) -> Result<T, CallError> {
    match result {
        Err(error) if error.is(code) => Ok(T::default()),
        other => other,
    }
}

/// What an HTTP status says where nothing else does: a server or proxy on the way that failed, or one that lets nobody
/// through.
#[must_use]
pub fn by_status(status: u16) -> Option<Remedy> {
    match status {
        408 | 425 | 429 | 500.. => Some(Remedy::RETRY),
        401 | 403 | 407 => Some(Remedy::NeedsOperator),
        _ => None,
    }
}
