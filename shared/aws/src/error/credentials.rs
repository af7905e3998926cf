//! Credentials that cannot be got: the role of a member account that may not be assumed, or none at all.
//!
//! The SDK reports such a failure as one of the call for which it wanted them, as if the network were down.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use service::Remedy;

use super::rules;

/// The call that a credentials provider makes. Unlike `sts:AssumeRole` for a requester's session, nothing of it is
/// the request's own.
const CALL: &str = "sts:AssumeRole (credentials)";

/// Why there are no credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// STS's code.
    pub(super) code: Option<String>,
    pub(super) remedy: Remedy,
}

/// Why the credentials for a call could not be got; `None` where that is not what failed.
pub(super) fn refusal<E>(error: &SdkError<E, HttpResponse>) -> Option<Refusal>
where
    E: std::error::Error + 'static,
{
    let chain = || std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let credentials = chain().find_map(|cause| cause.downcast_ref::<CredentialsError>())?;
    let by_sts = chain().find_map(|cause| {
        let assumed = cause.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>().map(by_sts);
        assumed.or_else(|| {
            cause.downcast_ref::<SdkError<AssumeRoleWithWebIdentityError, HttpResponse>>().map(by_sts)
        })
    });
    Some(by_sts.unwrap_or_else(|| Refusal { code: None, remedy: without_sts(credentials) }))
}

fn by_sts<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Refusal {
    match error {
        SdkError::ServiceError(context) => {
            let code = context.err().code().map(str::to_owned);
            let remedy = match rules::remedy(CALL, code.as_deref(), context.raw().status().as_u16()) {
                retry @ Remedy::Transient { .. } => retry,
                // Whatever STS has against the role, the work that needs it is not at fault.
                Remedy::NeedsOperator | Remedy::Permanent => Remedy::NeedsOperator,
            };
            Refusal { code, remedy }
        }
        _ => Refusal { code: None, remedy: Remedy::RETRY },
    }
}

/// The container's or the machine's own credentials: what is not configured stays so, what did not answer may.
fn without_sts(error: &CredentialsError) -> Remedy {
    match error {
        CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_) => {
            Remedy::NeedsOperator
        }
        _ => Remedy::RETRY,
    }
}
