//! An answer that is a refusal, as the error that the SDK would make of it.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::error::{CallError, rules};

/// Longest code that is shown, in characters: AWS's are far shorter.
const CODE_MAX_CHARS: usize = 100;

/// What an answer other than 200 says.
pub(crate) fn refusal(call: &'static str, answer: &Response<Bytes>) -> CallError {
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let said = |names: [&str; 2]| names.iter().find_map(|name| body.get(name)?.as_str());
    // The code stands behind its API's name, and may have a URL behind it.
    let code = said(["__type", "code"]).and_then(|code| code.rsplit('#').next()?.split(':').next());
    let code = code.map(|code| code.chars().take(CODE_MAX_CHARS).collect::<String>());
    let status = answer.status().as_u16();
    let remedy = rules::remedy(call, code.as_deref(), status);
    let shown = code.as_deref().map_or_else(|| format!("HTTP status {status}"), str::to_owned);
    let message = format!("{shown}: {}", said(["message", "Message"]).unwrap_or("no message"));
    CallError { call, code, message, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Remedy;

    const CALL: &str = "ssm:GetParameter";

    fn refused(status: u16, body: &'static str) -> CallError {
        refusal(CALL, &Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap())
    }

    #[test]
    fn the_code_decides_and_the_message_is_kept() {
        let error = refused(400, r#"{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"no such"}"#);
        assert_eq!((error.code.as_deref(), error.remedy), (Some("ParameterNotFound"), Remedy::NeedsOperator));
        assert_eq!(error.to_string(), "ssm:GetParameter failed: ParameterNotFound: no such");
        let throttled = refused(400, r#"{"__type":"ThrottlingException:http://internal/","Message":"slow"}"#);
        assert_eq!(
            (throttled.code.as_deref(), throttled.remedy),
            (Some("ThrottlingException"), Remedy::RETRY)
        );
    }

    #[test]
    fn without_a_code_the_status_decides() {
        let error = refused(503, "<html>busy</html>");
        assert_eq!((error.code.as_deref(), error.remedy), (None, Remedy::RETRY));
        assert_eq!(error.message, "HTTP status 503: no message");
    }
}
