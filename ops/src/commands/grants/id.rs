//! A request's id, as people type it.

use domain::RequestId;

use crate::failure::Failure;

const WHICH: &str = "see which there are with: keylease grants list";

/// A request's id, as it is typed: the name of its IAM user or schedule will do.
pub(super) fn request_id(typed: &str) -> Result<RequestId, Failure> {
    let bare = typed.strip_prefix("keylease-").unwrap_or(typed);
    RequestId::parse(bare)
        .map_err(|fault| Failure::wrong_usage(format!("`{typed}` is no request id: {fault}")).hint(WHICH))
}

pub(super) fn unknown(id: &RequestId) -> Failure {
    Failure::new(format!("there is no request {id}")).hint(WHICH)
}
