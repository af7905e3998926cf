//! A request's id, as people type it.

use domain::{RequestId, typed_id};

use crate::failure::Failure;

const WHICH: &str = "see which there are with: keylease grants list";

pub(super) fn request_id(typed: &str) -> Result<RequestId, Failure> {
    typed_id::request_id(typed)
        .map_err(|fault| Failure::wrong_usage(format!("`{typed}` is no request id: {fault}")).hint(WHICH))
}

pub(super) fn unknown(id: &RequestId) -> Failure {
    Failure::new(format!("there is no request {id}")).hint(WHICH)
}
