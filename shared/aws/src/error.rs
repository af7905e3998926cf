//! From an SDK error to what the caller should do about it.
//!
//! Which error code has which remedy stands in one table, `rules`, and in `docs/errors.md`, which a test compares.

mod calls;
mod credentials;
pub(crate) mod rules;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

#[cfg(feature = "grants")]
pub(crate) use service::call_error::ignore_code;
pub(crate) use service::call_error::{CallError, Remedy};

/// The error of a call, such as `iam:CreateUser`.
#[expect(clippy::needless_pass_by_value, reason = "it is written as `map_err(|e| from_sdk(CALL, e))`")]
pub(crate) fn from_sdk<E>(call: &'static str, error: SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if let Some(remedy) = credentials::remedy(&error) {
        // STS's code is not about this call, which was never made.
        return CallError { call, code: None, message: causes(&error), remedy };
    }
    match &error {
        SdkError::ServiceError(context) => {
            let code = context.err().code().map(str::to_owned);
            let remedy = rules::remedy(call, code.as_deref(), context.raw().status().as_u16());
            let said = context.err().message().unwrap_or("no message");
            let message = format!("{}: {said}", code.as_deref().unwrap_or("no error code"));
            CallError { call, code, message, remedy }
        }
        SdkError::ConstructionFailure(_) => {
            CallError { call, code: None, message: causes(&error), remedy: Remedy::Permanent }
        }
        _ => CallError { call, code: None, message: causes(&error), remedy: Remedy::RETRY },
    }
}

/// A call without an answer.
pub(crate) fn unreachable(call: &'static str, error: &(dyn std::error::Error + 'static)) -> CallError {
    CallError { call, code: None, message: causes(error), remedy: Remedy::RETRY }
}

/// Each cause once, the outermost first; the SDK's own form of this ends with a dump of everything.
fn causes(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !said.contains(&more) {
            said = format!("{said}: {more}");
        }
        cause = error.source();
    }
    said
}

#[cfg(test)]
mod tests;
