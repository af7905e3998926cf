//! Answers of AWS when it fails or throttles, in each service's own form.

use serde_json::json;

use crate::gate::Answer;

/// The service failed before it did anything.
pub(crate) fn failed(service: &str) -> Answer {
    error(service, 500, "InternalFailure", "The service failed before it did anything.")
}

/// The code of a key that somebody has to enable again.
pub(crate) const DISABLED: &str = "KMSDisabledException";

/// The service refuses until somebody repairs it.
pub(crate) fn refused(service: &str) -> Answer {
    error(service, 400, DISABLED, "The key is disabled.")
}

/// Too many calls.
pub(crate) fn throttled(service: &str) -> Answer {
    let (status, code) = match service {
        "iam" | "sts" => (400, "Throttling"),
        "ses" => (429, "TooManyRequestsException"),
        "scheduler" => (429, "ThrottlingException"),
        "sqs" => (400, "RequestThrottled"),
        _ => (400, "ThrottlingException"),
    };
    error(service, status, code, "Rate exceeded")
}

fn error(service: &str, status: u16, code: &str, message: &str) -> Answer {
    let mut headers = Vec::new();
    let body = match service {
        "iam" | "sts" => {
            headers.push(("content-type", "text/xml".to_owned()));
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>simulated</RequestId></ErrorResponse>"
            )
        }
        "scheduler" | "ses" => {
            headers.push(("x-amzn-errortype", code.to_owned()));
            json!({ "message": message }).to_string()
        }
        _ => json!({ "__type": code, "message": message }).to_string(),
    };
    Answer { status, headers, body: body.into() }
}
