//! The claimer's side of a claim: the link, the ingress's routes, what was handed out, and what this machine keeps of it.

pub(crate) mod asked;
pub(crate) mod credential;
pub(crate) mod ids;
pub(crate) mod label;
pub(crate) mod link;
mod renew;
pub(crate) mod server;
pub(crate) mod wait;
