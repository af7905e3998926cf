//! Taking away a user or a role of a grant's own.

use aws::iam::{self, Found, Iam, Made, Principal, Prior};
use domain::request::aws_name;
use service::CallError;
use tracing::warn;

use crate::context::Context;
use crate::grants::kinds::making::known;
use crate::grants::kinds::step::{EndOf, StepFailed};

/// A user or a role that is taken away, in its account.
#[derive(Debug)]
pub(crate) struct PrincipalEnding<'a> {
    iam: Iam,
    ending: iam::Ending,
    /// What is on it, where the record says so.
    made: Option<Made<'a>>,
}

impl<'a> PrincipalEnding<'a> {
    /// Looks for it. One that the record does not name was perhaps never made for it: one whose tags say that it is somebody
    /// else's is left alone.
    pub(super) async fn find(
        context: &Context,
        (what, account_role_arn): (Principal, Option<&str>),
        of: &EndOf<'_>,
        made: Option<Made<'a>>,
        is_first_look: bool,
    ) -> Result<Option<Self>, CallError> {
        let iam = context.iam(account_role_arn).await;
        let found = Found { name: aws_name(of.request_id), what };
        let record = of.record.filter(|_| is_first_look);
        if record.is_some_and(|request| request.access.principal.is_none()) {
            let tags = iam.tags_of(&found).await?;
            if tags.is_some_and(|tags| !tags.may_be_of(&context.deployment, of.request_id)) {
                warn!(name = found.name, principal = %what, "one of that name is for something else; it is left alone");
                return Ok(None);
            }
        }
        let prior = record.map_or(Prior::Settled, |request| known(request, context.now()));
        Ok(iam.find(found, prior).await?.map(|ending| Self { iam, ending, made }))
    }

    pub(super) async fn deny_now(&mut self) -> Result<(), StepFailed> {
        let denied = self.iam.deny_now(&mut self.ending, self.made.as_ref()).await;
        denied.map_err(StepFailed::of_principal)
    }

    pub(super) async fn remove(&mut self) -> Result<(), StepFailed> {
        let removed = self.iam.remove(&mut self.ending, self.made.as_ref()).await;
        removed.map_err(StepFailed::of_principal)
    }

    pub(super) async fn verify_gone(&self) -> Result<(), StepFailed> {
        self.iam.verify_gone(&self.ending).await.map_err(StepFailed::of_principal)
    }
}
