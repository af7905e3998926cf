//! Whether the credential of a request is still to be made.

use domain::claim::CredentialClaim;
use domain::{Request, Status};

use crate::failure::Failure;

/// It is approved; or its claim was confirmed, and the credential is due.
pub(crate) fn is_to_be_made(request: &Request) -> bool {
    let is_confirmed = |claim: &CredentialClaim| claim.confirmed.is_some() && !claim.closed;
    request.status == Status::Approved || request.waiting_claim().is_some_and(is_confirmed)
}

/// The request is still to be made, and was not ended or given up meanwhile.
pub(crate) fn still_wanted(request: &Request) -> Result<(), Failure> {
    if is_to_be_made(request) && request.access.failure.is_none() {
        Ok(())
    } else {
        Err(Failure::retry(format!("the request became {} meanwhile", request.status)))
    }
}

/// Another worker has made it meanwhile, or prepared what is claimed: a late one takes nothing of that away.
pub(crate) fn was_made_meanwhile(request: &Request) -> bool {
    match request.status {
        Status::Active => true,
        Status::Ready => request.access.failure.is_none(),
        Status::Pending
        | Status::Denied
        | Status::Lapsed
        | Status::Approved
        | Status::Expired
        | Status::Revoked
        | Status::Failed => false,
    }
}
