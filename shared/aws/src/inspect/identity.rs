//! Whose AWS credentials these are, and what time AWS has.

use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_sdk_sts::Client;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::{DateTime, Format};
use domain::UnixSeconds;

use crate::error::{CallError, from_sdk};

/// Whose credentials these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account, 12 digits.
    pub account: String,
    /// `arn:aws:sts::…:assumed-role/role/name`, `arn:aws:iam::…:user/name` and the like.
    pub arn: String,
    /// The time at AWS when it answered, where it said so.
    pub aws_time: Option<UnixSeconds>,
}

/// Asks AWS who we are. Everybody may ask that.
pub async fn identity(aws: &SdkConfig) -> Result<Identity, CallError> {
    const CALL: &str = "sts:GetCallerIdentity";
    let date = Date::default();
    let call = Client::new(aws).get_caller_identity().customize().interceptor(date.clone());
    let answer = call.send().await.map_err(|e| from_sdk(CALL, e))?;
    Ok(Identity {
        account: answer.account.ok_or_else(|| CallError::incomplete(CALL, "Account"))?,
        arn: answer.arn.ok_or_else(|| CallError::incomplete(CALL, "Arn"))?,
        aws_time: date.0.get().copied(),
    })
}

/// Keeps the `Date` of an answer, which the SDK drops.
#[derive(Debug, Clone, Default)]
struct Date(Arc<OnceLock<UnixSeconds>>);

#[dyn_dispatch_hint]
impl Intercept for Date {
    fn name(&self) -> &'static str {
        "Date"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(date) = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok()) {
            self.0.get_or_init(|| UnixSeconds(date.secs()));
        }
        Ok(())
    }
}
