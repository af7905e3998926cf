//! Taking a user away: denied first, then removed whole, then read back until it is gone.

use aws::iam::{Made, Prior};
use domain::request::aws_name;
use domain::{Request, RequestId};
use service::CallError;
use tracing::{info, warn};

use super::IamUser;
use crate::context::Context;
use crate::grants::kinds::making::known;

impl IamUser<'_> {
    /// Removes the user of a request. A user that the record does not name was perhaps never made for it: one whose tags
    /// say that it is somebody else's is left alone.
    pub(in crate::grants::kinds) async fn remove(
        &self,
        context: &Context,
        request: &Request,
    ) -> Result<(), CallError> {
        if request.access.principal.is_none() {
            let iam = context.iam(self.account_role_arn).await;
            let tags = iam.tags(&request.aws_name()).await?;
            if tags.is_some_and(|tags| !tags.may_be_of(&context.deployment, &request.request_id)) {
                warn!(
                    user = request.aws_name(),
                    "a user of that name is for something else; it is left alone"
                );
                return Ok(());
            }
        }
        // A record that names no user was cut off in the middle of making it: what is on it is not known.
        let made = request.access.principal.is_some().then(|| Made {
            key_id: request.access.access_key_id.as_deref(),
            policy_arns: self.policy_arns,
            has_role_policy: self.inline_policy.is_some(),
        });
        let known = known(request, context.now());
        end_user(context, &request.request_id, self.account_role_arn, known, made.as_ref()).await
    }
}

/// Denies everything to the user of a request, and then removes it whole.
pub(crate) async fn remove_user(
    context: &Context,
    request_id: &RequestId,
    account_role_arn: Option<&str>,
) -> Result<(), CallError> {
    end_user(context, request_id, account_role_arn, Prior::Settled, None).await
}

async fn end_user(
    context: &Context,
    request_id: &RequestId,
    account_role_arn: Option<&str>,
    known: Prior,
    made: Option<&Made<'_>>,
) -> Result<(), CallError> {
    let iam = context.iam(account_role_arn).await;
    let user = aws_name(request_id);
    if iam.end_user(&user, known, made).await? {
        info!(user, "the user is gone");
    }
    Ok(())
}
