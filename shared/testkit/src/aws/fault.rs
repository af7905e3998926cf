//! Faults that a test can put in front of any call.

use std::time::Duration;

use winterbaume_core::MockResponse;

use super::call::{CallInfo, Service};
use super::wire;

/// What goes wrong with one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The service answers 500 and nothing has happened.
    FailBefore,
    /// It happens, and then the connection breaks before the answer arrives.
    LoseAnswer,
    /// The service says that there were too many calls; nothing has happened.
    Throttle,
    /// The service refuses the caller with 403; nothing has happened.
    Deny,
    /// The service answers with this error; nothing has happened.
    Answer { status: u16, code: &'static str },
    /// The service answers with this error, in these words; nothing has happened.
    Says { status: u16, code: &'static str, message: &'static str },
    /// The service answers this; nothing has happened.
    Reply {
        status: u16,
        /// The body, as JSON.
        body: String,
    },
    /// The connection breaks; nothing has happened.
    Unreached,
    /// It happens, after this long.
    Slow(Duration),
}

/// The answer of a call that never reached its service.
pub(crate) fn refusal(fault: &Fault, call: &CallInfo) -> Option<MockResponse> {
    match fault {
        Fault::FailBefore => Some(wire::error(
            call.service,
            500,
            "InternalFailure",
            "The service failed before it did anything.",
        )),
        Fault::Throttle => {
            let (status, code) = throttle_code(call.service);
            Some(wire::error(call.service, status, code, "Rate exceeded"))
        }
        Fault::Deny => {
            let message = format!("The caller is not authorized to perform: {}", call.action());
            Some(wire::error(call.service, 403, access_denied_code(call.service), &message))
        }
        Fault::Answer { status, code } => {
            Some(wire::error(call.service, *status, code, "The service answers what the test wants."))
        }
        Fault::Says { status, code, message } => Some(wire::error(call.service, *status, code, message)),
        Fault::Reply { status, body } => Some(MockResponse::json(*status, body.clone())),
        Fault::LoseAnswer | Fault::Unreached | Fault::Slow(_) => None,
    }
}

fn throttle_code(service: Service) -> (u16, &'static str) {
    match service {
        Service::Iam | Service::Sts => (400, "Throttling"),
        Service::Ses => (429, "TooManyRequestsException"),
        Service::AccountAccess | Service::Scheduler => (429, "ThrottlingException"),
        Service::Sqs => (400, "RequestThrottled"),
        Service::DynamoDb
        | Service::IdentityStore
        | Service::SecretsManager
        | Service::Ssm
        | Service::Sso => (400, "ThrottlingException"),
    }
}

/// The code with which a service refuses someone who is not allowed to do something.
pub(crate) fn access_denied_code(service: Service) -> &'static str {
    match service {
        Service::Iam | Service::Sts | Service::Sqs => "AccessDenied",
        _ => "AccessDeniedException",
    }
}
