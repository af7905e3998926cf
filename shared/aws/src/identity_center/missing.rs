//! What `ResourceNotFoundException` is about: a person, a group or a permission set, or the identity store or the instance itself,
//! which is for an operator to put right.

use aws_sdk_identitystore::types::ResourceType;
use aws_sdk_identitystore::types::error::ResourceNotFoundException as StoreNotFound;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::IdentityCenter;
use crate::error::{CallError, Remedy, from_sdk};

const NOT_THERE: &str = "ResourceNotFoundException";

/// Whether what the call is about is not there, in a store or an instance that is.
pub(super) fn is_missing(error: &CallError) -> bool {
    error.is(NOT_THERE) && error.remedy != Remedy::NeedsOperator
}

/// Takes for done what is about something that is not there.
pub(super) fn ignore_missing(answer: Result<(), CallError>) -> Result<(), CallError> {
    match answer {
        Err(error) if is_missing(&error) => Ok(()),
        answer => answer,
    }
}

impl IdentityCenter {
    /// The error of a call to the identity store.
    pub(super) fn store_error<E>(&self, call: &'static str, error: SdkError<E, HttpResponse>) -> CallError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let is_store = error.as_service_error().is_some_and(|error| {
            let source = std::error::Error::source(error);
            source.and_then(|source| source.downcast_ref::<StoreNotFound>()).is_some_and(is_about_the_store)
        });
        let error = from_sdk(call, error);
        if is_store {
            let store = &self.settings.identity_store_id;
            self.operator(error, &format!("the identity store {store} is not there or cannot be read"))
        } else {
            error
        }
    }

    /// The error of a call about the instance: where something is not there, it asks whether the instance is.
    pub(super) async fn instance_error<E>(
        &self,
        call: &'static str,
        error: SdkError<E, HttpResponse>,
    ) -> CallError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let error = from_sdk(call, error);
        if !error.is(NOT_THERE) {
            return error;
        }
        let arn = &self.settings.instance_arn;
        match self.store_of_instance().await {
            Ok(Some(_)) => error,
            Ok(None) => self.operator(error, &format!("the instance {arn} is not there")),
            Err(other) => {
                let remedy = other.remedy;
                let message = format!(
                    "{}; and whether the instance {arn} is there is not known: {other}",
                    error.message
                );
                // Nothing is taken for gone by this.
                let remedy = if remedy == Remedy::Permanent { Remedy::NeedsOperator } else { remedy };
                CallError { code: other.code, message, remedy, ..error }
            }
        }
    }

    /// The answer; `None` where what the call is about is not there, in an instance that is.
    pub(super) async fn found<T, E>(
        &self,
        call: &'static str,
        answer: Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Option<T>, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => {
                let error = self.instance_error(call, error).await;
                if is_missing(&error) { Ok(None) } else { Err(error) }
            }
        }
    }

    fn operator(&self, error: CallError, what: &str) -> CallError {
        let region = self.settings.region.as_deref().unwrap_or("its region");
        let message = format!(
            "{what} in {region} ({}): IDENTITY_CENTER_INSTANCE_ARN, IDENTITY_STORE_ID and IDENTITY_CENTER_REGION have to be what \
             aws sso-admin list-instances shows",
            error.message
        );
        CallError { message, remedy: Remedy::NeedsOperator, ..error }
    }
}

fn is_about_the_store(error: &StoreNotFound) -> bool {
    match error.resource_type() {
        Some(ResourceType::IdentityStore) => true,
        // Its key, where a reason is given.
        Some(_) => error.reason().is_some(),
        None => {
            let said = error.message().unwrap_or_default().to_lowercase().replace(['_', ' '], "");
            error.reason().is_some() || said.contains("identitystore")
        }
    }
}
