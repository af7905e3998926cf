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

/// What to do where the credentials for a call could not be got; `None` where that is not what failed.
pub(super) fn remedy<E>(error: &SdkError<E, HttpResponse>) -> Option<Remedy>
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
    Some(by_sts.unwrap_or_else(|| without_sts(credentials)))
}

fn by_sts<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Remedy {
    match error {
        SdkError::ServiceError(context) => {
            match rules::remedy(CALL, context.err().code(), context.raw().status().as_u16()) {
                retry @ Remedy::Transient { .. } => retry,
                // Whatever STS has against the role, the work that needs it is not at fault.
                Remedy::NeedsOperator | Remedy::Permanent => Remedy::NeedsOperator,
            }
        }
        _ => Remedy::RETRY,
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
