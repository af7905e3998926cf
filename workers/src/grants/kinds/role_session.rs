//! A grant as a session of an existing role.

use aws::iam::Appearing;
use aws::sts::{SessionRequest, Sessions};
use domain::policy::session_policy;
use domain::request::Grant;
use domain::{Request, UnixSeconds};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::deliver::email::Credential;
use crate::grants::kinds::iam_user::{account, too_much};
use crate::unit_of_work::claim::Held;

/// What the session is to be.
pub(crate) struct SessionSpec<'a> {
    pub(crate) role_arn: &'a str,
    pub(crate) inline_policy: Option<&'a str>,
    pub(crate) expires_at: UnixSeconds,
    pub(crate) source_identity: &'a str,
}

/// Makes it. A session that an earlier try made was never sent to anybody, and ends by its own policy.
pub(crate) async fn make(
    context: &Context,
    held: &Held,
    request: &Request,
    grant: &Grant,
    spec: &SessionSpec<'_>,
    appearing: &mut Appearing,
) -> Result<Credential, Failure> {
    let policy = session_policy(spec.expires_at, spec.inline_policy).map_err(|fault| too_much(&fault))?;
    let sessions = Sessions::new(&context.account(grant.account_role_arn.as_deref()).await);
    let session = loop {
        let now = context.now();
        held.has_time(now)?;
        let wanted = SessionRequest {
            role_arn: spec.role_arn,
            name: &request.aws_name(),
            seconds: u32::try_from(spec.expires_at.seconds_since(now)).unwrap_or(0),
            policy: &policy,
            source_identity: spec.source_identity,
        };
        match sessions.assume(&wanted).await {
            Ok(session) => break session,
            // STS does not see a new role, or a trust policy that was just changed, at once.
            Err(error) => appearing.wait_unless_refused(error.is("AccessDenied"), error).await?,
        }
    };
    Ok(Credential {
        account: account(&session.arn),
        principal: session.arn,
        access_key_id: session.access_key_id,
        secret_access_key: session.secret_access_key,
        session_token: Some(session.session_token),
        assumed_role_id: Some(session.id),
    })
}
