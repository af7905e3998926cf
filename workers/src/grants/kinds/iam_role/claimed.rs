//! The door `claim`: the worker alone may assume the role, and seals each session to the machine that claimed the first.

use aws::inspect::identity;
use aws::sts::{SessionRequest, Sessions};
use domain::policy::claim_door;
use domain::{Request, UnixSeconds};
use service::CallError;

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::credential::Credential;
use crate::grants::kinds::making::account;

/// Longest session that AWS makes for a role's own credentials, in seconds.
const CHAINED_SESSION_MAX_SECONDS: u32 = 3_600;

/// Lets the worker in, as which it acts in the role's account, and nobody else.
pub(super) async fn trust(
    context: &Context,
    account_role_arn: Option<&str>,
    expires_at: UnixSeconds,
) -> Result<String, Failure> {
    let worker = identity(&context.account(account_role_arn).await).await?;
    Ok(claim_door(&worker.arn, expires_at))
}

/// Opens a session, by a single call. AWS ends it after an hour, and the role's guard with the grant.
pub(super) async fn open(
    context: &Context,
    account_role_arn: Option<&str>,
    request: &Request,
    role_arn: &str,
    (expires_at, source_identity): (UnixSeconds, &str),
) -> Result<Credential, CallError> {
    let sessions = Sessions::new(&context.account(account_role_arn).await);
    let left = u32::try_from(expires_at.seconds_since(context.now())).unwrap_or(0);
    let wanted = SessionRequest {
        role_arn,
        name: &request.aws_name(),
        seconds: left.min(CHAINED_SESSION_MAX_SECONDS),
        policy: None,
        source_identity,
    };
    let session = sessions.assume(&wanted).await?;
    Ok(Credential {
        account: account(&session.arn),
        principal: role_arn.to_owned(),
        access_key_id: session.access_key_id,
        secret_access_key: session.secret_access_key,
        session_token: Some(session.session_token),
        ends_at: Some(session.ends_at.min(expires_at)),
        assumed_role_id: None,
    })
}
