//! How a credential reaches its requester.

pub(crate) mod claim;
pub(crate) mod email;
