//! Secrets Manager and the parameter store, as far as programs read their secrets from them at their start.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use winterbaume_core::{MockRequest, MockResponse, json_error_response};

use crate::lock::lock;

/// What is kept under each ARN, in both services.
#[derive(Default)]
pub(crate) struct SecretStore(Mutex<BTreeMap<String, String>>);

impl SecretStore {
    pub(super) fn put(&self, arn: &str, value: &str) {
        lock(&self.0).insert(arn.to_owned(), value.to_owned());
    }

    /// `GetSecretValue`.
    pub(super) fn secret(&self, request: &MockRequest) -> MockResponse {
        self.answer(
            request,
            "SecretId",
            "ResourceNotFoundException",
            |arn, value| json!({ "ARN": arn, "Name": name(arn), "SecretString": value }),
        )
    }

    /// `GetParameter`, decrypted.
    pub(super) fn parameter(&self, request: &MockRequest) -> MockResponse {
        self.answer(request, "Name", "ParameterNotFound", |arn, value| {
            json!({ "Parameter": { "ARN": arn, "Name": name(arn), "Type": "SecureString", "Value": value } })
        })
    }

    fn answer(
        &self,
        request: &MockRequest,
        field: &str,
        missing: &str,
        found: impl Fn(&str, &str) -> Value,
    ) -> MockResponse {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let arn = body.get(field).and_then(Value::as_str).unwrap_or_default();
        match lock(&self.0).get(arn) {
            Some(value) => MockResponse::json(200, found(arn, value).to_string()),
            None => json_error_response(400, missing, "There is none of this name."),
        }
    }
}

fn name(arn: &str) -> &str {
    arn.rsplit_once(':').map_or(arn, |(_, name)| name)
}
